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
   * The last ping arrived when more than two thirds of the lease had passed. A ping in time ends
   * it. Only a store that can tell without another step of each ping has this mark: that in memory
   * does, and that in Valkey does not.
   */
  LATE;

  /** How many comebacks make a service {@linkplain #FLAPPING flapping}: {@value}. */
  public static final int FLAPPING_COMEBACKS = 3;

  /** Within which time they do: 10 minutes. */
  public static final Duration FLAPPING_WINDOW = Duration.ofMinutes(10);
}
