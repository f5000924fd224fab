package dev.rollcall.examples;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.ServiceInfo;
import dev.rollcall.registrar.Registrar;
import dev.rollcall.registrar.RegistrarState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Executors;

/**
 * A service that greets, and stays registered while it does, with any registry of the protocol: a
 * Rollcall server, or a Python orchestrator. Stop it, and it deregisters; kill it, and its lease
 * ends.
 *
 * <p>Its environment may say more, as that of servicekit's services does: {@code
 * SERVICEKIT_ORCHESTRATOR_URL} and {@code SERVICEKIT_REGISTRATION_KEY} of the registry, {@code
 * SERVICEKIT_HOST} and {@code SERVICEKIT_PORT} that others reach it at.
 */
public final class GreetingService {
  private static final Map<String, String> ENVIRONMENT = System.getenv();
  private static final String LOCAL_REGISTRY = "http://127.0.0.1:9000/services/$register";

  private GreetingService() {}

  /**
   * Serves until the process is stopped.
   *
   * @param args the registry's URL, else {@code SERVICEKIT_ORCHESTRATOR_URL}, else the local one;
   *     and the id of the service, otherwise the registrar creates one that begins with the name
   * @throws IOException if it cannot listen
   */
  public static void main(String[] args) throws IOException {
    Registrar.Builder builder =
        Registrar.builder()
            .port(serve())
            .name("greeting-service")
            .info(ServiceInfo.builder().displayName("Greeting Service").version("1.0.0").build())
            .listener((registrar, from, to) -> System.out.println(from + " -> " + to));
    if (isForThisHostAlone()) {
      builder.host("127.0.0.1");
    }
    if (args.length > 0) {
      builder.orchestratorUrl(args[0]);
    } else if (!ENVIRONMENT.containsKey("SERVICEKIT_ORCHESTRATOR_URL")) {
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

  private static boolean isForThisHostAlone() {
    return !ENVIRONMENT.containsKey("SERVICEKIT_HOST");
  }

  /** Starts to serve, at any free port unless the environment has one, and returns it. */
  private static int serve() throws IOException {
    int port = Integer.parseInt(ENVIRONMENT.getOrDefault("SERVICEKIT_PORT", "0"));
    InetSocketAddress address =
        isForThisHostAlone()
            ? new InetSocketAddress(InetAddress.getLoopbackAddress(), port)
            : new InetSocketAddress(port);
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
