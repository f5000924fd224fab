package dev.rollcall.history;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Selects from any number of events those that a query asks for, and holds no more of them than its
 * limit. For stores.
 *
 * <p>Is not thread-safe.
 */
public final class EventSelection {
  /** The one that is dropped first is the first. */
  private static final Comparator<Candidate> OLDEST_FIRST =
      Comparator.comparing((Candidate candidate) -> candidate.event().at())
          .thenComparing(Candidate::rank, Comparator.reverseOrder());

  private final EventQuery query;
  private final long sinceMillis;
  private final PriorityQueue<Candidate> newest = new PriorityQueue<>(OLDEST_FIRST);
  private final Set<ServiceEvent> held = new HashSet<>();
  private long added;

  /**
   * An event that may be among the newest.
   *
   * @param rank a smaller one was added before
   */
  private record Candidate(ServiceEvent event, long rank) {}

  /**
   * Creates a selection.
   *
   * @param query which events
   */
  public EventSelection(EventQuery query) {
    this.query = query;
    this.sinceMillis = query.since().map(EventSelection::roundedUp).orElse(Long.MIN_VALUE);
  }

  /**
   * Events have times in milliseconds; one of the same millisecond is before a later part of it.
   */
  private static long roundedUp(Instant since) {
    try {
      return Math.addExact(since.minusNanos(1).toEpochMilli(), 1);
    } catch (ArithmeticException | java.time.DateTimeException e) {
      return since.isBefore(Instant.EPOCH) ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /**
   * Returns whether an event would be selected now, without the event.
   *
   * @param name the name of its service
   * @param atMillis when it happened, in milliseconds since 1970
   * @return whether to {@linkplain #add} it
   */
  public boolean wants(String name, long atMillis) {
    return atMillis >= sinceMillis
        && (query.names().isEmpty() || query.names().contains(name))
        && (newest.size() < query.limit()
            || atMillis > newest.element().event().at().toEpochMilli());
  }

  /**
   * Adds an event, if it is asked for and not there yet.
   *
   * @param event the event; of several events of a service that have the same time, the newest is
   *     added first
   */
  public void add(ServiceEvent event) {
    if (!wants(event.name(), event.at().toEpochMilli()) || !held.add(event)) {
      return;
    }
    newest.add(new Candidate(event, added++));
    if (newest.size() > query.limit()) {
      held.remove(newest.remove().event());
    }
  }

  /**
   * Returns what was selected.
   *
   * @return the events, newest first, unmodifiable
   */
  public List<ServiceEvent> events() {
    List<Candidate> ordered = new ArrayList<>(newest);
    ordered.sort(OLDEST_FIRST.reversed());
    List<ServiceEvent> events = new ArrayList<>(ordered.size());
    ordered.forEach(candidate -> events.add(candidate.event()));
    return Collections.unmodifiableList(events);
  }
}
