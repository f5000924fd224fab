package dev.rollcall.http.client.json;

import java.io.IOException;
import java.io.InputStream;

/** An input stream that fails once more bytes were read than a bound allows. */
public final class BoundedInputStream extends InputStream {
  private final InputStream in;
  private final long maxBytes;
  private long read;

  public BoundedInputStream(InputStream in, long maxBytes) {
    this.in = in;
    this.maxBytes = maxBytes;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int bytes = in.read(buffer, offset, length);
    read += Math.max(0, bytes);
    if (read > maxBytes) {
      throw new IOException("the answer is larger than " + maxBytes + " bytes");
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
