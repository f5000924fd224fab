package dev.rollcall.http.server.response;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The body of an answer. What it takes of memory counts against a budget until each of those who
 * send it has {@linkplain #release released} it.
 */
public final class ResponseBody {
  public static final ResponseBody EMPTY = of(new byte[0]);

  private static final long NOT_COUNTED = 0;

  private final long length;
  private final Source source;
  private final long countedBytes;
  private final Runnable whenReleased;
  private final AtomicInteger holders = new AtomicInteger(1);

  /** Writes it, each time the same. */
  @FunctionalInterface
  public interface Source {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Creates a body with one holder.
   *
   * @param length in bytes
   * @param source writes so many
   * @param countedBytes how many are counted against a budget for it
   * @param whenReleased gives those back; is called once
   */
  ResponseBody(long length, Source source, long countedBytes, Runnable whenReleased) {
    this.length = length;
    this.source = source;
    this.countedBytes = countedBytes;
    this.whenReleased = whenReleased;
  }

  /** Returns a body that is not counted: it is short, or its bytes exist anyway. */
  public static ResponseBody of(byte[] bytes) {
    return of(bytes, bytes.length);
  }

  /** Returns a body of the first bytes of an array, not counted. */
  static ResponseBody of(byte[] bytes, int length) {
    return new ResponseBody(length, out -> out.write(bytes, 0, length), NOT_COUNTED, () -> {});
  }

  long length() {
    return length;
  }

  /** Returns how many bytes of a budget it holds. */
  public long countedBytes() {
    return countedBytes;
  }

  /** Writes it, whoever else does so. To be called by one who holds it. */
  public void writeTo(OutputStream out) throws IOException {
    source.writeTo(out);
  }

  /** Adds one who holds it; to be called by one who holds it, so it cannot fail. */
  public ResponseBody hold() {
    holders.incrementAndGet();
    return this;
  }

  /** Adds one who holds it, unless all who held it have given it up; then returns false. */
  public boolean tryHold() {
    return countedBytes == NOT_COUNTED
        || holders.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
  }

  /** Gives it up, as each that holds it must once. */
  public void release() {
    if (countedBytes != NOT_COUNTED && holders.decrementAndGet() == 0) {
      whenReleased.run();
    }
  }
}
