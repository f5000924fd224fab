package dev.rollcall.examples;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.Registrar;
import dev.rollcall.RegistrarBuilder;
import dev.rollcall.RegistrarState;
import dev.rollcall.ServiceInfo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Executors;

/**
 * A service that greets, and stays registered while it does, with any registry of the protocol: a
 * Rollcall server, or a Python orchestrator. Stop it, and it deregisters; kill it, and its lease
 * ends.
 *
 * <p>It is for this host alone, unless {@code SERVICEKIT_HOST} names what others reach it by, and
 * listens at any free port, unless {@code SERVICEKIT_PORT} says which.
 */
public final class GreetingService {
  private static final String LOCAL_REGISTRY = "http://127.0.0.1:9000/services/$register";
  private static final Optional<String> HOST =
      Optional.ofNullable(System.getenv("SERVICEKIT_HOST"));
  private static final int PORT =
      Integer.parseInt(System.getenv().getOrDefault("SERVICEKIT_PORT", "0"));

  private GreetingService() {}

  /**
   * Serves until the process is stopped.
   *
   * @param args the registry's URL, else {@code SERVICEKIT_ORCHESTRATOR_URL}, else the local one;
   *     and the id of the service, else the registry or the registrar makes one
   * @throws IOException if it cannot listen
   */
  public static void main(String[] args) throws IOException {
    RegistrarBuilder builder =
        Registrar.builder()
            .host(HOST.orElse("127.0.0.1"))
            .port(serve())
            .info(ServiceInfo.builder().displayName("Greeting Service").version("1.0.0").build())
            .listener((registrar, from, to) -> System.out.println(from + " -> " + to));
    if (args.length > 0) {
      builder.orchestratorUrl(args[0]);
    } else if (System.getenv("SERVICEKIT_ORCHESTRATOR_URL") == null) {
      builder.orchestratorUrl(LOCAL_REGISTRY);
    }
    if (args.length > 1) {
      builder.id(args[1]);
    }
    Registrar registrar = builder.build(); // closes itself when the JVM shuts down
    registrar.start();
    System.out.println(
        registrar.state() == RegistrarState.REGISTERED
            ? "Registered as " + registrar.id()
            : "Not registered yet, trying on");
  }

  /** Starts to serve, and returns the port. */
  private static int serve() throws IOException {
    InetSocketAddress address =
        HOST.isPresent()
            ? new InetSocketAddress(PORT)
            : new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT);
    HttpServer server = HttpServer.create(address, 0);
    server.setExecutor(Executors.newFixedThreadPool(4));
    server.createContext(
        "/",
        exchange -> {
          byte[] greeting = "Hello!\n".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, greeting.length);
          exchange.getResponseBody().write(greeting);
          exchange.close();
        });
    server.start();
    return server.getAddress().getPort();
  }
}
