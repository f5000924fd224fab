package dev.rollcall.http.server.jdk;

import com.sun.net.httpserver.HttpExchange;
import dev.rollcall.http.server.spi.AsyncServerExchange;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An exchange of a server that ends it when its handler returns, as those of other providers than
 * the JDK do. So the thread of a request that is answered later waits for the response.
 *
 * <p>Such a server may ignore the interrupt by which a thread that writes to a slow client is cut
 * off. Then the thread that waits ends the exchange, and with it the connection and the write.
 */
final class HeldExchange extends JdkExchange implements AsyncServerExchange {
  private static final long TICK_SECONDS = 1;

  private final Executor executor;
  private final boolean isLoopbackOnly;
  private final CountDownLatch isEnded = new CountDownLatch(1);

  /** Written before other threads get the exchange. */
  private boolean isLate;

  /** A body whose end is written, too: by the thread that writes to it. */
  private @Nullable OutputStream stream;

  private volatile boolean isAborted;
  private volatile @Nullable Thread writer;

  HeldExchange(HttpExchange exchange, String basePath, Executor executor, boolean isLoopbackOnly) {
    super(exchange, basePath);
    this.executor = executor;
    this.isLoopbackOnly = isLoopbackOnly;
  }

  @Override
  public boolean isLoopbackOnly() {
    return isLoopbackOnly;
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
  public OutputStream sendHead(int status, long length) throws IOException {
    return new Output(super.sendHead(status, length));
  }

  @Override
  public OutputStream sendHead(int status) throws IOException {
    stream = new Output(sendStreamHead(status));
    stream.flush(); // Else the head may wait for the first event.
    return stream;
  }

  /** Notes which thread writes. */
  private final class Output extends FilterOutputStream {
    Output(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      noted(() -> out.write(bytes, offset, length));
    }

    @Override
    public void write(int b) throws IOException {
      noted(() -> out.write(b));
    }

    @Override
    public void flush() throws IOException {
      noted(out::flush);
    }

    @Override
    public void close() throws IOException {
      noted(out::close);
    }

    private void noted(Write write) throws IOException {
      writer = Thread.currentThread();
      try {
        write.run();
      } finally {
        writer = null;
      }
    }
  }

  @FunctionalInterface
  private interface Write {
    void run() throws IOException;
  }

  @Override
  public void complete() {
    if (!isLate) {
      super.complete();
      return;
    }
    boolean isWhole = false;
    try {
      if (stream != null) {
        stream.close();
      }
      isWhole = true;
    } catch (IOException e) {
      // The thread that waits ends the connection.
    } finally {
      if (!isWhole) {
        isAborted = true;
      }
      isEnded.countDown();
    }
  }

  @Override
  public void abort() {
    isAborted = true;
    isEnded.countDown();
  }

  /** Ends the connection with a status; for a request that is not to be handled. */
  void refuse(int status) throws IOException {
    setHeader("Connection", "close");
    super.sendHead(status, 0);
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
      while (!isEnded.await(TICK_SECONDS, TimeUnit.SECONDS)) {
        Thread writing = writer;
        if (writing != null && writing.isInterrupted()) {
          throw new IOException("the client takes nothing of the response");
        }
      }
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
