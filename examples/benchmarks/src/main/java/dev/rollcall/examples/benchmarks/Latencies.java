package dev.rollcall.examples.benchmarks;

import java.time.Duration;
import java.util.Arrays;

/** Counts times by their microseconds, up to two seconds; longer ones count as that. */
public final class Latencies {
  private final long[] byMicros = new long[2_000_000];
  private long count;

  /** Does something again and again, and returns how long each time took. */
  static Latencies of(Runnable work, Duration time) {
    var latencies = new Latencies();
    long start = System.nanoTime();
    long end = start + time.toNanos();
    while (start - end < 0) {
      work.run();
      long now = System.nanoTime();
      latencies.add(now - start);
      start = now;
    }
    return latencies;
  }

  /** Returns the median of some figures. */
  static double median(double... figures) {
    double[] sorted = figures.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** Adds one. */
  public void add(long nanos) {
    byMicros[(int) Math.min(nanos / 1_000, byMicros.length - 1)]++;
    count++;
  }

  /** Returns how many there are. */
  public long count() {
    return count;
  }

  /** Returns the time that a share of all stayed within. */
  public double percentileMillis(double share) {
    long wanted = (long) Math.ceil(count * share);
    int micros = 0;
    for (long seen = byMicros[0]; seen < wanted; seen += byMicros[micros]) {
      micros++;
    }
    return micros / 1e3;
  }
}
