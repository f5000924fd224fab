package dev.rollcall.http.server;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The JDK's server, and the threads that it runs on. */
final class Listener {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.http");

  /** Clients that come back all at once find room; the JDK's own default is 50. */
  private static final int BACKLOG = 1024;

  private final RegistryHandler handler;
  private final String basePath;
  private final HttpServer server;
  private final ExecutorService threads;

  private Listener(RegistryHandler handler, String basePath, HttpServer server) {
    this.handler = handler;
    this.basePath = basePath;
    this.server = server;
    this.threads = ServerThreads.create();
    Pipeline pipeline = handler.pipeline();
    // Measured on two processors: a tenth more pings where they are batched, a twentieth fewer
    // where each is answered on its own thread.
    server.setExecutor(pipeline.hasBatches() ? new RequestQueue(threads) : threads);
    if (!basePath.isEmpty()) {
      // Else what is outside of the base path gets the JDK's page.
      server.createContext("/", pipeline::handleElsewhere);
    }
    server.createContext(basePath.isEmpty() ? "/" : basePath, pipeline::handleInBatches);
    server.start();
    LOG.atInfo().addKeyValue("url", url()).log("server.started");
  }

  /**
   * Listens, and answers from now on.
   *
   * @throws UncheckedIOException if it cannot listen there
   */
  static Listener open(
      RegistryHandler handler, String basePath, String host, int port, Optional<ServerTls> tls) {
    var address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new UncheckedIOException(
          "no address is known for the host '" + host + "'", new UnknownHostException(host));
    }
    try {
      return new Listener(handler, basePath, create(address, tls));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot listen at " + host + ":" + port + ": " + e.getMessage(), e);
    }
  }

  private static HttpServer create(InetSocketAddress address, Optional<ServerTls> tls)
      throws IOException {
    if (tls.isEmpty()) {
      return HttpServer.create(address, BACKLOG);
    }
    HttpsServer server = HttpsServer.create(address, BACKLOG);
    server.setHttpsConfigurator(tls.get().configurator());
    return server;
  }

  InetSocketAddress address() {
    return server.getAddress();
  }

  URI url() {
    String scheme = server instanceof HttpsServer ? "https://" : "http://";
    return URI.create(scheme + PublicUrl.hostOf(address()) + basePath);
  }

  /**
   * Says that it is not ready and serves on for the delay; then finishes the requests that run, for
   * a time at most, and takes no others. An interrupted thread waits for neither.
   */
  void stop(Duration drainDelay, Duration drainTime) {
    LOG.atInfo().addKeyValue("url", url()).log("server.stopping");
    handler.drain();
    boolean interrupted = !pause(drainDelay);
    // Not stop(n): it misses a request that waits for a thread, and in older updates of 17 and
    // 21 it waits all n seconds even when nothing runs (JDK-8304065). The executor knows each
    // request from its first byte on; what it rejects, the server closes unanswered.
    threads.shutdown();
    interrupted |= !awaitRequests(interrupted ? Duration.ZERO : drainTime);
    server.stop(0);
    // Once more, now that the JDK's dispatcher has ended: a connection that it accepts while the
    // first stop closes the others is left open, and its client would wait for ever.
    server.stop(0);
    threads.shutdownNow();
    LOG.info("server.stopped");
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits; false if the thread was interrupted. */
  private static boolean pause(Duration delay) {
    try {
      var unused = new CountDownLatch(1).await(delay.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** Waits for the requests that run; false if the thread was interrupted. */
  private boolean awaitRequests(Duration time) {
    try {
      var unused = threads.awaitTermination(time.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }
}
