package dev.rollcall.http.client.transport;

import dev.rollcall.RegistryBusyException;
import dev.rollcall.RegistryException;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.http.client.log.TextSanitizer;
import dev.rollcall.http.client.protocol.CallDescription;
import dev.rollcall.http.client.protocol.ProtocolRequest;
import dev.rollcall.http.client.protocol.RetryAfter;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import okhttp3.Authenticator;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests, on the calling thread or on one of its own, and turns every failure into one of
 * the registry's exceptions.
 *
 * <p>OkHttp repeats a request on a new connection if the pooled one turns out to be dead. That is
 * safe for each operation of the protocol. {@link Failover} sends it to another server.
 *
 * <p>Safe for use by any number of threads.
 */
public final class Transport implements AutoCloseable {
  /**
   * How many asynchronous calls are under way at once, each on a thread and a connection; more wait
   * their turn. Enough for 10,000 services that ping every 10 s a registry that takes 2 s to
   * answer.
   */
  static final int MAX_ASYNC_CALLS = 2_048;

  /** How many connections stay open between two pings; further ones of a burst are closed. */
  static final int IDLE_CONNECTIONS = 64;

  private static final long IDLE_MINUTES = 5;

  /** Holds the original Retry-After while OkHttp looks at the answer. */
  private static final String KEPT_RETRY_AFTER = "Rollcall-Retry-After";

  /** A registry says something every 10 seconds, so that a dead connection is found out. */
  static final Duration STREAM_SILENCE = Duration.ofSeconds(25);

  /**
   * How long a stream lasts at most. A registry ends it earlier; this is for a peer that sends a
   * little now and then, and no events.
   */
  static final Duration STREAM_LIMIT = Duration.ofSeconds(90);

  private final OkHttpClient client;

  /** Shares the connections and threads of the other. */
  private final OkHttpClient streams;

  private final Duration timeout;
  private final Duration streamSilence;
  private final Map<String, String> headers;
  private final TextSanitizer sanitizer;
  private final Failover failover;
  private final Supplier<ProtocolRequest<?>> probes;
  private final Set<Call> underWay = ConcurrentHashMap.newKeySet();
  private volatile long lastAnswerNanos = System.nanoTime();
  private volatile boolean closed;

