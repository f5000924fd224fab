package dev.rollcall.http.server.spi;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes an output of a server whose writes do not block wait until the client takes what is
 * written. For an {@link AsyncServerExchange} of a server, such as Tomcat, of which an interrupt
 * does not end a blocked write: it does end a wait of this class.
 *
 * <p>The adapter says by {@link #ready()} that the server can write, at first as well, and by
 * {@link #fail} that it cannot any more.
 *
 * <p>Writing is for one thread at a time. The other methods are safe for use by any thread.
 */
public final class WaitingOutput extends OutputStream {
  private static final String ENDED = "the server has ended the response";

  private final OutputStream out;
  private final BooleanSupplier isReady;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private boolean isTold;
  private @Nullable Throwable failure;
  private @Nullable Runnable whenReady;

  /**
   * Creates an output that waits for the first {@link #ready()}.
   *
   * @param out where to write; it is never closed
   * @param isReady returns whether {@code out} takes a write now; after it has returned false,
   *     {@link #ready()} is called once that has changed
   */
  public WaitingOutput(OutputStream out, BooleanSupplier isReady) {
    this.out = Objects.requireNonNull(out, "out");
    this.isReady = Objects.requireNonNull(isReady, "isReady");
  }

  /** Says that the server can write. Does not block. */
  public void ready() {
    Runnable action;
    lock.lock();
    try {
      isTold = true;
      action = whenReady;
      whenReady = null;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (action != null) {
      action.run();
    }
  }

  /**
   * Says that the server cannot write any more, as when the client is gone: whoever waits fails,
   * and so does each later write. When it returns, no call of the server's output is under way or
   * will be made: the server may take it back, to use it for another request. It waits for the call
   * that is under way, which does not block.
   *
   * @param cause why
   */
  public void fail(Throwable cause) {
    lock.lock();
    try {
      failure = cause;
      whenReady = null;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Runs an action as soon as the server can write: at once, or in the call of {@link #ready()}.
   * Not at all if the server cannot write any more: then it ends the response by itself. Does not
   * block.
   *
   * @param action takes the place of one that waits still
   */
  public void whenReady(Runnable action) {
    lock.lock();
    try {
      if (!isReadyNow()) {
        whenReady = failure == null ? action : null;
        return;
      }
    } finally {
      lock.unlock();
    }
    action.run();
  }

  /** Returns whether the server can write; with the lock held, so that no call is missed. */
  private boolean isReadyNow() {
    try {
      isTold = isTold && failure == null && isReady.getAsBoolean();
    } catch (RuntimeException e) { // It has taken back what belonged to the response.
      isTold = false;
      failure = e;
    }
    return isTold;
  }

  /** A call of the server's output that does not block. */
  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }

  /** Makes a call once the server can write, with the lock held: see {@link #fail}. */
  private void call(Step step) throws IOException {
    lock.lock();
    try {
      while (!isReadyNow() && failure == null) {
        changed.await();
      }
      if (failure != null) {
        throw new IOException(ENDED, failure);
      }
      step.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the client took nothing");
    } catch (RuntimeException e) { // Of a server that has ended the response meanwhile.
      failure = e;
      throw new IOException(ENDED, e);
    } catch (IOException e) {
      failure = failure == null ? e : failure;
      throw e;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Blocks until the server can write. An interrupt ends that.
   *
   * @throws IOException if the client is gone, or the thread is interrupted; its flag stays set
   */
  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    call(() -> out.write(bytes, offset, length));
  }

  /**
   * {@inheritDoc}
   *
   * <p>Blocks until the server can write. An interrupt ends that.
   *
   * @throws IOException if the client is gone, or the thread is interrupted; its flag stays set
   */
  @Override
  public void flush() throws IOException {
    call(() -> out.flush());
  }
}
