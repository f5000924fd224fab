package dev.rollcall.http.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rollcall.http.server.routing.BuiltInEndpoints;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server of the page whose registry says what a test tells it to say: one that cannot stream, or
 * that tells more than this one does.
 */
final class ScriptedPageServer implements AutoCloseable {
  private static final String STREAM = "text/event-stream";

  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private volatile String stream = "";
  private final CountDownLatch heldStreams = new CountDownLatch(1);
  private volatile boolean holdsStreams;
  private volatile int retryAfterSeconds;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  ScriptedPageServer() throws IOException {
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Sets the JSON that a path answers with. */
  ScriptedPageServer answer(String path, String json) {
    answers.put(path, json);
    return this;
  }

  /**
   * Refuses each request for the services with 429, and says after how many seconds to come back.
   */
  ScriptedPageServer refuse(int retryAfterSeconds) {
    this.retryAfterSeconds = retryAfterSeconds;
    return this;
  }

  /** Sets the events of the services' stream, which ends after them. */
  ScriptedPageServer stream(String events) {
    this.stream = events;
    return this;
  }

  /** Answers nothing to whoever wants a stream, until this is closed. */
  ScriptedPageServer holdStreams() {
    this.holdsStreams = true;
    return this;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String answer = answers.get(path);
      boolean isStream = STREAM.equals(exchange.getRequestHeaders().getFirst("Accept"));
      if (retryAfterSeconds > 0 && path.equals("/services")) {
        exchange.getResponseHeaders().set("Retry-After", Integer.toString(retryAfterSeconds));
        send(exchange, 429, "application/problem+json", "{\"status\":429}".getBytes(UTF_8));
      } else if (isStream && holdsStreams) {
        awaitClose();
      } else if (isStream && !stream.isEmpty()) {
        send(exchange, 200, STREAM, stream.getBytes(UTF_8));
      } else if (answer != null) {
        send(exchange, 200, "application/json", answer.getBytes(UTF_8));
      } else if (BuiltInEndpoints.page().containsKey(path.substring(1))) {
        String file = path.equals("/") ? "index.html" : path.substring("/assets/".length());
        send(exchange, 200, typeOf(file), read(file));
      } else {
        send(exchange, 404, "application/problem+json", "{\"status\":404}".getBytes(UTF_8));
      }
    }
  }

  private void awaitClose() {
    try {
      heldStreams.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String typeOf(String file) {
    String end = file.substring(file.lastIndexOf('.') + 1);
    return Map.of("html", "text/html", "js", "text/javascript", "css", "text/css")
        .getOrDefault(end, "image/svg+xml");
  }

  private static byte[] read(String file) throws IOException {
    try (InputStream in = RegistryEndpoints.class.getResourceAsStream("page/" + file)) {
      return in.readAllBytes();
    }
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    heldStreams.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
