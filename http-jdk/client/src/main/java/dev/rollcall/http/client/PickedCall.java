package dev.rollcall.http.client;

import dev.rollcall.Service;
import dev.rollcall.discovery.Pick;
import dev.rollcall.http.client.log.TextSanitizer;
import dev.rollcall.http.client.transport.ObservedBody;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.UnknownServiceException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;

/**
 * A request to the instance that was picked for it, and how far it came. It holds the pick until
 * the response has been read.
 *
 * <p>Is sent once.
 */
final class PickedCall {
  /** RFC 9110, section 9.2.2. */
  private static final Set<String> IDEMPOTENT =
      Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

  private static final Set<Integer> WITHOUT_BODY = Set.of(204, 304);
  private static final int SWITCHING_PROTOCOLS = 101;

  /** Two connections that nobody takes leave as much time for what else the call does. */
  private static final int CONNECT_TIMEOUTS_IN_A_CALL = 3;

  private static final TextSanitizer SANITIZER = new TextSanitizer();

  private final Pick pick;
  private volatile boolean isSent;
  private volatile boolean isAnswered;

  PickedCall(Pick pick) {
    this.pick = pick;
  }

  String url() {
    return pick.url();
  }

  /** Sees the requests that go out over a connection, and what comes back. */
  static Response observe(Interceptor.Chain chain) throws IOException {
    PickedCall call = chain.request().tag(PickedCall.class);
    if (call == null) {
      return chain.proceed(chain.request());
    }
    call.isSent = true;
    Response response = chain.proceed(chain.request());
    call.isAnswered = true;
    return response;
  }

  /** Sends the request to the instance. */
  Response proceed(Interceptor.Chain chain) throws IOException {
    boolean isHeld = false;
    try {
      Response response = limited(chain).proceed(addressed(chain.request()));
      if (mayHaveBody(response)) {
        ResponseBody body = response.body();
        Response held =
            response
                .newBuilder()
                .body(new ObservedBody(body, new HeldSource(body.source(), pick)))
                .build();
        isHeld = true;
        return held;
      }
      return response;
    } catch (IOException e) {
      if (isOfInstance(chain, e)) {
        pick.failed();
      }
      throw e;
    } finally {
      if (!isHeld) {
        pick.close();
      }
    }
  }

  /**
   * Returns a chain that gives a connection up before the time of the whole call is over. After
   * that it could not be told from a call that was cancelled, and an instance whose host is gone
   * would be called again and again.
   */
  private static Interceptor.Chain limited(Interceptor.Chain chain) {
    long limitNanos = chain.call().timeout().timeoutNanos() / CONNECT_TIMEOUTS_IN_A_CALL;
    if (limitNanos == 0) {
      return chain;
    }
    int usualMillis = chain.connectTimeoutMillis();
    int limitMillis =
        (int) Math.min(Integer.MAX_VALUE, Math.max(1, TimeUnit.NANOSECONDS.toMillis(limitNanos)));
    return usualMillis == 0 || usualMillis > limitMillis
        ? chain.withConnectTimeout(limitMillis, TimeUnit.MILLISECONDS)
        : chain;
  }

  private Request addressed(Request request) throws UnknownServiceException {
    HttpUrl base = HttpUrl.parse(pick.url());
    if (base == null) {
      throw new UnknownServiceException(
          "'"
              + pick.service().id()
              + "' has the url '"
              + SANITIZER.of(pick.url())
              + "', which cannot be called");
    }
    HttpUrl asked = request.url();
    String basePath = base.encodedPath();
    HttpUrl url =
        asked
            .newBuilder()
            .scheme(base.scheme())
            .host(base.host())
            .port(base.port())
            .encodedPath(
                (basePath.endsWith("/") ? basePath.substring(0, basePath.length() - 1) : basePath)
                    + asked.encodedPath())
            .build();
    return request
        .newBuilder()
        .url(url)
        .tag(PickedCall.class, this)
        .tag(Service.class, pick.service())
        .build();
  }

  /** An upgraded connection has no body, and others may end without anybody who closes them. */
  private static boolean mayHaveBody(Response response) {
    return response.code() != SWITCHING_PROTOCOLS
        && !WITHOUT_BODY.contains(response.code())
        && !response.request().method().equals("HEAD")
        && response.body().contentLength() != 0;
  }

  /** Returns whether a call failed because the instance could not be reached. */
  private boolean isOfInstance(Interceptor.Chain chain, IOException e) {
    if (isAnswered || chain.call().isCanceled()) {
      return false;
    }
    // An answer that is late says nothing of the connection; an interrupt nothing of the instance.
    return !(e instanceof InterruptedIOException)
        || (e instanceof SocketTimeoutException && !isSent);
  }

  /** Returns whether the request may be sent to another instance after this failure. */
  boolean mayBeRepeated(Interceptor.Chain chain, IOException e) {
    Request request = chain.request();
    RequestBody body = request.body();
    return isOfInstance(chain, e)
        && (!isSent || IDEMPOTENT.contains(request.method()))
        && (body == null || !(body.isOneShot() || body.isDuplex()));
  }

  /** Closes the pick when it is closed, has ended or has failed. */
  private static final class HeldSource extends ForwardingSource {
    private final Pick pick;

    HeldSource(BufferedSource source, Pick pick) {
      super(source);
      this.pick = pick;
    }

    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
      boolean goesOn = false;
      try {
        long read = super.read(sink, byteCount);
        goesOn = read != -1;
        return read;
      } finally {
        if (!goesOn) {
          pick.close();
        }
      }
    }

    @Override
    public void close() throws IOException {
      try {
        super.close();
      } finally {
        pick.close();
      }
    }
  }
}
