package dev.rollcall.http.server.response;

import dev.rollcall.http.server.memory.SlowClientException;
import dev.rollcall.http.server.memory.SlowClientMonitor;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes to a client in slices. The JDK's server copies each write whole into a buffer that it
 * makes as large as the largest so far, twice, and keeps for the life of the connection.
 *
 * <p>Fails with a {@link SlowClientException} if the client was cut off.
 */
public final class SlicedOutput extends OutputStream {
  private final OutputStream out;
  private final int sliceBytes;
  private final SlowClientMonitor.Transfer transfer;

  /**
   * Creates an output.
   *
   * @param sliceBytes how much is written at a time
   * @param transfer is told of each slice
   */
  public SlicedOutput(OutputStream out, int sliceBytes, SlowClientMonitor.Transfer transfer) {
    this.out = out;
    this.sliceBytes = sliceBytes;
    this.transfer = transfer;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      for (int done = 0; done < length; done += sliceBytes) {
        int slice = Math.min(sliceBytes, length - done);
        out.write(bytes, offset + done, slice);
        transfer.moved(slice);
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private IOException failure(IOException cause) {
    return transfer.wasCutOff() ? new SlowClientException(cause) : cause;
  }
}
