package dev.rollcall.http.server.response;

import dev.rollcall.http.server.memory.SlowClientMonitor;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes to a client in slices. The JDK's server copies each write whole into a buffer that it
 * makes as large as the largest so far, twice, and keeps for the life of the connection.
 */
public final class SlicedOutput extends FilterOutputStream {
  private final int sliceBytes;
  private final SlowClientMonitor.Transfer transfer;

  /**
   * Creates an output.
   *
   * @param sliceBytes how much is written at a time
   * @param transfer is told of each slice
   */
  public SlicedOutput(OutputStream out, int sliceBytes, SlowClientMonitor.Transfer transfer) {
    super(out);
    this.sliceBytes = sliceBytes;
    this.transfer = transfer;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    for (int done = 0; done < length; done += sliceBytes) {
      int slice = Math.min(sliceBytes, length - done);
      out.write(bytes, offset + done, slice);
      transfer.moved(slice);
    }
  }
}
