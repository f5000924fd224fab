package dev.rollcall.discovery;

/**
 * Decides which of the instances that may be called gets the next call.
 *
 * <p>Implementations are safe for use by any number of threads, do not block, and take well below a
 * microsecond: each pick runs one.
 */
@FunctionalInterface
public interface PickStrategy {

  /**
   * Chooses an instance.
   *
   * @param candidates those that may be called
   * @return one of them
   */
  Instance choose(Candidates candidates);

  /**
   * Returns whether {@link Instance#latencyNanos()} is to be measured, at the price of two looks at
   * the clock for each pick. Default: no.
   *
   * @return whether the strategy uses it
   */
  default boolean measuresLatency() {
    return false;
  }

  /**
   * Returns the default: of two instances drawn at random the one with fewer calls under way,
   * relative to its weight (power of two choices: M. Mitzenmacher, "The Power of Two Choices in
   * Randomized Load Balancing", 2001).
   *
   * @return the strategy
   */
  static PickStrategy fewestCalls() {
    return TwoChoices.FEWEST_CALLS;
  }

  /**
   * Returns a strategy that chooses, of two instances drawn at random, the one with the lower
   * latency, times the calls that it would have under way, relative to its weight. It avoids an
   * instance that has become slow also where calls are few.
   *
   * @return the strategy
   */
  static PickStrategy lowestLatency() {
    return TwoChoices.LOWEST_LATENCY;
  }
}
