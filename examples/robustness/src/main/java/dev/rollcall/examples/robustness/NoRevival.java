package dev.rollcall.examples.robustness;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * No service returns from the dead. A registration takes effect once: after it was removed, had
 * expired or was superseded, it is not alive and its lease does not succeed. An id that is not
 * alive becomes alive only by a registration.
 */
final class NoRevival implements Rule {
  @Override
  public List<Violation> check(IdHistory history) {
    List<Violation> found = new ArrayList<>();
    for (String token : history.registrations().keySet()) {
      revival(history, token).ifPresent(found::add);
      if (!found.isEmpty()) {
        return found;
      }
    }
    return aliveWithoutRegistration(history).map(List::of).orElse(List.of());
  }

  private static Optional<Violation> revival(IdHistory history, String token) {
    Observation first = null;
    Observation ended = null;
    for (Observation seen : history.observations()) {
      if (seen.isOf(token) && (first == null || seen.end() < first.end())) {
        first = seen;
      }
    }
    if (first == null) {
      return Optional.empty();
    }
    for (Observation seen : history.observations()) {
      boolean ends =
          seen.isOf(token)
              ? seen.operation().is(OperationKind.DEREGISTER, Outcome.OK)
              : seen.isNotOf(token) && seen.start() > first.end();
      if (ends && isForGood(history, token, seen) && (ended == null || seen.end() < ended.end())) {
        ended = seen;
      }
    }
    if (ended == null) {
      return Optional.empty();
    }
    for (Observation seen : history.observations()) {
      if (seen.isOf(token) && seen.start() > ended.end()) {
        return Optional.of(
            Violation.of(
                ruleOf(seen, ended),
                history.id(),
                history.registrations().get(token),
                first.operation(),
                ended.operation(),
                seen.operation()));
      }
    }
    return Optional.empty();
  }

  private static boolean isForGood(IdHistory history, String token, Observation ended) {
    return !history.mayBeUndone(ended.operation()) && !history.mayRepeatAfter(token, ended.start());
  }

  private static String ruleOf(Observation seen, Observation ended) {
    if (seen.operation().is(OperationKind.DEREGISTER, Outcome.OK)
        && ended.operation().is(OperationKind.DEREGISTER, Outcome.OK)) {
      return "deregistered twice";
    }
    boolean isSuperseded =
        ended.alive() && !ended.operation().is(OperationKind.DEREGISTER, Outcome.OK);
    return isSuperseded && seen.operation().lease().isPresent()
        ? "success by a superseded lease"
        : "revived";
  }

  private static Optional<Violation> aliveWithoutRegistration(IdHistory history) {
    for (Observation gone : history.observations()) {
      Observation next =
          gone.alive() || history.mayBeUndone(gone.operation()) ? null : nextAlive(history, gone);
      if (next != null
          && history.registrations().values().stream()
              .noneMatch(r -> history.mayTakeEffectWithin(r, gone.start(), next.end()))) {
        return Optional.of(
            Violation.of(
                "alive again without a registration",
                history.id(),
                gone.operation(),
                next.operation()));
      }
    }
    return Optional.empty();
  }

  /** Returns the first to be answered of those that were asked after this was answered. */
  private static @Nullable Observation nextAlive(IdHistory history, Observation gone) {
    Observation next = null;
    for (Observation seen : history.observations()) {
      if (seen.alive() && seen.start() > gone.end() && (next == null || seen.end() < next.end())) {
        next = seen;
      }
    }
    return next;
  }
}