  /**
   * Creates a transport to the servers of a registry.
   *
   * @param probes creates the requests that find out whether a server is well again
   */
  public Transport(TransportSettings settings, Supplier<ProtocolRequest<?>> probes) {
    this.timeout = settings.timeout();
    this.streamSilence = settings.streamSilence;
    this.headers = settings.headers();
    this.probes = probes;
    this.sanitizer = new TextSanitizer(settings.secrets());
    this.failover =
        new Failover(
            settings.endpoints(),
            new ProbeSchedule(settings.probeInterval, settings.nanoTime),
            sanitizer,
            response -> RetryAfter.of(showWait(response), settings.wallClock()),
            this::closeIdleConnections);
    Dispatcher dispatcher = new Dispatcher(new ClientThreads());
    dispatcher.setMaxRequests(MAX_ASYNC_CALLS);
    dispatcher.setMaxRequestsPerHost(MAX_ASYNC_CALLS);
    OkHttpClient.Builder builder =
        new OkHttpClient.Builder()
            .dispatcher(dispatcher)
            .dns(settings.dns)
            .socketFactory(settings.sockets)
            // Not HTTP/2, whose calls share a connection: a dead one would be used for as long as
            // any call waits on it, because it is never idle and so never given up.
            .protocols(List.of(Protocol.HTTP_1_1))
            .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, IDLE_MINUTES, TimeUnit.MINUTES))
            .callTimeout(timeout)
            .connectTimeout(timeout)
            .readTimeout(timeout)
            .writeTimeout(timeout)
            .proxyAuthenticator(Authenticator.JAVA_NET_AUTHENTICATOR)
            .addNetworkInterceptor(Transport::hideWait)
            // A registry does not move, and the service key must not follow it elsewhere.
            .followRedirects(false);
    settings
        .serviceKey()
        .ifPresent(key -> builder.addInterceptor(chain -> withServiceKey(chain, key)));
    builder.addInterceptor(this::proceed);
    settings
        .tls()
        .ifPresent(
            tls ->
                // Of the trust manager, OkHttp needs only what it knows of pinned certificates.
                builder.sslSocketFactory(
                    new ReloadingSocketFactory(() -> tls.get().context()),
                    tls.get().trustManager()));
    this.client = builder.build();
    this.streams =
        client.newBuilder().callTimeout(settings.streamLimit).readTimeout(streamSilence).build();
  }

  /** Sends a request and reads the answer on this thread. */
  public <T> T call(ProtocolRequest<T> request) {
    long startNanos = System.nanoTime();
    Call call = begin(client, request);
    try {
      checkOpen();
      return execute(request, call, timeout);
    } finally {
      end(call, startNanos);
    }
  }

  /**
   * Reads a stream on this thread, which takes as long as the stream does. It fails once nothing
   * has come for a time, and when it lasts longer than streams do.
   *
   * @param started is given the call before it is made, to cancel it
   */
  public void stream(ProtocolRequest<Boolean> request, Consumer<Call> started) {
    long startNanos = System.nanoTime();
    Call call = begin(streams, request);
    try {
      started.accept(call);
      checkOpen();
      var unused = execute(request, call, streamSilence);
    } finally {
      end(call, startNanos);
    }
  }

  /** Returns after how long without a byte a stream has failed. */
  public Duration streamSilence() {
    return streamSilence;
  }

  private <T> T execute(ProtocolRequest<T> request, Call call, Duration limit) {
    Response response;
    try {
      response = call.execute();
    } catch (Exception e) {
      // Not only IOException: OkHttp is written in Kotlin, which does not declare
      // InterruptedException, and passes on what the host's proxy selector throws.
      throw unavailable(request.description(), limit, e);
    }
    return read(request, response, limit);
  }

  private <T> T read(ProtocolRequest<T> request, Response response, Duration limit) {
    try (response) {
      return request.reader().read(response);
    } catch (RegistryException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw unavailable(request.description(), limit, e);
    }
  }

  /** Asks for the key on the thread of the request: whoever supplies it delays no other call. */
  private static Response withServiceKey(Interceptor.Chain chain, CurrentServiceKey key)
      throws IOException {
    return chain.proceed(chain.request().newBuilder().header("X-Service-Key", key.next()).build());
  }

  private Response proceed(Interceptor.Chain chain) throws IOException {
    Response response = failover.proceed(chain);
    lastAnswerNanos = System.nanoTime();
    return showWait(response);
  }

  /**
   * Shows OkHttp a {@code Retry-After} of one second in place of any other. OkHttp itself reads
   * that header of a 503 and a 408: it fails on a number that does not fit into an int, and repeats
   * the request if it is 0, although the caller decides when to try again.
   */
  private static Response hideWait(Interceptor.Chain chain) throws IOException {
    Failover.sending(chain.request());
    Response response = chain.proceed(chain.request());
    String wait = response.header(RetryAfter.HEADER);
    return wait == null
        ? response
        : response
            .newBuilder()
            .header(KEPT_RETRY_AFTER, wait)
            .header(RetryAfter.HEADER, "1")
            .build();
  }

  private static Response showWait(Response response) {
    String wait = response.header(KEPT_RETRY_AFTER);
    return wait == null ? response : response.newBuilder().header(RetryAfter.HEADER, wait).build();
  }

  /**
   * Sends a request and reads the answer on another thread. The time until a thread is free does
   * not count.
   */
  public <T> CompletableFuture<T> callAsync(ProtocolRequest<T> request, Duration longest) {
    Duration limit = longest.compareTo(timeout) < 0 ? longest : timeout;
    long startNanos = System.nanoTime();
    Call call = begin(client, request);
    if (closed) {
      end(call, startNanos);
      return CompletableFuture.failedFuture(isClosed());
    }
    call.timeout().timeout(limit.toNanos(), TimeUnit.NANOSECONDS);
    CompletableFuture<T> future = new CompletableFuture<>();
    ResponseCallback<T> callback = new ResponseCallback<>(request, limit, startNanos, future);
    try {
      call.enqueue(callback);
    } catch (RuntimeException | Error e) {
      callback.fail(call, e);
    }
    return future;
  }

  private Call begin(OkHttpClient client, ProtocolRequest<?> request) {
    headers.forEach(request.http()::header);
    Call call = client.newCall(request.http().build());
    // Added before the check: either close() sees this call, or this call sees that it is closed.
    underWay.add(call);
    return call;
  }

  /**
   * Ends a call that has given its connection back, and closes the idle connections if no call has
   * been answered since it started: they may be as dead as its own, and the registry may have
   * moved. A call that fails while others are answered says nothing of their connections.
   *
   * <p>Its own connection is among them. OkHttp keeps one that fails before the request is written:
   * a socket whose closing an {@code OutOfMemoryError} cut short still passes for open, and would
   * be given to each later call.
   */
  private void end(Call call, long startNanos) {
    underWay.remove(call);
    if (closed || lastAnswerNanos - startNanos < 0) {
      closeIdleConnections();
    }
    if (!closed && failover.isProbeDue()) {
      probe(0);
    }
  }

  private void closeIdleConnections() {
    client.connectionPool().evictAll();
  }

  /** Finds out whether a server is well that is called only where others fail. */
  private void probe(int server) {
    try {
      ProtocolRequest<?> probe = probes.get();
      probe.http().tag(Failover.Probe.class, new Failover.Probe(server));
      var unused =
          callAsync(probe, timeout).whenComplete((found, failure) -> probed(server, failure));
    } catch (Throwable e) {
      probed(server, e);
    }
  }

  private void probed(int server, @Nullable Throwable failure) {
    // A refusal, too, is the answer of a registry.
    boolean isWell =
        failure == null
            || (failure instanceof RegistryException
                && !(failure instanceof RegistryUnavailableException));
    if (failover.probed(server, isWell)) {
      probe(server + 1);
    }
  }

  /** Completes a future with the result of a call, once its connection is free again. */
  private final class ResponseCallback<T> implements Callback {
    private final ProtocolRequest<T> request;
    private final Duration limit;
    private final long startNanos;
    private final CompletableFuture<T> future;

    ResponseCallback(
        ProtocolRequest<T> request, Duration limit, long startNanos, CompletableFuture<T> future) {
      this.request = request;
      this.limit = limit;
      this.startNanos = startNanos;
      this.future = future;
    }

    @Override
    public void onResponse(Call call, Response response) {
      T answer;
      try {
        answer = read(request, response, limit);
      } catch (RuntimeException | Error e) {
        fail(call, e);
        return;
      }
      try {
        end(call, startNanos);
      } finally {
        future.complete(answer);
      }
    }

    @Override
    public void onFailure(Call call, IOException e) {
      Throwable failure = e;
      try {
        failure = unavailable(request.description(), limit, e);
      } finally {
        fail(call, failure);
      }
    }

    /** Completes the future, whatever else fails. */
    void fail(Call call, Throwable failure) {
      try {
        end(call, startNanos);
      } finally {
        future.completeExceptionally(failure);
      }
    }
  }

  private RegistryUnavailableException unavailable(
      CallDescription description, Duration limit, Exception cause) {
    if (cause instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    String message = description + ": " + reason(cause, limit);
    if (cause instanceof UndeliveredException e) {
      Duration wait = e.retryAfter().orElse(null);
      return e.isBusy()
          ? new RegistryBusyException(message, e, wait)
          : new RegistryUnavailableException(message, e, wait);
    }
    return new RegistryUnavailableException(message, cause, null);
  }

  private String reason(Exception cause, Duration limit) {
    if (closed) {
      return "the registry was closed during the call";
    }
    if (Thread.currentThread().isInterrupted()) {
      return "interrupted";
    }
    if (cause instanceof InterruptedIOException) {
      return "no answer within " + limit;
    }
    if (cause instanceof IOException) {
      return sanitizer.of(Objects.toString(cause.getMessage(), cause.getClass().getSimpleName()));
    }
    return sanitizer.of(cause.toString()); // its class says more than its message
  }

  /**
   * Checks that this is open.
   *
   * @throws IllegalStateException if it is closed
   */
  public void checkOpen() {
    if (closed) {
      throw isClosed();
    }
  }

  private static IllegalStateException isClosed() {
    return new IllegalStateException("the registry is closed");
  }

  /** Cancels the calls under way, closes the idle connections, and ends the threads. */
  @Override
  public void close() {
    closed = true;
    underWay.forEach(Call::cancel);
    closeIdleConnections();
    client.dispatcher().executorService().shutdown();
  }
}
