package dev.rollcall.history;

import dev.rollcall.ServiceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which events are asked for: the newest ones, of some names, since some time.
 *
 * <pre>{@code
 * EventQuery.newest(20).named("orders").since(Instant.now().minusSeconds(600))
 * }</pre>
 *
 * <p>Immutable; each method returns another query.
 */
public final class EventQuery {
  /** The most names that a query may have: {@value}. */
  public static final int MAX_NAMES = 100;

  /** The most events that may be asked for: {@value}. */
  public static final int MAX_LIMIT = 1_000;

  /** How many events are returned at most where no limit is given: {@value}. */
  public static final int DEFAULT_LIMIT = 100;

  private static final EventQuery NEWEST = new EventQuery(Set.of(), null, DEFAULT_LIMIT);

  private final Set<String> names;
  private final @Nullable Instant since;
  private final int limit;

  private EventQuery(Set<String> names, @Nullable Instant since, int limit) {
    this.names = names;
    this.since = since;
    this.limit = limit;
  }

  /**
   * Returns the query for the newest {@link #DEFAULT_LIMIT} events of all services.
   *
   * @return the query
   */
  public static EventQuery newest() {
    return NEWEST;
  }

  /**
   * Returns the query for the newest events of all services.
   *
   * @param limit how many at most, 1 to {@link #MAX_LIMIT}
   * @return the query
   * @throws IllegalArgumentException if it is out of bounds
   */
  public static EventQuery newest(int limit) {
    return NEWEST.limit(limit);
  }

  /**
   * Returns a query that asks for so many events at most.
   *
   * @param limit 1 to {@link #MAX_LIMIT}
   * @return the query
   * @throws IllegalArgumentException if it is out of bounds
   */
  public EventQuery limit(int limit) {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException("a limit is 1 to " + MAX_LIMIT + ", not " + limit);
    }
    return new EventQuery(names, since, limit);
  }

  /**
   * Returns a query that asks for the events of services of one more name.
   *
   * @param name the name; a query without names asks for those of any
   * @return the query
   * @throws IllegalArgumentException if no service can have this name, or there are more than
   *     {@link #MAX_NAMES} then
   */
  public EventQuery named(String name) {
    ServiceId.checkName(name);
    Set<String> more = new TreeSet<>(names);
    if (more.add(name) && more.size() > MAX_NAMES) {
      throw new IllegalArgumentException("a query has at most " + MAX_NAMES + " names");
    }
    return new EventQuery(more, since, limit);
  }

  /**
   * Returns a query that asks only for what happened at a time or later.
   *
   * @param since the time
   * @return the query
   */
  public EventQuery since(Instant since) {
    return new EventQuery(names, Objects.requireNonNull(since, "since"), limit);
  }

  /**
   * Returns the names that are asked for, in their order.
   *
   * @return the names, unmodifiable; empty if any name will do
   */
  public Set<String> names() {
    return Collections.unmodifiableSet(names);
  }

  /**
   * Returns since when events are asked for.
   *
   * @return the time, or empty for any
   */
  public Optional<Instant> since() {
    return Optional.ofNullable(since);
  }

  /**
   * Returns how many events are asked for at most.
   *
   * @return the limit
   */
  public int limit() {
    return limit;
  }

  /**
   * Returns the parameters by which this is asked for over HTTP, without escapes: {@code name},
   * {@code since} and {@code limit}, each with a value.
   *
   * @return the parameters, unmodifiable. A name may be there several times
   */
  public List<Map.Entry<String, String>> parameters() {
    List<Map.Entry<String, String>> parameters = new ArrayList<>();
    names.forEach(name -> parameters.add(Map.entry("name", name)));
    if (since != null) {
      parameters.add(Map.entry("since", since.toString()));
    }
    parameters.add(Map.entry("limit", Integer.toString(limit)));
    return Collections.unmodifiableList(parameters);
  }

  /** Returns it as the endpoint takes it, without escapes: {@code name=orders&limit=100}. */
  @Override
  public String toString() {
    return parameters().stream().map(Map.Entry::toString).collect(Collectors.joining("&"));
  }
}
