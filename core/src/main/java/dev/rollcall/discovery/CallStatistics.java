package dev.rollcall.discovery;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What each call of an instance changes: how many calls are under way, and how long they take.
 *
 * <p>It lies in the middle of an array, alone on its cache lines. Otherwise each call would slow
 * the threads that look at another instance nearby.
 *
 * <p>Safe for use by any number of threads. Of times that are written at the same moment one is
 * kept.
 */
final class CallStatistics {
  /** After this time without a call, a latency counts for 1/e of what it was. */
  private static final double DECAY_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Two cache lines of 64 bytes, which processors fetch together. */
  private static final int PADDING = 16;

  private static final int CALLS = PADDING;
  private static final int LATENCY = PADDING + 1;
  private static final int LATENCY_AT = PADDING + 2;
  private static final int BUSY_SINCE = PADDING + 3;

  private final AtomicLongArray values = new AtomicLongArray(2 * PADDING + 4);

  int calls() {
    return (int) values.get(CALLS);
  }

  void beginCall() {
    values.getAndIncrement(CALLS);
  }

  /** A call begins whose time is measured. */
  void beginCall(long nowNanos) {
    if (values.getOpaque(CALLS) == 0) {
      values.setOpaque(BUSY_SINCE, nowNanos);
    }
    values.getAndIncrement(CALLS);
  }

  void endCall() {
    values.getAndDecrement(CALLS);
  }

  void addLatency(long nanos, long nowNanos) {
    double share = share(nowNanos);
    double average = measured() * share + nanos * (1 - share);
    values.setOpaque(LATENCY, Double.doubleToRawLongBits(Math.max((double) nanos, average)));
    values.setOpaque(LATENCY_AT, nowNanos);
  }

  void forgetLatency() {
    values.setOpaque(LATENCY, 0);
  }

  /**
   * Returns the latency, which is that of the calls under way once they have taken longer.
   *
   * @return the latency in nanoseconds; 0 if no call has ended yet
   */
  double latencyNanos(long nowNanos) {
    double latency = measured();
    if (latency == 0) {
      return 0;
    }
    double decayed = latency * share(nowNanos);
    return calls() == 0 ? decayed : Math.max(decayed, (double) waitedNanos(nowNanos));
  }

  /**
   * Returns a time that one of the calls under way has taken at least: that since the last one
   * ended, or since the first of them began.
   */
  private long waitedNanos(long nowNanos) {
    return Math.min(
        nowNanos - values.getOpaque(LATENCY_AT), nowNanos - values.getOpaque(BUSY_SINCE));
  }

  private double measured() {
    return Double.longBitsToDouble(values.getOpaque(LATENCY));
  }

  /** Returns what is left now of the latency as it was last measured. */
  private double share(long nowNanos) {
    return Math.exp(-Math.max(0, nowNanos - values.getOpaque(LATENCY_AT)) / DECAY_NANOS);
  }
}
