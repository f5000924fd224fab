package dev.rollcall.view;

import dev.rollcall.Service;
import dev.rollcall.discovery.Change;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds what has changed between two lists of services, each in the order of ids. */
final class Difference {
  private Difference() {}

  /** Returns the changes that lead from one to the other; what is gone, nobody knows why. */
  static List<Change> between(List<Service> before, List<Service> now, Instant at) {
    List<Change> changes = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < before.size() || j < now.size()) {
      int order =
          i == before.size()
              ? 1
              : j == now.size() ? -1 : before.get(i).id().compareTo(now.get(j).id());
      if (order < 0) {
        Service gone = before.get(i++);
        changes.add(new Change(Change.Type.LOST, gone, Optional.of(gone), at));
      } else if (order > 0) {
        changes.add(new Change(Change.Type.ADDED, now.get(j++), Optional.empty(), at));
      } else {
        Service old = before.get(i++);
        Service latest = now.get(j++);
        if (!isSameRegistration(old, latest)) {
          changes.add(
              new Change(Change.Type.of(Optional.of(old), latest), latest, Optional.of(old), at));
        }
      }
    }
    return changes;
  }

  /** Returns whether two states of a service are of the same registration. */
  static boolean isSameRegistration(Service one, Service other) {
    return one.revision() == other.revision()
        && (one.revision() != 0
            || Change.Type.of(Optional.of(one), other) == Change.Type.REGISTERED);
  }
}
