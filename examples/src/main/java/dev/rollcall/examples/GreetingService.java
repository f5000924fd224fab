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
 */
public final class GreetingService {
  private GreetingService() {}

  /**
   * Serves until the process is stopped.
   *
   * @param args the registry's URL; {@code http://127.0.0.1:9000} if absent
   * @throws IOException if it cannot listen
   */
  public static void main(String[] args) throws IOException {
    int port = serve();
    ServiceRegistry registry =
        HttpServiceRegistry.connect(args.length == 0 ? "http://127.0.0.1:9000" : args[0]);
    Registration registration =
        Registration.of("http://127.0.0.1:" + port)
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
            .map(lease -> "Registered as " + lease.id() + ", serving at " + registration.url())
            .orElse("Not registered yet, trying on; serving at " + registration.url()));
  }

  /** Starts to serve at any free port, and returns it. */
  private static int serve() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
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
