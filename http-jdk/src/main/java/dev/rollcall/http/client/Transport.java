package dev.rollcall.http.client;

import dev.rollcall.RegistryUnavailableException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Sends requests on the calling thread, and turns whatever fails there into the registry's
 * exceptions.
 *
 * <p>OkHttp makes a request again on a new connection if the pooled one turns out to be dead. That
 * is safe for each operation of the protocol.
 */
final class Transport implements AutoCloseable {
  private static final int NOT_FOUND = 404;

  private final OkHttpClient client;
  private final Duration timeout;
  private final Optional<String> serviceKey;
  private final ShownText shownText;
  private final ErrorAnswers errors;
  private final Set<Call> underWay = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Transport(Duration timeout, Optional<String> serviceKey, InstantSource wallClock) {
    this.timeout = timeout;
    this.serviceKey = serviceKey;
    this.shownText = new ShownText(serviceKey);
    this.errors = new ErrorAnswers(wallClock, shownText);
    this.client =
        new OkHttpClient.Builder()
            .callTimeout(timeout)
            .connectTimeout(timeout)
            .readTimeout(timeout)
            .writeTimeout(timeout)
            // A registry does not move, and the service key must not follow it elsewhere.
            .followRedirects(false)
            .build();
  }

  /** Reads an answer, all of it that counts. */
  @FunctionalInterface
  interface Reader<T> {
    T read(Response response) throws IOException;
  }

  /** Sends a request and reads the answer, if it is a success. */
  <T> T call(Attempt attempt, Request.Builder request, Reader<T> reader) {
    return exchange(attempt, request, response -> readSuccess(attempt, response, reader));
  }

  /** Does as {@link #call} does; no such service is an answer too, whatever its body says. */
  <T> Optional<T> callForService(Attempt attempt, Request.Builder request, Reader<T> reader) {
    return exchange(
        attempt,
        request,
        response ->
            response.code() == NOT_FOUND
                ? Optional.empty()
                : Optional.of(readSuccess(attempt, response, reader)));
  }

  private <T> T readSuccess(Attempt attempt, Response response, Reader<T> reader)
      throws IOException {
    if (response.isSuccessful()) {
      return reader.read(response);
    }
    throw errors.read(attempt, response);
  }

  private <T> T exchange(Attempt attempt, Request.Builder request, Reader<T> reader) {
    serviceKey.ifPresent(key -> request.header("X-Service-Key", key));
    Call call = client.newCall(request.build());
    // First listed, then checked: close() sees this call, or this call sees that it is closed.
    underWay.add(call);
    try {
      checkOpen();
      try (Response response = execute(attempt, call)) {
        return reader.read(response);
      } catch (IOException e) {
        throw unavailable(attempt, e);
      }
    } finally {
      underWay.remove(call);
      if (closed) {
        client.connectionPool().evictAll();
      }
    }
  }

  private Response execute(Attempt attempt, Call call) {
    try {
      return call.execute();
    } catch (Exception e) {
      // Not IOException alone: OkHttp is Kotlin, which does not declare InterruptedException, and
      // parses a Retry-After that no int holds.
      throw unavailable(attempt, e);
    }
  }

  private RegistryUnavailableException unavailable(Attempt attempt, Exception cause) {
    if (cause instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return new RegistryUnavailableException(attempt + ": " + reason(cause), cause);
  }

  private String reason(Exception cause) {
    if (closed) {
      return "the registry was closed during the call";
    }
    if (Thread.currentThread().isInterrupted()) {
      return "interrupted";
    }
    if (cause instanceof InterruptedIOException) {
      return "no answer within " + timeout;
    }
    return shownText.of(Objects.toString(cause.getMessage(), cause.getClass().getSimpleName()));
  }

  /**
   * Checks that this is open.
   *
   * @throws IllegalStateException if it is closed
   */
  void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the registry is closed");
    }
  }

  /** Cancels what is under way, and closes the connections that are idle. */
  @Override
  public void close() {
    closed = true;
    underWay.forEach(Call::cancel);
    client.connectionPool().evictAll();
  }
}
