package dev.rollcall.examples;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.Registrar;
import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.client.HttpServiceRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Executors;

/**
 * A service that greets, and stays registered while it does. Stop it, and it deregisters; kill it,
 * and its lease ends.
 *
 * <p>Its environment may say more, as that of servicekit's services does: {@code
 * SERVICEKIT_ORCHESTRATOR_URL} and {@code SERVICEKIT_REGISTRATION_KEY} of the registry, {@code
 * SERVICEKIT_HOST} and {@code SERVICEKIT_PORT} that others reach it at.
 */
public final class GreetingService {
  private static final Map<String, String> ENVIRONMENT = System.getenv();

  private GreetingService() {}

  /**
   * Serves until the process is stopped.
   *
   * @param args the registry's URL; if absent, that of the environment, else {@code
   *     http://127.0.0.1:9000}
   * @throws IOException if it cannot listen
   */
  public static void main(String[] args) throws IOException {
    String url = serve();
    ServiceRegistry registry = registry(args);
    Registration registration =
        Registration.of(url)
            .info(Map.of("display_name", "Greeting Service", "version", "1.0.0"))
            .build();
    Registrar registrar = Registrar.builder(registry, registration).build();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  registrar.close();
                  registry.close();
                }));

    registrar.start();
    System.out.println(
        registrar
            .lease()
            .map(lease -> "Registered as " + lease.id() + ", serving at " + url)
            .orElse("Not registered yet, trying on; serving at " + url));
  }

  private static ServiceRegistry registry(String[] args) {
    String url =
        args.length > 0
            ? args[0]
            : ENVIRONMENT.getOrDefault("SERVICEKIT_ORCHESTRATOR_URL", "http://127.0.0.1:9000");
    HttpServiceRegistry.Builder builder = HttpServiceRegistry.builder(url);
    String key = ENVIRONMENT.get("SERVICEKIT_REGISTRATION_KEY");
    if (key != null) {
      builder.serviceKey(key);
    }
    return builder.build();
  }

  /** Starts to serve, for this host alone unless others are to reach it, and returns the URL. */
  private static String serve() throws IOException {
    String host = ENVIRONMENT.get("SERVICEKIT_HOST");
    int port = Integer.parseInt(ENVIRONMENT.getOrDefault("SERVICEKIT_PORT", "0"));
    InetSocketAddress address =
        host == null
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
    return "http://" + (host == null ? "127.0.0.1" : host) + ":" + server.getAddress().getPort();
  }
}
