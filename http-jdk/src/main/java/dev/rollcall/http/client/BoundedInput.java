package dev.rollcall.http.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream that fails where it gets longer than it may be. */
final class BoundedInput extends FilterInputStream {
  private final long maxBytes;
  private long read;

  BoundedInput(InputStream in, long maxBytes) {
    super(in);
    this.maxBytes = maxBytes;
  }

  @Override
  public int read() throws IOException {
    int value = super.read();
    count(value < 0 ? 0 : 1);
    return value;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int bytes = super.read(buffer, offset, length);
    count(Math.max(0, bytes));
    return bytes;
  }

  @Override
  public long skip(long bytes) throws IOException {
    long skipped = super.skip(bytes);
    count(skipped);
    return skipped;
  }

  private void count(long bytes) throws IOException {
    read += bytes;
    if (read > maxBytes) {
      throw new IOException("the answer is larger than " + maxBytes + " bytes");
    }
  }
}
