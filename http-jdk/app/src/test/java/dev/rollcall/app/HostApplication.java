package dev.rollcall.app;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.jdk.RegistryHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.Executors;

/** An application that makes its servers before it touches any class of ours; run by tests. */
final class HostApplication {
  private static final int REQUESTS = 50;

  private HostApplication() {}

  public static void main(String[] args) throws IOException {
    var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HttpServer server = HttpServer.create(any, 0);
    HttpsServer.create(any, 0).stop(0);
    var executor = Executors.newSingleThreadExecutor();
    server.setExecutor(executor);
    server.start();
    try (var registry = ServiceRegistry.open("memory:")) {
      server.createContext("/", RegistryHandler.of(registry));
      System.out.println("millis=" + medianOfRequests(server.getAddress()));
    } finally {
      server.stop(0);
      executor.shutdown();
    }
    System.out.println("nodelay=" + System.getProperty("sun.net.httpserver.nodelay"));
    System.out.println(
        "provider-property=" + System.getProperty("com.sun.net.httpserver.HttpServerProvider"));
    System.out.println("server=" + server.getClass().getName());
  }

  /** Returns what half of the requests took at most, whatever else a busy machine did. */
  private static long medianOfRequests(InetSocketAddress address) throws IOException {
    long[] nanos = new long[REQUESTS];
    try (var connection = new RawHttp(address)) {
      for (int i = 0; i < REQUESTS; i++) {
        long start = System.nanoTime();
        request(connection);
        nanos[i] = System.nanoTime() - start;
      }
    }
    Arrays.sort(nanos);
    return nanos[REQUESTS / 2] / 1_000_000;
  }

  private static void request(RawHttp connection) throws IOException {
    connection.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    if (connection.read(false).status() != 200) {
      throw new IOException("the registry is not well");
    }
  }
}
