package dev.rollcall.examples.robustness;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What happened to one id: what may have changed it, and what was seen of it. */
final class IdHistory {
  private final String id;
  private final LateEffects late;
  private final List<Fault> losses;
  private final List<Fault> failovers;
  private final Map<Operation, Long> effectEnds = new HashMap<>();
  private final Map<String, Operation> registrations = new LinkedHashMap<>();
  private final Map<String, String> tokensOfLeases = new HashMap<>();
  private final List<Operation> pings = new ArrayList<>();
  private final List<Operation> removals = new ArrayList<>();
  private final List<Observation> observations = new ArrayList<>();

  /**
   * Collects what happened to one id.
   *
   * @param operations those on the id, and all lists, in the order of their starts
   */
  IdHistory(String id, List<Operation> operations, List<Fault> faults) {
    this.id = id;
    this.late = new LateEffects(faults);
    this.losses = faults.stream().filter(fault -> fault.loss() == Loss.EVERYTHING).toList();
    this.failovers = faults.stream().filter(fault -> fault.loss() == Loss.LAST_WRITES).toList();
    for (Operation operation : operations) {
      if (operation.kind() == OperationKind.REGISTER && operation.outcome() != Outcome.NOT_SENT) {
        registrations.put(operation.token(), operation);
        if (!operation.givenLease().isEmpty()) {
          tokensOfLeases.put(operation.givenLease(), operation.token());
        }
      }
    }
    for (Operation operation : operations) {
      addChange(operation);
      observe(operation);
    }
    observations.sort(Comparator.comparingLong(Observation::start));
  }

  private void addChange(Operation operation) {
    boolean isPossible =
        operation.lease().isEmpty() || !tokenOfLease(operation).isEmpty(); // a lease of nobody
    if (operation.outcome() == Outcome.NOT_SENT || !isPossible) {
      return;
    }
    boolean isRefused =
        operation.outcome() == Outcome.NOT_FOUND || operation.outcome() == Outcome.SUPERSEDED;
    if (operation.kind() == OperationKind.PING
        && (!isRefused || effectEndOf(operation) > operation.end())) {
      pings.add(operation);
    } else if (operation.kind() == OperationKind.DEREGISTER && !isRefused) {
      removals.add(operation);
    }
  }

  private void observe(Operation operation) {
    switch (operation.outcome()) {
      case OK -> observeSuccess(operation);
      case NOT_FOUND -> observations.add(Observation.dead(operation));
      case SUPERSEDED -> observations.add(Observation.heldByAnother(operation, refused(operation)));
      default -> {}
    }
  }

  /** Returns which registration does not hold the id: it may, if by its other lease. */
  private String refused(Operation superseded) {
    String token = tokenOfLease(superseded);
    return mayBeTwofold(token) ? "" : token;
  }

  private void observeSuccess(Operation operation) {
    switch (operation.kind()) {
      case REGISTER -> observations.add(Observation.alive(operation, operation.token()));
      case PING -> observations.add(Observation.alive(operation, tokenOfLease(operation)));
      default ->
          observations.add(
              operation.shown().stream()
                  .filter(snapshot -> snapshot.id().equals(id))
                  .findFirst()
                  .map(snapshot -> Observation.shown(operation, snapshot))
                  .orElseGet(() -> Observation.dead(operation)));
    }
  }

  String id() {
    return id;
  }

  /** Returns the registrations that may have taken effect, by token. */
  Map<String, Operation> registrations() {
    return registrations;
  }

  /** Returns the pings that may have renewed a lease. */
  List<Operation> pings() {
    return pings;
  }

  /** Returns the deregistrations that may have removed a registration. */
  List<Operation> removals() {
    return removals;
  }

  /** Returns what was seen, in the order of the starts. */
  List<Observation> observations() {
    return observations;
  }

  /** Returns the registration that was given the lease that an operation names; "" if none was. */
  String tokenOfLease(Operation operation) {
    return operation.lease().map(lease -> tokensOfLeases.getOrDefault(lease, "")).orElse("");
  }

  /** Returns which registration a deregistration removed or could remove; "" if it may be any. */
  String targetOf(Operation removal) {
    return removal.outcome() == Outcome.OK && !removal.shown().isEmpty()
        ? removal.shown().get(0).token()
        : tokenOfLease(removal);
  }

  /** Returns the latest time at which an operation may have taken effect. */
  long effectEndOf(Operation operation) {
    return effectEnds.computeIfAbsent(operation, late::endOf);
  }

  /**
   * Returns whether a registration may have taken effect twice, each time with a lease of its own.
   */
  boolean mayBeTwofold(String token) {
    Operation registration = registrations.get(token);
    return registration != null
        && registration.isRepeatable()
        && effectEndOf(registration) > registration.end();
  }

  /** Returns whether a registration may take effect once more at a time or after it. */
  boolean mayRepeatAfter(String token, long time) {
    return mayBeTwofold(token) && effectEndOf(registrations.get(token)) >= time;
  }

  boolean mayTakeEffectWithin(Operation operation, long from, long to) {
    return operation.start() <= to && effectEndOf(operation) >= from;
  }

  /** Returns whether what an operation did, or saw, may have been undone after it. */
  boolean mayBeUndone(Operation operation) {
    return failovers.stream()
        .anyMatch(fault -> fault.isWithin(operation.start(), effectEndOf(operation)));
  }

  private boolean isLossPossible(Operation began, long to) {
    return losses.stream().anyMatch(fault -> fault.isWithin(began.start(), to))
        || mayBeUndone(began);
  }

  /**
   * Returns whether something other than the end of a lease may have ended a registration, or one
   * that came after it, since an operation that found or made it alive.
   *
   * @param began that operation
   * @param to until when
   * @param holder who holds the id at the beginning; "" if that is not known
   * @param spared whose removal does not count
   */
  boolean isEndPossible(Operation began, long to, String holder, String spared) {
    return isLossPossible(began, to)
        || removals.stream()
            .anyMatch(
                removal ->
                    mayTakeEffectWithin(removal, began.start(), to)
                        && mayEnd(targetOf(removal), began.start(), holder, spared));
  }

  private boolean mayEnd(String target, long from, String holder, String spared) {
    if (!target.isEmpty() && target.equals(spared)) {
      return false;
    }
    return target.isEmpty()
        || holder.isEmpty()
        || target.equals(holder)
        || Optional.ofNullable(registrations.get(target))
            .map(registration -> effectEndOf(registration) >= from)
            .orElse(true);
  }

  /**
   * Returns the earliest time at which the lease that an operation began may end, whoever took the
   * id over meanwhile.
   *
   * @param began a successful registration or ping
   */
  long earliestLeaseEnd(Operation began, long until) {
    long end = began.start() + began.ttl().toNanos();
    for (Operation other : registrations.values()) {
      if (other != began && mayTakeEffectWithin(other, began.start(), until)) {
        end = Math.min(end, Math.max(other.start(), began.start()) + other.ttl().toNanos());
      }
    }
    return end;
  }
}
