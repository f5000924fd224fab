package dev.rollcall.examples.benchmarks;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.jdk.RegistryHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A registry that takes two seconds for each answer, and any number of them at once. */
final class SlowServer {
  private static final long DELAY_SECONDS = 2;
  private static final int BACKLOG = 4_096;

  private SlowServer() {}

  /** Serves at any free port and prints its URL. */
  public static void main(String[] args) throws IOException {
    RegistryHandler handler = RegistryHandler.of(ServiceRegistry.open("memory:"));
    var later = Executors.newScheduledThreadPool(4);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    server.createContext(
        "/",
        exchange -> {
          var unused =
              later.schedule(
                  () -> {
                    try {
                      handler.handle(exchange);
                    } catch (IOException e) {
                      throw new UncheckedIOException(e); // the client has gone
                    }
                  },
                  DELAY_SECONDS,
                  TimeUnit.SECONDS);
        });
    server.start();
    System.out.println("http://127.0.0.1:" + server.getAddress().getPort());
  }
}
