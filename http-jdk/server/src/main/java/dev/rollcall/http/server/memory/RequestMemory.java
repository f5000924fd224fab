package dev.rollcall.http.server.memory;

import java.util.function.LongSupplier;

/**
 * What requests under way may hold of the heap. It is a part of a plan: a quarter of the heap is
 * for the services of a store in memory, and a quarter for the connections of the JDK's server.
 *
 * @param answers for answers that are being sent: an eighth of the heap
 * @param bodies for bodies, from before their first byte until they are carried out: a sixteenth
 * @param slowClients watches both on their way
 */
public record RequestMemory(
    MemoryBudget answers, MemoryBudget bodies, SlowClientMonitor slowClients) {
  private static final int ANSWERS = 8;
  private static final int BODIES = 16;

  private static final int SLICES = 1 << 17;

  /** As much as the JDK's server gathers before it writes. */
  private static final int MIN_SLICE = 8 << 10;

  private static final int MAX_SLICE = 64 << 10;

  /** Divides a heap. */
  public static RequestMemory of(long heapBytes, LongSupplier nanoTime) {
    // A connection keeps twice that, for as many as there may be a sixth of the heap or less.
    long slice = Math.max(MIN_SLICE, Math.min(MAX_SLICE, heapBytes / SLICES));
    var slowClients = new SlowClientMonitor((int) slice, nanoTime);
    return new RequestMemory(
        new MemoryBudget(heapBytes / ANSWERS, slowClients),
        new MemoryBudget(heapBytes / BODIES, slowClients),
        slowClients);
  }
}
