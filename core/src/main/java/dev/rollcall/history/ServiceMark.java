package dev.rollcall.history;

import java.time.Duration;

/** What an operator should look at in a service that is alive. */
public enum ServiceMark {
  /**
   * The id has come back, after its service was gone, {@link #FLAPPING_COMEBACKS} times or more
   * within {@link #FLAPPING_WINDOW}.
   */
  FLAPPING,

  /**
   * The next ping is late: more than two thirds of the lease have passed since the last one.
   *
   * <p>A store that can tell without another step of each ping goes on with this mark after a late
   * ping, until one comes in time. The store in memory does, and that in Valkey does not.
   */
  LATE;

  /** How many comebacks make a service {@linkplain #FLAPPING flapping}: {@value}. */
  public static final int FLAPPING_COMEBACKS = 3;

  /** Within which time they do: 10 minutes. */
  public static final Duration FLAPPING_WINDOW = Duration.ofMinutes(10);
}
