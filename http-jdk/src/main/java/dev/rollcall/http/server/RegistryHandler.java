package dev.rollcall.http.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.rollcall.RegistryFullException;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.RejectedException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.Nodelay;
import java.io.IOException;
import java.net.URI;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry's endpoints, for an {@code HttpServer} that the application owns. It may stand under
 * any path:
 *
 * <pre>{@code
 * HttpServer server = HttpServer.create(new InetSocketAddress(9000), 0);
 * server.setExecutor(executor);
 * server.createContext("/v2", RegistryHandler.of(registry));
 * server.start();
 * }</pre>
 *
 * <p>Each request blocks its thread for the registry's round trip to its store, so the server wants
 * an executor: without one the JDK runs every handler on its one dispatcher thread.
 *
 * <p>Safe for use by any number of threads, and by several contexts at once. Whatever a request
 * holds, it gets an answer of the protocol; errors are {@code application/problem+json}. What is no
 * HTTP, or has a target that {@link URI} cannot read such as {@code /services/%zz}, never comes to
 * a handler: the JDK's server answers it 400 with a short page of its own, and ends the connection.
 *
 * <p>The JDK's server bounds no request in time, so a client that stalls holds its thread; set
 * {@code -Dsun.net.httpserver.maxReqTime} and {@code maxRspTime}, in seconds, where clients are not
 * to be trusted.
 *
 * <p>The JDK's server sends headers and body apart, and without {@code TCP_NODELAY} each answer
 * waits for the client's delayed acknowledgement, 40 ms. It reads the property {@code
 * sun.net.httpserver.nodelay} once, when its first server is made; this library sets it to {@code
 * true} in time, unless it is set.
 */
public final class RegistryHandler implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.http");

  private static final int SERVER_ERRORS = 500;

  static {
    Nodelay.enable();
  }

  private final Operations operations;
  private final PublicUrl publicUrl;
  private final int maxBodyBytes;
  private final StoreOutage outage = new StoreOutage(LOG);

  private RegistryHandler(Builder builder) {
    this.operations = new Operations(builder.registry);
    this.publicUrl = builder.publicUrl;
    this.maxBodyBytes = builder.maxBodyBytes;
  }

  /**
   * Makes a handler with the default settings.
   *
   * @param registry what it serves; it stays the caller's to close, after the server
   * @return the handler
   */
  public static RegistryHandler of(ServiceRegistry registry) {
    return builder(registry).build();
  }

  /**
   * Starts a handler.
   *
   * @param registry what it serves; it stays the caller's to close, after the server
   * @return the builder
   */
  public static Builder builder(ServiceRegistry registry) {
    return new Builder(registry);
  }

  /**
   * Answers one request. Blocks for the registry's round trip to its store.
   *
   * @throws IOException if the client is gone
   */
  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      answer(exchange).sendTo(exchange);
    } catch (IOException e) {
      LOG.debug("A client went away: {}", e.toString());
      throw e;
    }
  }

  /** Answers a request for what no handler stands at. */
  static void nothingHere(HttpExchange exchange) throws IOException {
    try (exchange) {
      problem(exchange, Problem.noSuchPath(exchange.getRequestURI().getRawPath())).sendTo(exchange);
    }
  }

  private Answer answer(HttpExchange exchange) throws IOException {
    try {
      return answerOrThrow(exchange);
    } catch (ProblemException e) {
      return problem(exchange, e.problem());
    } catch (RegistryFullException e) {
      return problem(exchange, Problem.full());
    } catch (RegistryUnavailableException e) {
      outage.failed(e);
      return problem(exchange, Problem.storeUnavailable());
    } catch (RejectedException e) {
      LOG.warn("The registry behind this server refused a request: {}", e.getMessage());
      return problem(exchange, Problem.refused());
    } catch (RuntimeException e) {
      LOG.error("A request failed unexpectedly", e);
      return problem(exchange, Problem.internal());
    }
  }

  private Answer answerOrThrow(HttpExchange exchange) throws IOException {
    Target target =
        Target.of(exchange)
            .orElseThrow(
                () ->
                    new ProblemException(
                        Problem.noSuchPath(exchange.getRequestURI().getRawPath())));
    String method = exchange.getRequestMethod();
    if (!target.resource().allows(method)) {
      String allowed = target.resource().allowed();
      return problem(exchange, Problem.methodNotAllowed(method, allowed)).with("Allow", allowed);
    }
    Answer answer =
        switch (target.resource()) {
          case HEALTH -> operations.health();
          case SERVICES -> operations.list();
          case REGISTER ->
              operations.register(
                  RegistrationReader.read(RequestBody.read(exchange, maxBodyBytes)),
                  publicUrl.of(exchange));
          case SERVICE ->
              method.equals("DELETE")
                  ? operations.deregister(target)
                  : operations.find(target.id());
          case PING -> operations.ping(target);
        };
    if (answer.status() < SERVER_ERRORS) {
      outage.ended();
    }
    return answer;
  }

  private static Answer problem(HttpExchange exchange, Problem problem) {
    return Answer.problem(problem, exchange.getRequestURI().getRawPath());
  }

  /**
   * Collects the settings of a {@link RegistryHandler}. Each setter checks its argument at once.
   */
  public static final class Builder {
    private final ServiceRegistry registry;
    private PublicUrl publicUrl = PublicUrl.fromRequest();
    private int maxBodyBytes = 1 << 20;

    private Builder(ServiceRegistry registry) {
      this.registry = Objects.requireNonNull(registry, "registry");
    }

    /**
     * Sets where clients reach the handler; {@code ping_url} and {@code Location} are built from
     * it. Default: the scheme, the {@code Host} header if it is a plain host and port, else the
     * local address, and the path of the context.
     *
     * @param publicUrl an absolute http or https URL without query and fragment, the path that the
     *     handler stands under included, such as {@code https://registry.example/v2}
     * @return this
     * @throws IllegalArgumentException if it is not so
     */
    public Builder publicUrl(URI publicUrl) {
      this.publicUrl = PublicUrl.of(publicUrl);
      return this;
    }

    /**
     * Sets how large the body of a registration may be; a larger one is answered 413. Default:
     * 1,048,576 bytes.
     *
     * @param maxBodyBytes 1 or more
     * @return this
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder maxBodyBytes(int maxBodyBytes) {
      if (maxBodyBytes < 1) {
        throw new IllegalArgumentException("maxBodyBytes is 1 or more, not " + maxBodyBytes);
      }
      this.maxBodyBytes = maxBodyBytes;
      return this;
    }

    /**
     * Builds the handler.
     *
     * @return the handler
     */
    public RegistryHandler build() {
      return new RegistryHandler(this);
    }
  }
}
