package dev.rollcall.http.server.jdk;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.log.BreakdownLog;
import dev.rollcall.http.server.log.LogEvent;
import dev.rollcall.http.server.log.SafeLog;
import dev.rollcall.http.server.spi.ServerExchange;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The JDK's server, and the threads that it runs on.
 *
 * <p>The JDK's server cannot do without three threads of its own: its dispatcher and two timers. An
 * {@code Error} ends each of them for good, and silently: nothing is answered any more, or nothing
 * limited in time. So they belong to a group of ours, which is told; then another server takes the
 * place of the one that broke, at the same address.
 */
final class JdkServer {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.http");

  /** Clients that come back all at once find room; the JDK's own default is 50. */
  private static final int BACKLOG = 1024;

  private static final long TICK_SECONDS = 1;
  private static final int BAD_REQUEST = 400;
  private static final int UNAVAILABLE = 503;

  /** Answers one request. */
  @FunctionalInterface
  interface Handler {
    void handle(ServerExchange exchange) throws IOException;
  }

  private final RegistryEndpoints endpoints;
  private final Handler handler;
  private final String basePath;
  private final Optional<ServerTls> tls;
  private final ExecutorService threads;
  private final Runnable keeper;
  private final ScheduledThreadPoolExecutor timer;
  private final BreakdownLog breakdowns = new BreakdownLog(LOG, System::nanoTime);

  /** What comes to a server that is not the JDK's passes it. */
  private final RequestGate gate = new RequestGate();

  private final boolean isDaemon = Thread.currentThread().isDaemon();
  private final ReentrantLock replacing = new ReentrantLock();
  private volatile HttpServer server;

  /** Null if the server is not the JDK's. */
  private volatile @Nullable DispatcherExecutor dispatcher;

  private volatile Runnable whenBrokenDown = () -> {};
  private boolean isStopped;

  private JdkServer(
      RegistryEndpoints endpoints,
      Handler handler,
      String basePath,
      InetSocketAddress address,
      Optional<ServerTls> tls)
      throws IOException {
    this.endpoints = endpoints;
    this.handler = handler;
    this.basePath = basePath;
    this.tls = tls;
    this.threads = ServerThreads.create();
    this.keeper = ServerThreads.keeper(threads);
    this.timer = ServerThreads.timer();
    boolean isStarted = false;
    try {
      // First, while there are threads to be had: these start one.
      keeper.run();
      // A periodic task that throws is not run again.
      var unused =
          timer.scheduleWithFixedDelay(
              () -> breakdowns.run(this::tick), TICK_SECONDS, TICK_SECONDS, TimeUnit.SECONDS);
      this.server = start(address);
      isStarted = true;
    } finally {
      if (!isStarted) {
        threads.shutdownNow();
        timer.shutdownNow();
      }
    }
  }

  /** Creates and starts a server, whose own threads belong to a group that learns of their end. */
  private HttpServer start(InetSocketAddress address) throws IOException {
    var group = new ServerGroup(this);
    var made = new AtomicReference<HttpServer>();
    var failure = new AtomicReference<Throwable>();
    Thread starter =
        new Thread(
            group,
            () -> {
              try {
                made.set(create(address));
                start(made.get());
              } catch (Throwable e) {
                failure.set(e);
              }
            },
            "rollcall-http-start");
    starter.setDaemon(isDaemon); // The dispatcher inherits it.
    starter.start();
    join(starter);
    HttpServer result = made.get();
    Throwable why = failure.get();
    if (why == null && result != null) {
      group.server = result;
      return result;
    }
    if (result != null) {
      result.stop(0);
    }
    if (why instanceof IOException e) {
      throw e;
    }
    if (why instanceof RuntimeException && why.getCause() instanceof IOException e) {
      throw e; // of Jetty, for a port that is taken
    }
    if (why instanceof RuntimeException e) {
      throw e;
    }
    if (why instanceof Error e) {
      throw e;
    }
    throw new IllegalStateException("the server was not started", why);
  }

