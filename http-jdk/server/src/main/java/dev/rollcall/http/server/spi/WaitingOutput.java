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
 * Has a server's own threads write what other threads hand over, and makes those wait until the
 * client takes it. For an {@link AsyncServerExchange} of a server, such as Tomcat, whose output is
 * safe on its own threads alone, and of which an interrupt does not end a blocked write: it does
 * end a wait of this class.
 *
 * <p>The adapter says by {@link #ready} that a thread of the server can write, and by {@link #fail}
 * that none can any more. What is written is collected; a {@link #flush()}, or a full buffer, hands
 * it over.
 *
 * <p>Writing is for one thread at a time. The other methods are safe for use by any thread.
 */
public final class WaitingOutput extends OutputStream {
  private static final int BUFFER_BYTES = 8 << 10;

  private final Runnable callReady;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Used by the writer alone, except while it waits.
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int buffered;

  // Guarded by the lock.
  private byte @Nullable [] bytes;
  private int offset;
  private int length;
  private boolean isFlushDue;
  private boolean isCalled;
  private @Nullable Throwable failure;
  private @Nullable Runnable whenReady;

  /**
   * Creates an output.
   *
   * @param callReady has a thread of the server call {@link #ready}, soon and once; does not block.
   *     An exception means that the server has ended the response. It is not asked again before
   *     that call, except after an {@code Error}
   */
  public WaitingOutput(Runnable callReady) {
    this.callReady = Objects.requireNonNull(callReady, "callReady");
  }

  /**
   * Writes what was handed over, and runs what waits for the end of it, on this thread, which is
   * the server's. Does not block.
   *
   * @param out where to write, without blocking; it is never closed
   * @param isReady returns whether {@code out} takes a write now; after it has returned false, the
   *     server calls this method again once that has changed
   */
  public void ready(OutputStream out, BooleanSupplier isReady) {
    lock.lock();
    try {
      while (failure == null && isReady.getAsBoolean()) {
        if (isFlushDue) {
          out.flush();
          isFlushDue = false;
          bytes = null;
          changed.signalAll();
        } else if (bytes != null) {
          out.write(bytes, offset, length);
          isFlushDue = true;
        } else {
          isCalled = false;
          runAction();
          return;
        }
      }
    } catch (IOException | RuntimeException e) { // The client is gone: the server knows it, too.
      failed(e);
    } catch (Error e) { // The server ends the response for it.
      failed(e);
      throw e;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Says that the server cannot write any more, as when the client is gone: whoever waits fails,
   * and so does each later write. When it returns, no call of the server is under way or will be
   * made: the server may take back what belonged to the response, to use it for another request.
   *
   * @param cause why
   */
  public void fail(Throwable cause) {
    lock.lock();
    try {
      failed(cause);
    } finally {
      lock.unlock();
    }
  }

  private void failed(Throwable cause) {
    failure = failure == null ? cause : failure;
    bytes = null;
    whenReady = null;
    changed.signalAll();
  }

  /**
   * Runs an action as soon as the client can take more than it was sent: at once, or in a call of
   * {@link #ready}. Not at all if the server cannot write any more: then it ends the response by
   * itself. Does not block.
   *
   * @param action ends the response, and does not block; nothing is written after it
   */
  public void whenReady(Runnable action) {
    lock.lock();
    try {
      if (failure == null) {
        whenReady = action;
        if (!isCalled) {
          runAction();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** With the lock held: meanwhile the server cannot take back the response that it ends. */
  private void runAction() {
    Runnable action = whenReady;
    if (action != null) {
      whenReady = null;
      action.run();
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Where the buffer is full, blocks until the server has written it. An interrupt ends that.
   *
   * @throws IOException if the client is gone, or the thread is interrupted; its flag stays set
   */
  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length > BUFFER_BYTES - buffered) {
      flush();
    }
    if (length > BUFFER_BYTES) {
      handOver(bytes, offset, length);
    } else {
      System.arraycopy(bytes, offset, buffer, buffered, length);
      buffered += length;
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Blocks until the server has written what was collected. An interrupt ends that.
   *
   * @throws IOException if the client is gone, or the thread is interrupted; its flag stays set
   */
  @Override
  public void flush() throws IOException {
    int count = buffered;
    buffered = 0;
    if (count > 0) {
      handOver(buffer, 0, count);
    }
  }

  private void handOver(byte[] given, int from, int count) throws IOException {
    lock.lock();
    try {
      if (failure == null) {
        bytes = given;
        offset = from;
        length = count;
        call();
      }
      while (bytes != null && failure == null) {
        changed.await();
      }
      if (failure != null) {
        throw new IOException("the server has ended the response", failure);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the client took nothing");
    } finally {
      bytes = null;
      lock.unlock();
    }
  }

  private void call() {
    if (isCalled) {
      return;
    }
    isCalled = true;
    try {
      callReady.run();
    } catch (RuntimeException e) {
      failed(e);
    } catch (Error e) { // For want of a thread, for example: no call will come of it.
      isCalled = false;
      throw e;
    }
  }
}
