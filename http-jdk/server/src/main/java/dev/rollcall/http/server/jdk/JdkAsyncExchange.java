package dev.rollcall.http.server.jdk;

import static java.util.stream.Collectors.toUnmodifiableMap;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.rollcall.http.server.spi.AsyncServerExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An exchange of a server that is ours: no filter of an application looks at its response. */
final class JdkAsyncExchange extends JdkExchange implements AsyncServerExchange {
  /** Headers that each ping is asked for and few have, and the keys that they have in a map. */
  private static final Map<String, String> RARE =
      Stream.of(
              "Authorization",
              "Content-Length",
              "Origin",
              "Sec-Fetch-Site",
              "Transfer-Encoding",
              "X-Forwarded-For",
              "X-Request-Id",
              "X-Service-Key")
          .collect(toUnmodifiableMap(name -> name, JdkAsyncExchange::keyOf));

  private final Set<String> requestKeys;
  private final Headers responseHeaders;
  private final Executor executor;
  private final boolean isLoopbackOnly;

  JdkAsyncExchange(
      HttpExchange exchange, String basePath, Executor executor, boolean isLoopbackOnly) {
    super(exchange, basePath);
    this.requestKeys = exchange.getRequestHeaders().keySet();
    this.responseHeaders = exchange.getResponseHeaders();
    this.executor = executor;
    this.isLoopbackOnly = isLoopbackOnly;
  }

  private static String keyOf(String name) {
    var headers = new Headers();
    headers.set(name, "");
    return headers.keySet().iterator().next();
  }

  /** Looks first whether there is such a header: to get its values, the JDK makes its key anew. */
  @Override
  public List<String> headers(String name) {
    @Nullable String key = RARE.get(name);
    return key != null && !requestKeys.contains(key) ? List.of() : super.headers(name);
  }

  /** Sets it in a list that cannot grow, which takes less than the JDK's own; nobody adds to it. */
  @Override
  public void setHeader(String name, String value) {
    responseHeaders.put(name, List.of(value));
  }

  @Override
  public boolean isLoopbackOnly() {
    return isLoopbackOnly;
  }

  @Override
  public Executor executor() {
    return executor;
  }

  @Override
  public OutputStream sendHead(int status) throws IOException {
    return sendStreamHead(status);
  }

  @Override
  public Duration maxResponseTime() {
    return JdkServerLimits.maxResponseTime();
  }

  @Override
  public int maxConnections() {
    return JdkServerLimits.maxConnections();
  }

  /** Closes the exchange, which ends the connection where the response is not whole. */
  @Override
  public void abort() {
    complete();
  }
}