  /** Waits for a thread that does not block, whatever happens meanwhile. */
  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void start(HttpServer made) {
    Executor executor = ServerThreads.requestExecutor(threads, breakdowns);
    boolean isOfJetty = made.getClass().getName().startsWith("org.eclipse.jetty.");
    if (isOfJdk(made)) {
      dispatcher = new DispatcherExecutor(executor);
      made.setExecutor(dispatcher);
    } else if (!isOfJetty) {
      made.setExecutor(executor);
    }
    // Asked for by each request, and under a lock that all of them share.
    boolean isLoopbackOnly = made.getAddress().getAddress().isLoopbackAddress();
    // Else what is outside of the base path gets the JDK's page.
    made.createContext(
        "/",
        isOfJdk(made)
            ? exchange -> handle(new JdkAsyncExchange(exchange, basePath, executor, isLoopbackOnly))
            : exchange ->
                handleHeld(new HeldExchange(exchange, basePath, executor, isLoopbackOnly)));
    made.start();
    if (isOfJetty) {
      made.setExecutor(executor); // Before, it would start without its port (12.1).
    }
  }

  /** Returns whether a server is the JDK's own, and not that of a provider on the class path. */
  private static boolean isOfJdk(HttpServer server) {
    return server.getClass().getModule() == HttpServer.class.getModule();
  }

  private void handle(ServerExchange exchange) throws IOException {
    keepTimer();
    handler.handle(exchange);
  }

  /** Has the timer a thread again if it has lost it: nobody else asks anything of it. */
  private void keepTimer() {
    try {
      var unused = timer.prestartCoreThread();
    } catch (OutOfMemoryError e) {
      // There is no memory or no thread for it yet: the next request tries again.
    }
  }

  private void handleHeld(HeldExchange exchange) throws IOException {
    if (!exchange.hasValidHeaderNames()) {
      exchange.refuse(BAD_REQUEST);
      return;
    }
    if (!gate.enter()) {
      exchange.refuse(UNAVAILABLE);
      return;
    }
    try {
      handle(exchange);
      exchange.awaitEnd();
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      if (!exchange.isHeadSent()) {
        exchange.refuse(BAD_REQUEST); // Jetty would answer 200.
      }
      throw e;
    } finally {
      gate.leave();
    }
  }

  private void tick() {
    endpoints.endStalledTransfers();
    keeper.run();
  }

  /** The group of the threads that the JDK's server makes for itself. */
  @SuppressWarnings("removal") // Before 19 a group is given up only if it is a daemon.
  private static final class ServerGroup extends ThreadGroup {
    private final JdkServer listener;
    private volatile @Nullable HttpServer server;

    ServerGroup(JdkServer listener) {
      super("rollcall-http");
      this.listener = listener;
      setDaemon(true);
    }

    @Override
    public void uncaughtException(Thread thread, Throwable cause) {
      HttpServer broken = server;
      try {
        // First, since the handler of a process that is to end rather than go on ends it.
        super.uncaughtException(thread, cause);
      } finally {
        boolean goesOn = broken == null || listener.replace(broken, thread.getName(), cause);
        if (!goesOn && !(cause instanceof Error)) {
          // A process may go on after an exception, but not without its server.
          super.uncaughtException(
              thread, new Error("no server could take the place of the one that broke", cause));
        }
      }
    }
  }

  /**
   * Puts another server in the place of one that has lost a thread; else closes it for good, and
   * returns false.
   */
  private boolean replace(HttpServer broken, String thread, Throwable cause) {
    replacing.lock();
    try {
      if (isStopped || server != broken) {
        return true;
      }
      InetSocketAddress address = address();
      try {
        broken.stop(0);
      } finally {
        server = start(address);
      }
      log("server.restarted", thread, cause);
      return true;
    } catch (Throwable e) {
      SafeLog.suppress(cause, e);
      // It is closed: clients are refused at once, where they would wait for ever.
      log("server.broke_down", thread, cause);
      whenBrokenDown.run();
      return false;
    } finally {
      replacing.unlock();
    }
  }

