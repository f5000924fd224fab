package dev.rollcall.http.server.response;

import dev.rollcall.http.server.memory.MemoryBudget;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Encodes the body of an answer into blocks, each of which counts against a budget before it is
 * made. What is longer than half of the budget is not kept: it is encoded again as it is sent, to
 * each that it is sent to.
 */
public final class ResponseEncoder extends OutputStream {
  /** What is not counted: most answers are no longer. */
  private static final int FIRST_BLOCK = 1 << 10;

  private static final int MIN_BLOCK = 16 << 10;
  private static final int MAX_BLOCK = 64 << 10;
  private static final int BLOCKS = 1_024;
  private static final byte[] NO_BYTES = {};

  private final MemoryBudget budget;
  private final int blockBytes;
  private final List<byte[]> blocks = new ArrayList<>();
  private byte[] block = new byte[FIRST_BLOCK];
  private int inBlock;
  private long length;
  private long taken;
  private boolean isKept = true;

  private ResponseEncoder(MemoryBudget budget) {
    this.budget = budget;
    this.blockBytes = (int) Math.max(MIN_BLOCK, Math.min(MAX_BLOCK, budget.maxBytes() / BLOCKS));
  }

  /**
   * Encodes what a source writes.
   *
   * @throws ProblemException if there is no room for it
   */
  public static ResponseBody encode(MemoryBudget budget, ResponseBody.Source source) {
    var writer = new ResponseEncoder(budget);
    boolean isDone = false;
    try {
      source.writeTo(writer);
      ResponseBody content = writer.content(source);
      isDone = true;
      return content;
    } catch (IOException e) {
      throw new UncheckedIOException("a buffer in memory failed", e);
    } finally {
      if (!isDone) {
        budget.giveBack(writer.taken);
      }
    }
  }

  private ResponseBody content(ResponseBody.Source source) {
    if (isKept && taken == 0) {
      return ResponseBody.of(block, inBlock);
    }
    return new ResponseBody(length, isKept ? this::writeBlocks : source, taken, this::release);
  }

  private void writeBlocks(OutputStream out) throws IOException {
    for (byte[] each : blocks) {
      out.write(each);
    }
    out.write(block, 0, inBlock);
  }

  /** Gives back what was taken, and lets go of it, whoever may still refer to the content. */
  private void release() {
    dropBlocks();
    budget.giveBack(taken);
  }

  private void dropBlocks() {
    blocks.clear();
    block = NO_BYTES;
    inBlock = 0;
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) {
    length += count;
    int done = 0;
    while (isKept && done < count) {
      if (inBlock == block.length) {
        nextBlock();
      }
      int part = Math.min(count - done, block.length - inBlock);
      System.arraycopy(bytes, offset + done, block, inBlock, part);
      inBlock += part;
      done += part;
    }
  }

  private void nextBlock() {
    if (taken + blockBytes > budget.maxBytes() / 2) {
      // What it has taken stays taken: it stands for what whoever sends it holds meanwhile.
      isKept = false;
      dropBlocks();
      return;
    }
    budget.take(blockBytes);
    taken += blockBytes;
    blocks.add(block);
    block = new byte[blockBytes];
    inBlock = 0;
  }
}
