package dev.rollcall.app;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.jdk.JdkServerLimits;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * An application that has a server of ours: {@code first} after one of its own, {@code none}
 * without limits; run by tests.
 */
final class LimitedApplication {
  private LimitedApplication() {}

  public static void main(String[] args) throws IOException {
    List<String> options = List.of(args);
    if (options.contains("first")) {
      HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0).stop(0);
    }
    if (!options.contains("none")) {
      JdkServerLimits.setDefaults();
    }
    try (var registry = ServiceRegistry.open("memory:");
        var server = RegistryHttpServer.builder(registry).start()) {
      System.getProperties().stringPropertyNames().stream()
          .filter(name -> name.contains("httpserver."))
          .forEach(name -> System.out.println(name + "=" + System.getProperty(name)));
      // More than the header may have in all, by default.
      var answer = send(server.address(), "X-Long: " + "x".repeat(40_000));
      System.out.println("long header: " + answer);
    }
  }

  private static String send(InetSocketAddress address, String header) throws IOException {
    try (var connection = new RawHttp(address)) {
      connection.send("GET /health HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n\r\n");
      return Integer.toString(connection.read(false).status());
    } catch (IOException e) {
      return "none";
    }
  }
}
