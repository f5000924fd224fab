package dev.rollcall.http.server.jdk;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.RegistryEndpoints;
import java.io.IOException;
import java.net.URI;
import java.util.Objects;

/**
 * The registry's endpoints for an {@code HttpServer} of the JDK that the application owns. It may
 * stand under any path:
 *
 * <pre>{@code
 * HttpServer server = HttpServer.create(new InetSocketAddress(9000), 0);
 * server.setExecutor(executor);
 * server.createContext("/v2", RegistryHandler.of(registry));
 * server.start();
 * }</pre>
 *
 * <p>Each request blocks its thread for the registry's round trip to its store, so the server needs
 * an executor: without one the JDK runs every handler on its one dispatcher thread.
 *
 * <p>Safe for use by any number of threads, and by several contexts at once. What is not HTTP, or
 * has a target that {@link URI} cannot read such as {@code /services/%zz}, never comes to a
 * handler: the JDK's server answers it 400 with a short page of its own, and ends the connection.
 *
 * <p>The JDK's server does not limit how long a request takes, so a client that stalls holds its
 * thread; call {@link JdkServerLimits#setDefaults()} where clients are not trusted.
 *
 * <p>Without {@code sun.net.httpserver.nodelay} each response waits 40 ms for the client's delayed
 * acknowledgement. The JDK reads that property when it creates its first server; this library sets
 * it to {@code true} in time, unless it is set.
 */
public final class RegistryHandler implements HttpHandler {
  private final RegistryEndpoints endpoints;

  private RegistryHandler(RegistryEndpoints endpoints) {
    this.endpoints = endpoints;
  }

  /**
   * Returns a handler for a registry, with the default settings of {@link RegistryEndpoints}.
   *
   * @param registry what it serves; it stays the caller's to close, after the server
   * @return the handler
   */
  public static RegistryHandler of(ServiceRegistry registry) {
    return of(RegistryEndpoints.of(registry));
  }

  /**
   * Returns a handler that passes its requests to endpoints.
   *
   * @param endpoints answer the requests
   * @return the handler
   */
  public static RegistryHandler of(RegistryEndpoints endpoints) {
    Nodelay.enable();
    return new RegistryHandler(Objects.requireNonNull(endpoints, "endpoints"));
  }

  /**
   * Answers one request. Blocks for the registry's round trip to its store.
   *
   * @throws IOException if the client is gone
   */
  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getHttpContext().getPath();
    String basePath = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    endpoints.handle(new JdkExchange(exchange, basePath));
  }
}
