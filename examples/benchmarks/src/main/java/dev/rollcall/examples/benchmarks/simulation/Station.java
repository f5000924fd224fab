package dev.rollcall.examples.benchmarks.simulation;

import java.util.SplittableRandom;

/**
 * Some processors that share one queue, first come first served. How long a piece of work takes is
 * random with an exponential distribution, which varies more than what was measured. From time to
 * time all processors halt, as a JVM does to collect garbage.
 */
public final class Station {
  private final double[] freeAt;
  private final Pauses pauses;
  private final SplittableRandom random;
  private double nextPause;
  private double busy;

  /**
   * When all processors halt.
   *
   * @param every the mean time between the starts of two, in seconds
   * @param seconds how long each is
   */
  public record Pauses(double every, double seconds) {
    /** Never. */
    public static final Pauses NONE = new Pauses(Double.POSITIVE_INFINITY, 0);
  }

  /** Creates one that is idle. */
  public Station(int processors, Pauses pauses, SplittableRandom random) {
    this.freeAt = new double[processors];
    this.pauses = pauses;
    this.random = random;
    this.nextPause = exponential(pauses.every);
  }

  /** Returns when work is done that arrives at a time. Arrivals must be in the order of time. */
  public double serve(double now, double meanSeconds) {
    while (nextPause <= now) {
      for (int i = 0; i < freeAt.length; i++) {
        freeAt[i] = Math.max(freeAt[i], nextPause) + pauses.seconds;
      }
      nextPause += pauses.seconds + exponential(pauses.every);
    }
    int first = 0;
    for (int i = 1; i < freeAt.length; i++) {
      first = freeAt[i] < freeAt[first] ? i : first;
    }
    double seconds = exponential(meanSeconds);
    busy += seconds;
    freeAt[first] = Math.max(now, freeAt[first]) + seconds;
    return freeAt[first];
  }

  /** Returns how long its processors have been busy in all, in seconds. */
  public double busySeconds() {
    return busy;
  }

  private double exponential(double mean) {
    return -mean * Math.log(1 - random.nextDouble());
  }
}
