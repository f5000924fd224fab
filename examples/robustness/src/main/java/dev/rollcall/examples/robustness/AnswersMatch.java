package dev.rollcall.examples.robustness;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Every answer is one that the protocol has, and is about the id that was asked for: it shows a
 * registration that was made for this id, whole. A list has each id once, in their order. No two
 * registrations get the same lease.
 */
final class AnswersMatch {
  private final Map<String, Operation> registrations = new HashMap<>();
  private final List<Operation> operations;

  AnswersMatch(List<Operation> operations) {
    this.operations = operations;
    for (Operation operation : operations) {
      if (operation.kind() == OperationKind.REGISTER) {
        registrations.put(operation.token(), operation);
      }
    }
  }

  List<Violation> check() {
    List<Violation> found = new ArrayList<>();
    Map<String, Operation> leases = new HashMap<>();
    for (Operation operation : operations) {
      wrongIn(operation).ifPresent(found::add);
      if (!operation.givenLease().isEmpty()) {
        Operation other = leases.putIfAbsent(operation.givenLease(), operation);
        if (other != null) {
          found.add(
              Violation.of("two registrations got one lease", operation.id(), other, operation));
        }
      }
    }
    return found;
  }

  private Optional<Violation> wrongIn(Operation operation) {
    if (operation.outcome() == Outcome.WRONG) {
      return Optional.of(Violation.of("no answer of the protocol's", operation.id(), operation));
    }
    Set<String> ids = new HashSet<>();
    String last = "";
    for (ServiceSnapshot snapshot : operation.shown()) {
      boolean isAsked =
          operation.kind() == OperationKind.LIST || snapshot.id().equals(operation.id());
      if (!isAsked || !isOfARegistration(snapshot, operation)) {
        return Optional.of(
            Violation.of("an answer about something else: " + snapshot, operation.id(), operation));
      }
      if (!ids.add(snapshot.id()) || snapshot.id().compareTo(last) < 0) {
        return Optional.of(
            Violation.of("a list has an id twice or out of order", snapshot.id(), operation));
      }
      last = snapshot.id();
    }
    return Optional.empty();
  }

  private boolean isOfARegistration(ServiceSnapshot snapshot, Operation seenBy) {
    Operation registration = registrations.get(snapshot.token());
    return registration != null
        && registration.outcome() != Outcome.NOT_SENT
        && registration.id().equals(snapshot.id())
        && registration.start() <= seenBy.end()
        && registration.ttl().equals(snapshot.ttl())
        && snapshot.url().equals(ServiceSnapshot.urlOf(snapshot.token()));
  }
}
