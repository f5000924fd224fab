package dev.rollcall.http.server.response;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Compresses what is written to it, unless that is short. What it writes is the same for the same
 * input. Does not close what it writes to.
 */
final class GzipOutput extends OutputStream {
  /** What is no longer than this is not compressed: it fits into a few packets anyway. */
  static final int MAX_PLAIN_BYTES = 4 << 10;

  private static final int BUFFER_BYTES = 8 << 10;

  private final OutputStream out;
  private final byte[] start = new byte[MAX_PLAIN_BYTES];
  private int length;
  private @Nullable Gzip gzip;

  /** Frees the memory outside of the heap at once, also after a failure. */
  private static final class Gzip extends GZIPOutputStream {
    Gzip(OutputStream out) throws IOException {
      super(out, BUFFER_BYTES);
      // Lists repeat themselves so much that more effort saves little.
      def.setLevel(Deflater.BEST_SPEED);
    }

    void free() {
      def.end();
    }
  }

  GzipOutput(OutputStream out) {
    this.out = out;
  }

  /** Returns whether so much was written that it is compressed. */
  boolean isCompressed() {
    return gzip != null;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    if (gzip == null && count <= start.length - length) {
      System.arraycopy(bytes, offset, start, length, count);
      length += count;
      return;
    }
    if (gzip == null) {
      gzip = new Gzip(out);
      gzip.write(start, 0, length);
    }
    gzip.write(bytes, offset, count);
  }

  /** Writes what is still to be written. */
  void finish() throws IOException {
    if (gzip == null) {
      out.write(start, 0, length);
    } else {
      gzip.finish();
    }
  }

  @Override
  public void close() {
    if (gzip != null) {
      gzip.free();
    }
  }
}
