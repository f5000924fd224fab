package dev.rollcall.examples.benchmarks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The floor of streams: the JDK's server with answers that stay open. What is posted to it is
 * written to all of them, by a few threads, without a look at it.
 */
final class HeldServer {
  private static final int THREADS = 3;

  private HeldServer() {}

  /** Serves at any free port and prints its URL. */
  public static void main(String[] args) throws Exception {
    System.setProperty("sun.net.httpserver.nodelay", "true");
    ExecutorService writers = Executors.newFixedThreadPool(THREADS);
    Collection<HttpExchange> held = new ConcurrentLinkedQueue<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    server.setExecutor(Executors.newFixedThreadPool(THREADS));
    server.createContext(
        "/",
        exchange -> {
          if (exchange.getRequestMethod().equals("POST")) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            held.forEach(each -> writers.execute(() -> write(each, body, held)));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
          } else {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            held.add(exchange);
            write(exchange, EventCrowd.OPENED.getBytes(StandardCharsets.US_ASCII), held);
          }
        });
    server.start();
    System.out.println("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private static void write(HttpExchange exchange, byte[] bytes, Collection<HttpExchange> held) {
    try {
      exchange.getResponseBody().write(bytes);
      exchange.getResponseBody().flush();
    } catch (IOException e) {
      held.remove(exchange);
      exchange.close();
    }
  }
}
