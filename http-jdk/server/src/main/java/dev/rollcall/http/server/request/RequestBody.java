package dev.rollcall.http.server.request;

import dev.rollcall.http.server.memory.MemoryBudget;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The body of a request, and what it takes of a budget: its bytes, from before the first of them
 * has come, and what is made of them. Used by one thread at a time.
 */
public final class RequestBody implements AutoCloseable {
  private final MemoryBudget budget;
  private final InetAddress client;
  private final List<byte[]> blocks = new ArrayList<>();
  private int length;
  private long takenBytes;

  /** Creates an empty body, which takes nothing of the budget. */
  RequestBody(MemoryBudget budget, InetAddress client) {
    this.budget = budget;
    this.client = client;
  }

  /**
   * Takes more of the budget.
   *
   * @throws ProblemException if there is no room now, or if it needs more than the whole budget
   */
  void take(long bytes) {
    if (takenBytes + bytes > budget.maxBytes()) {
      throw new ProblemException(Problem.takesTooMuchMemory(budget.maxBytes()));
    }
    boolean isFirst = takenBytes == 0;
    boolean isWithin =
        isFirst ? budget.join(client, this, bytes) : budget.grow(client, this, takenBytes + bytes);
    if (!isWithin) {
      throw new ProblemException(Problem.busy());
    }
    boolean isTaken = false;
    try {
      budget.take(bytes);
      takenBytes += bytes;
      isTaken = true;
    } finally {
      if (!isTaken && isFirst) {
        budget.leave(client, this);
      }
    }
  }

  /** Appends a block that room has been taken for. */
  void add(byte[] block, int used) {
    blocks.add(block);
    length += used;
  }

  public int length() {
    return length;
  }

  /** Returns its bytes from the first on. */
  InputStream open() {
    List<InputStream> parts = new ArrayList<>(blocks.size());
    int left = length;
    for (byte[] block : blocks) {
      int used = Math.min(left, block.length);
      parts.add(new ByteArrayInputStream(block, 0, used));
      left -= used;
    }
    return new SequenceInputStream(Collections.enumeration(parts));
  }

  /** Gives back all that it has taken. Idempotent. */
  @Override
  public void close() {
    if (takenBytes > 0) {
      budget.giveBack(takenBytes);
      takenBytes = 0;
      budget.leave(client, this);
    }
  }
}
