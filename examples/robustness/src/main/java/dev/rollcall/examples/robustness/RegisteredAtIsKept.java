package dev.rollcall.examples.robustness;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code registered_at} stays while the service is alive, through registrations that take the id
 * over, and no longer.
 */
final class RegisteredAtIsKept implements Rule {
  @Override
  public List<Violation> check(IdHistory history) {
    return changed(history)
        .or(() -> lost(history))
        .or(() -> outlived(history))
        .map(List::of)
        .orElse(List.of());
  }

  /** Finds a registration that shows two of them. */
  private static Optional<Violation> changed(IdHistory history) {
    Map<String, Observation> firsts = new HashMap<>();
    for (Observation seen : history.observations()) {
      if (seen.shown().isPresent() && !history.mayRepeatAfter(seen.token(), seen.start())) {
        Observation first = firsts.putIfAbsent(seen.token(), seen);
        if (first != null && !timesOf(first).equals(timesOf(seen))) {
          return Optional.of(
              Violation.of(
                  "registered_at or last_updated changed without a registration",
                  history.id(),
                  first.operation(),
                  seen.operation()));
        }
      }
    }
    return Optional.empty();
  }

  private static List<Instant> timesOf(Observation seen) {
    ServiceSnapshot shown = seen.shown().orElseThrow();
    return List.of(shown.registeredAt(), shown.lastUpdated());
  }

  /** Finds a registration that began anew although another of the id was alive. */
  private static Optional<Violation> lost(IdHistory history) {
    for (Observation seen : history.observations()) {
      if (seen.shown().filter(ServiceSnapshot::isFresh).isPresent()) {
        for (Operation before : history.registrations().values()) {
          if (mustHaveKept(history, before, seen)) {
            return Optional.of(
                Violation.of(
                    "registered_at was not kept by a registration of a live id",
                    history.id(),
                    before,
                    history.registrations().get(seen.token()),
                    seen.operation()));
          }
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Returns whether a registration was alive when the one that is seen took over: it has ended
   * before the sight and is not seen, so the other came after it.
   */
  private static boolean mustHaveKept(IdHistory history, Operation before, Observation seen) {
    Operation holder = history.registrations().get(seen.token());
    if (holder == null || before == holder || before.outcome() != Outcome.OK) {
      return false;
    }
    // What removed it came after it took over, unless it did so twice.
    String spared = history.mayBeTwofold(holder.token()) ? "" : holder.token();
    long takeover = Math.min(history.effectEndOf(holder), seen.end());
    Instant updated = seen.shown().orElseThrow().lastUpdated();
    return before.end() < seen.start()
        && before.start() < takeover
        && before.start() + before.ttl().toNanos() > takeover
        && updated.toEpochMilli() > before.wallEndMillis() + 1
        && history.earliestLeaseEnd(before, takeover) - SLACK_NANOS > takeover
        && !history.isEndPossible(before, takeover, before.token(), spared);
  }

  /** Finds one that is there again after the id was not alive. */
  private static Optional<Violation> outlived(IdHistory history) {
    Map<Instant, Observation> firsts = new HashMap<>();
    for (Observation seen : history.observations()) {
      seen.shown()
          .ifPresent(
              shown ->
                  firsts.merge(shown.registeredAt(), seen, (a, b) -> a.end() <= b.end() ? a : b));
    }
    for (Observation seen : history.observations()) {
      Optional<ServiceSnapshot> kept = seen.shown().filter(shown -> !shown.isFresh());
      if (kept.isPresent()) {
        Observation first = firsts.get(kept.get().registeredAt());
        Optional<Observation> end = endBetween(history, first, seen);
        if (end.isPresent()) {
          return Optional.of(
              Violation.of(
                  "registered_at outlived the service",
                  history.id(),
                  first.operation(),
                  end.get().operation(),
                  seen.operation()));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Observation> endBetween(
      IdHistory history, Observation first, Observation seen) {
    Instant since = first.shown().orElseThrow().registeredAt();
    return history.observations().stream()
        .filter(other -> other.end() < seen.start())
        .filter(other -> !history.mayBeUndone(other.operation()))
        .filter(other -> other.operation().wallStartMillis() > since.toEpochMilli() + 1)
        .filter(
            other ->
                other.alive()
                    ? other.operation().is(OperationKind.DEREGISTER, Outcome.OK)
                        && other.shown().filter(s -> s.registeredAt().equals(since)).isPresent()
                    : other.start() > first.end())
        .findFirst();
  }
}