  private static void log(String event, String thread, Throwable cause) {
    SafeLog.log(
        LOG, () -> LogEvent.of(LOG, Level.ERROR, event).with("thread", thread).cause(cause).log());
  }

  /**
   * Listens, and answers from now on.
   *
   * @param handler the method of the endpoints that answers
   * @throws UncheckedIOException if it cannot listen there
   */
  static JdkServer open(
      RegistryEndpoints endpoints,
      Handler handler,
      String basePath,
      String host,
      int port,
      Optional<ServerTls> tls) {
    var address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new UncheckedIOException(
          "no address is known for the host '" + host + "'", new UnknownHostException(host));
    }
    try {
      return new JdkServer(endpoints, handler, basePath, address, tls);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot listen at " + host + ":" + port + ": " + e.getMessage(), e);
    }
  }

  private HttpServer create(InetSocketAddress address) throws IOException {
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

  /** Returns the URL of its root, for clients on this host. */
  URI url() {
    return ReachableUrls.local(scheme(), address(), basePath);
  }

  /** Returns where clients reach it: first {@link #url()}, then by the other addresses. */
  List<URI> urls() {
    return ReachableUrls.of(scheme(), address(), basePath);
  }

  private String scheme() {
    return tls.isPresent() ? "https" : "http";
  }

  /**
   * Says that it is not ready and serves on for the delay; then finishes the requests that run, for
   * a time at most, and takes no others. An interrupted thread waits for neither.
   */
  void stop(Duration drainDelay, Duration drainTime) {
    endReplacing();
    boolean interrupted = false;
    try {
      SafeLog.log(
          LOG, () -> LogEvent.of(LOG, Level.INFO, "server.stopping").with("url", url()).log());
      interrupted = !drain(drainDelay, drainTime);
    } finally {
      end();
    }
    SafeLog.log(LOG, () -> LOG.info("server.stopped"));
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Finishes the requests that run. Returns false if the thread was interrupted meanwhile. */
  private boolean drain(Duration drainDelay, Duration drainTime) {
    endpoints.drain();
    boolean wasPaused = pause(drainDelay);
    // Not stop(n): it misses a request that waits for a thread, and in older updates of 17 and
    // 21 it waits all n seconds even when nothing runs (JDK-8304065). The executor knows each
    // request from its first byte on, except those that wait without a thread, which the endpoints
    // count; what the executor rejects, the server closes unanswered. Servers of other providers
    // also use the executor for what does not end, such as idle connections; there the gate counts.
    endpoints.endWatches();
    gate.close();
    if (isOfJdk(server)) {
      threads.shutdown();
    }
    return awaitRequests(wasPaused ? drainTime : Duration.ZERO) && wasPaused;
  }

  /** Has an action run when it is closed for good because it broke. The action does not throw. */
  void whenBrokenDown(Runnable action) {
    whenBrokenDown = action;
  }

  /** Stops at once and says nothing of it: its endpoints may go on at another server. */
  void discard() {
    endReplacing();
    end();
  }

  private void endReplacing() {
    replacing.lock();
    try {
      isStopped = true;
    } finally {
      replacing.unlock();
    }
  }

  private void end() {
    DispatcherExecutor stopping = dispatcher;
    try {
      if (stopping != null) {
        stopping.stop(server);
      }
    } finally {
      try {
        server.stop(0); // If it has stopped, this waits for the end of its dispatcher.
        // Once more, now that it has ended: if it did not stop the server itself, it may have
        // accepted a connection while the first stop closed the others.
        server.stop(0);
      } finally {
        threads.shutdownNow();
        timer.shutdownNow();
      }
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
      long start = System.nanoTime();
      if (isOfJdk(server)) {
        var unused = threads.awaitTermination(time.toNanos(), TimeUnit.NANOSECONDS);
      } else {
        gate.awaitEmpty(time);
      }
      endpoints.awaitLateResponses(time.minusNanos(System.nanoTime() - start));
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }
}
