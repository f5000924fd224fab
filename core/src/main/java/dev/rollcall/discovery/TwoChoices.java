package dev.rollcall.discovery;

/** Takes the less loaded of two instances drawn at random. */
enum TwoChoices implements PickStrategy {
  FEWEST_CALLS {
    @Override
    boolean isLess(Instance one, Instance other) {
      return load(one) * other.weight() < load(other) * one.weight();
    }

    private static double load(Instance instance) {
      return instance.calls() + 1.0;
    }
  },

  LOWEST_LATENCY {
    @Override
    boolean isLess(Instance one, Instance other) {
      long now = one.now(); // Once for both: a look at the clock is most of what this takes.
      return load(one, now) * other.weight() < load(other, now) * one.weight();
    }

    private static double load(Instance instance, long now) {
      double latency = instance.latencyNanos(now);
      int calls = instance.calls();
      // Nothing is known of one whose first calls have not ended, and it may be slow.
      return latency == 0 && calls > 0 ? UNKNOWN + calls : latency * (calls + 1);
    }

    @Override
    public boolean measuresLatency() {
      return true;
    }
  };

  /** A load above that of any instance whose latency is known, in nanoseconds times calls. */
  private static final double UNKNOWN = 1e30;

  /** Returns whether an instance has less load than another, relative to their weights. */
  abstract boolean isLess(Instance one, Instance other);

  @Override
  public Instance choose(Candidates candidates) {
    long two = candidates.drawTwo();
    Instance one = candidates.get(Candidates.first(two));
    Instance other = candidates.get(Candidates.second(two));
    return isLess(one, other) ? one : other;
  }
}
