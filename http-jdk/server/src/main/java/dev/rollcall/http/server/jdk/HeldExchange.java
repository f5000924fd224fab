package dev.rollcall.http.server.jdk;

import com.sun.net.httpserver.HttpExchange;
import dev.rollcall.http.server.spi.AsyncServerExchange;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;

/**
 * An exchange of a server that ends it when its handler returns, as those of other providers than
 * the JDK do. So the thread of a request that is answered later waits for the response.
 */
final class HeldExchange extends JdkExchange implements AsyncServerExchange {
  private static final int UNAVAILABLE = 503;

  private final Executor executor;
  private final CountDownLatch isEnded = new CountDownLatch(1);

  /** Written before other threads get the exchange. */
  private boolean isLate;

  private volatile boolean isAborted;

  HeldExchange(HttpExchange exchange, String basePath, Executor executor) {
    super(exchange, basePath);
    this.executor = executor;
  }

  @Override
  public void startAsync() {
    isLate = true;
  }

  @Override
  public Executor executor() {
    return executor;
  }

  @Override
  public OutputStream sendHead(int status) throws IOException {
    return sendStreamHead(status);
  }

  @Override
  public void complete() {
    if (isLate) {
      isEnded.countDown();
    } else {
      super.complete();
    }
  }

  @Override
  public void abort() {
    isAborted = true;
    isEnded.countDown();
  }

  /** Answers that the server stops; for a request that is not to be handled. */
  void refuse() throws IOException {
    setHeader("Connection", "close");
    sendHead(UNAVAILABLE, 0);
    super.complete();
  }

  /**
   * Waits for a response that is late, and ends the exchange; for the thread of the request.
   *
   * @throws IOException if the response is not whole: the connection must end
   */
  void awaitEnd() throws IOException {
    if (!isLate) {
      return;
    }
    try {
      isEnded.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the server stops");
    }
    if (isAborted) {
      throw new IOException("the response is not whole");
    }
    super.complete();
  }
}
