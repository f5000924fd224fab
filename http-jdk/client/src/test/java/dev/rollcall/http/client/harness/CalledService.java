package dev.rollcall.http.client.harness;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rollcall.http.client.HttpServiceRegistry;
import dev.rollcall.registrar.Registrar;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/** A service on the JDK's server that is registered, and answers each call with 200. */
public final class CalledService implements AutoCloseable {
  private static final int BACKLOG = 1_024;
  private static final int THREADS = 8;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final AtomicBoolean isServing = new AtomicBoolean(true);
  private final HttpServer server;
  private final HttpServiceRegistry registry;
  private final Registrar registrar;

  private CalledService(String registryUrl, String name, Duration interval, Duration drain)
      throws IOException {
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    server.setExecutor(threads);
    server.createContext("/", CalledService::answer);
    server.start();
    this.registry = HttpServiceRegistry.connect(registryUrl);
    this.registrar =
        Registrar.builder()
            .registry(registry)
            .url(url())
            .name(name)
            .keepaliveInterval(interval)
            .timeout(CLOSE_TIMEOUT)
            .drainDelay(drain)
            .shutdownHook(false)
            .build();
  }

  /**
   * Starts one, which serves before it is registered.
   *
   * @param interval of its pings
   * @param drain how long it serves on once it is deregistered
   */
  public static CalledService start(
      String registryUrl, String name, Duration interval, Duration drain) throws IOException {
    CalledService service = new CalledService(registryUrl, name, interval, drain);
    service.registrar.start();
    return service;
  }

  private static void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  public String id() {
    return registrar.id();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Ends its server without a word to the registry, where it stays registered. */
  public void kill() {
    if (isServing.compareAndSet(true, false)) {
      server.stop(0);
      threads.shutdownNow();
    }
  }

  /** Deregisters, serves on for the drain, and then stops serving. */
  @Override
  public void close() {
    registrar.close();
    kill();
    registry.close();
  }

  /**
   * Runs until it is told to stop, and prints its URL when it is registered.
   *
   * @param args the registry's URL, the name, the interval and the drain in milliseconds
   */
  public static void main(String[] args) throws Exception {
    System.setProperty("sun.net.httpserver.nodelay", "true");
    CalledService service =
        start(
            args[0],
            args[1],
            Duration.ofMillis(Long.parseLong(args[2])),
            Duration.ofMillis(Long.parseLong(args[3])));
    Runtime.getRuntime().addShutdownHook(new Thread(service::close));
    System.out.println(service.url());
    Thread.currentThread().join();
  }
}
