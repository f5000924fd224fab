package dev.rollcall.discovery;

/** Takes the less loaded of two instances drawn at random. */
enum TwoChoices implements PickStrategy {
  FEWEST_CALLS {
    @Override
    double load(Instance instance) {
      return instance.calls() + 1.0;
    }
  },

  LOWEST_LATENCY {
    @Override
    double load(Instance instance) {
      double latency = instance.latencyNanos();
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

  abstract double load(Instance instance);

  @Override
  public Instance choose(Candidates candidates) {
    int first = candidates.draw();
    Instance one = candidates.get(first);
    Instance other = candidates.get(candidates.drawOther(first));
    return load(other) * one.weight() < load(one) * other.weight() ? other : one;
  }
}
