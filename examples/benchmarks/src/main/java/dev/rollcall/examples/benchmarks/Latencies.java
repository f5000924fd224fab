package dev.rollcall.examples.benchmarks;

/** Counts times by their microseconds, up to two seconds; longer ones count as that. */
final class Latencies {
  private final long[] byMicros = new long[2_000_000];
  private long count;

  void add(long nanos) {
    byMicros[(int) Math.min(nanos / 1_000, byMicros.length - 1)]++;
    count++;
  }

  long count() {
    return count;
  }

  /** Returns the time that a share of all stayed within. */
  double percentileMillis(double share) {
    long wanted = (long) Math.ceil(count * share);
    int micros = 0;
    for (long seen = byMicros[0]; seen < wanted; seen += byMicros[micros]) {
      micros++;
    }
    return micros / 1e3;
  }
}
