package dev.rollcall.examples;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.jdk.RegistryHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * An application with an HTTP server of its own that is a registry too: services register under
 * {@code /registry}, and the application reads them without a detour over HTTP.
 */
public final class EmbeddedRegistry {
  private static final int PORT = 9000;

  private EmbeddedRegistry() {}

  /**
   * Serves until the process is stopped.
   *
   * @param args none
   * @throws IOException if the port is taken
   */
  public static void main(String[] args) throws IOException {
    ServiceRegistry registry = ServiceRegistry.open("memory:");

    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT), 0);
    server.setExecutor(Executors.newFixedThreadPool(16));
    server.createContext("/registry", RegistryHandler.of(registry));
    server.createContext(
        "/",
        exchange -> {
          byte[] page = ("Services:\n" + services(registry)).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    server.start();
    System.out.println("Services register at http://127.0.0.1:" + PORT + "/registry");
  }

  private static String services(ServiceRegistry registry) {
    return registry.list().stream()
        .map(service -> service.id() + " " + service.url() + "\n")
        .collect(Collectors.joining());
  }
}
