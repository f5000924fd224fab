package dev.rollcall.discovery;

/**
 * Which instances are picked before others.
 *
 * @param condition what their info is
 * @param atLeast how many must be available, otherwise all are picked
 */
record Preference(Condition condition, int atLeast) {

  boolean isMetBy(Instance instance) {
    return condition.isMetBy(instance.service().info());
  }
}
