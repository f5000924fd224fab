package dev.rollcall.view;

import dev.rollcall.Service;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.SetVersion;
import dev.rollcall.discovery.View;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The watchers of one query, and what they see.
 *
 * <p>Is not thread-safe.
 */
final class QueryGroup {
  private static final Comparator<Service> BY_ID = Comparator.comparing(Service::id);

  private final Query query;
  private final List<Watcher> watchers = new ArrayList<>();
  private List<Service> services = List.of();
  private SetVersion version = SetVersion.EMPTY;
  private @Nullable View view;

  /**
   * Whether what is known has to be taken over as a whole: nothing is yet, or an {@code Error} has
   * kept a change from a watcher.
   */
  private boolean isTorn = true;

  QueryGroup(Query query) {
    this.query = query;
  }

  boolean isEmpty() {
    return watchers.isEmpty();
  }

  int size() {
    return watchers.size();
  }

  List<Watcher> watchers() {
    return watchers;
  }

  /** Adds a watcher, and tells it what is known, if something is. */
  void add(Watcher watcher) {
    watchers.add(watcher);
    if (view != null) {
      watcher.offer(view);
    }
  }

  void remove(Watcher watcher) {
    watchers.remove(watcher);
  }

  /** Takes over what is known now, and has each watcher told how that differs from before. */
  void start(Collection<Service> known, Optional<Instant> staleSince) {
    isTorn = true;
    services = query.select(known);
    version = SetVersion.of(services);
    View latest = view(staleSince);
    watchers.forEach(watcher -> watcher.offer(latest));
    isTorn = false;
  }

  /**
   * Takes over what is known now, with its lease times, and tells each watcher what has changed. An
   * {@code Error} may have cost changes on their way here; so none is lost for good.
   *
   * @param all the services that are known
   */
  void compare(
      Collection<Service> all, KnownServices known, Optional<Instant> staleSince, Instant now) {
    if (isTorn) {
      start(all, staleSince);
      return;
    }
    List<Service> latest = query.select(all);
    List<Change> changes = new ArrayList<>();
    for (Change change : Difference.between(services, latest, now)) {
      Service alive = change.isGone() ? known.get(change.id()) : null;
      changes.add(
          alive == null
              ? change
              : new Change(Change.Type.UNMATCHED, alive, change.previous(), change.at()));
    }
    isTorn = true;
    services = latest;
    if (!changes.isEmpty()) {
      version = SetVersion.of(latest);
    }
    View latestView = view(staleSince);
    if (!changes.isEmpty()) {
      watchers.forEach(watcher -> watcher.offer(latestView, changes));
    }
    isTorn = false;
  }

  /** Takes in changes of any services, and tells each watcher those that concern it. */
  void apply(List<Change> changes, Optional<Instant> staleSince) {
    View before = view;
    if (isTorn || before == null) {
      applyStaleness(before, staleSince);
      return; // The next comparison finds the changes.
    }
    List<Change> own = new ArrayList<>(Math.min(changes.size(), 16));
    for (Change change : changes) {
      Change seen = asSeen(change);
      if (seen != null) {
        own.add(seen);
      }
    }
    if (own.isEmpty() && before.staleSince().equals(staleSince)) {
      return;
    }
    isTorn = true;
    services = applied(own);
    View latest = view(staleSince);
    watchers.forEach(watcher -> watcher.offer(latest, own));
    isTorn = false;
  }

  private void applyStaleness(@Nullable View before, Optional<Instant> staleSince) {
    if (before != null && !before.staleSince().equals(staleSince)) {
      View latest = new View(before.services(), staleSince, before.version());
      view = latest;
      watchers.forEach(watcher -> watcher.offer(latest));
    }
  }

  /** Returns a change as whoever watches this query sees it, or null if it does not. */
  private @Nullable Change asSeen(Change change) {
    Service service = change.service();
    Optional<Service> before = change.previous().filter(query::matches);
    boolean isMatching = !change.isGone() && query.matches(service);
    if (isMatching) {
      return before.isPresent() || change.previous().isEmpty()
          ? change
          : new Change(Change.Type.ADDED, service, Optional.empty(), change.at());
    }
    if (before.isEmpty()) {
      return null;
    }
    return change.isGone()
        ? change
        : new Change(Change.Type.UNMATCHED, service, before, change.at());
  }

  private List<Service> applied(List<Change> changes) {
    List<Service> applied = new ArrayList<>(services);
    for (Change change : changes) {
      int at = Collections.binarySearch(applied, change.service(), BY_ID);
      change.previous().ifPresent(before -> version = version.minus(before));
      if (change.isGone()) {
        applied.remove(at);
        continue;
      }
      version = version.plus(change.service());
      if (at < 0) {
        applied.add(-at - 1, change.service());
      } else {
        applied.set(at, change.service());
      }
    }
    return applied;
  }

  private View view(Optional<Instant> staleSince) {
    View made = new View(services, staleSince, version.toString());
    services = made.services();
    view = made;
    return made;
  }
}
