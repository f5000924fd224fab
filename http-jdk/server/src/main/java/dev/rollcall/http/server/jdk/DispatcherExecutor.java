package dev.rollcall.http.server.jdk;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes the requests of a server of the JDK, which its dispatcher hands over on its own thread, and
 * can have the dispatcher stop the server.
 *
 * <p>{@link HttpServer#stop} closes the connections that the server knows, and afterwards forgets
 * all of them. One that the dispatcher accepts between the two stays open, and its client waits for
 * ever. The dispatcher itself accepts none while it stops the server.
 */
final class DispatcherExecutor implements Executor {
  /** The dispatcher may have died, or may accept no connection. */
  private static final Duration MAX_WAIT = Duration.ofSeconds(1);

  private final Executor requests;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile @Nullable HttpServer toStop;

  /**
   * Creates an executor.
   *
   * @param requests runs the requests
   */
  DispatcherExecutor(Executor requests) {
    this.requests = requests;
  }

  @Override
  public void execute(Runnable request) {
    HttpServer server = toStop;
    if (server == null) {
      requests.execute(request);
      return;
    }
    try {
      server.stop(0);
    } finally {
      stopped.countDown();
    }
    throw new RejectedExecutionException("the server has stopped");
  }

  /**
   * Has the dispatcher stop its server with the next request, which this sends. Waits until it has,
   * for a second at most, and not if the thread is interrupted: then it may not be stopped.
   */
  void stop(HttpServer server) {
    toStop = server;
    InetSocketAddress address = server.getAddress();
    InetAddress host =
        address.getAddress().isAnyLocalAddress()
            ? InetAddress.getLoopbackAddress()
            : address.getAddress();
    try (var request = new Socket()) { // Its end is enough of a request.
      request.connect(
          new InetSocketAddress(host, address.getPort()), Math.toIntExact(MAX_WAIT.toMillis()));
    } catch (IOException e) {
      // Another request has come before, or nobody listens.
    }
    try {
      var unused = stopped.await(MAX_WAIT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
