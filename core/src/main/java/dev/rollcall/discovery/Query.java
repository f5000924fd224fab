package dev.rollcall.discovery;

import dev.rollcall.Service;
import dev.rollcall.ServiceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which services are asked for: those of some names, those whose info says something, or a page of
 * them.
 *
 * <pre>{@code
 * Query.named("orders").where("info.zone", "eu-1")
 * }</pre>
 *
 * <p>Immutable; each method returns another query. Two queries are equal if they ask for the same.
 */
public final class Query {
  /** The most names that a query may have: {@value}. */
  public static final int MAX_NAMES = 100;

  /** The most conditions that a query may have: {@value}. */
  public static final int MAX_CONDITIONS = 20;

  /** The most services that a page may have: {@value}. */
  public static final int MAX_LIMIT = 1_000;

  private static final Query ALL = new Query(Set.of(), List.of(), 0, null);

  private final Set<String> names;
  private final List<Condition> conditions;

  /** The most services, or 0 for any number. */
  private final int limit;

  private final @Nullable String after;

  private Query(Set<String> names, List<Condition> conditions, int limit, @Nullable String after) {
    this.names = names;
    this.conditions = conditions;
    this.limit = limit;
    this.after = after;
  }

  /**
   * Returns the query for all services.
   *
   * @return the query
   */
  public static Query all() {
    return ALL;
  }

  /**
   * Returns the query for the services of a name.
   *
   * @param name the name; see {@link Service#name()}
   * @return the query
   * @throws IllegalArgumentException if no service can have this name
   */
  public static Query named(String name) {
    return ALL.or(name);
  }

  /**
   * Returns a query that asks for the services of one more name.
   *
   * @param name the name; a query without names asks for those of any
   * @return the query
   * @throws IllegalArgumentException if no service can have this name, or there are more than
   *     {@link #MAX_NAMES} then
   */
  public Query or(String name) {
    ServiceId.checkName(name);
    if (names.contains(name)) {
      return this;
    }
    if (names.size() == MAX_NAMES) {
      throw new IllegalArgumentException("a query has at most " + MAX_NAMES + " names");
    }
    Set<String> more = new TreeSet<>(names);
    more.add(name);
    return new Query(more, conditions, limit, after);
  }

  /**
   * Returns a query that asks only for services whose info has a value at a path, or a list that
   * holds it.
   *
   * <p>A string is compared as it is, any other value as JSON writes it: {@code true}, {@code
   * 1.50}.
   *
   * @param path {@code info.} and the names of the members that lead to the value, with dots
   *     between them, such as {@code info.zone}; at most 64 names and 1,000 characters
   * @param value what the member is to be, at most 1,000 characters
   * @return the query
   * @throws IllegalArgumentException if it is not such a path, the value is too long, or there are
   *     more than {@link #MAX_CONDITIONS} conditions then
   */
  public Query where(String path, String value) {
    Condition condition = Condition.of(path, value);
    if (conditions.contains(condition)) {
      return this;
    }
    if (conditions.size() == MAX_CONDITIONS) {
      throw new IllegalArgumentException("a query has at most " + MAX_CONDITIONS + " conditions");
    }
    List<Condition> more =
        Stream.concat(conditions.stream(), Stream.of(condition)).sorted(Condition.ORDER).toList();
    return new Query(names, more, limit, after);
  }

  /**
   * Returns a query that asks for so many services at most, the first ones in the order of ids.
   *
   * @param limit 1 to {@link #MAX_LIMIT}
   * @return the query
   * @throws IllegalArgumentException if it is out of bounds
   */
  public Query limit(int limit) {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException("a limit is 1 to " + MAX_LIMIT + ", not " + limit);
    }
    return new Query(names, conditions, limit, after);
  }

  /**
   * Returns a query that asks only for the services whose ids come after another: the next page
   * after the last id of a page.
   *
   * @param id the id, which no service need have
   * @return the query
   * @throws IllegalArgumentException if no service can have this id
   */
  public Query after(String id) {
    return new Query(names, conditions, limit, ServiceId.check(id));
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
   * Returns the parameters by which this is asked for over HTTP, without escapes: {@code name}, the
   * paths of the conditions, {@code limit} and {@code after}, each with a value.
   *
   * @return the parameters, unmodifiable; none for all services. A name may be there several times
   */
  public List<Map.Entry<String, String>> parameters() {
    List<Map.Entry<String, String>> parameters = new ArrayList<>();
    names.forEach(name -> parameters.add(Map.entry("name", name)));
    conditions.forEach(condition -> parameters.add(Map.entry(condition.path(), condition.value())));
    if (limit != 0) {
      parameters.add(Map.entry("limit", Integer.toString(limit)));
    }
    if (after != null) {
      parameters.add(Map.entry("after", after));
    }
    return Collections.unmodifiableList(parameters);
  }

  /**
   * Returns how many services are asked for at most.
   *
   * @return the limit, or empty for no limit
   */
  public OptionalInt limit() {
    return limit == 0 ? OptionalInt.empty() : OptionalInt.of(limit);
  }

  /**
   * Returns the id that those that are asked for come after.
   *
   * @return the id, or empty
   */
  public Optional<String> after() {
    return Optional.ofNullable(after);
  }

  /**
   * Returns whether this asks for all services.
   *
   * @return whether it is equal to {@link #all()}
   */
  public boolean isAll() {
    return equals(ALL);
  }

  /**
   * Returns whether this asks for a page of services. Such a query can be listed, not watched.
   *
   * @return whether it has a limit, or an id that its services come after
   */
  public boolean isPaged() {
    return limit != 0 || after != null;
  }

  /**
   * Returns whether a service is among those that are asked for, whatever the limit.
   *
   * @param service the service
   * @return whether its name, its info and its id are as this asks
   */
  public boolean matches(Service service) {
    if (!names.isEmpty() && !names.contains(service.name())) {
      return false;
    }
    if (after != null && service.id().compareTo(after) <= 0) {
      return false;
    }
    for (Condition condition : conditions) {
      if (!condition.isMetBy(service.info())) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns those of some services that this asks for, in the order of their ids.
   *
   * @param services the services, in any order
   * @return the first {@link #limit()} of those that match
   */
  public List<Service> select(Collection<Service> services) {
    List<Service> matching = new ArrayList<>(isAll() ? services.size() : 16);
    for (Service service : services) {
      if (matches(service)) {
        matching.add(service);
      }
    }
    matching.sort(Comparator.comparing(Service::id));
    return limit == 0 || matching.size() <= limit
        ? matching
        : new ArrayList<>(matching.subList(0, limit));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Query query
        && names.equals(query.names)
        && conditions.equals(query.conditions)
        && limit == query.limit
        && Objects.equals(after, query.after);
  }

  @Override
  public int hashCode() {
    return Objects.hash(names, conditions, limit, after);
  }

  /** Returns it as the endpoints take it, without escapes: {@code name=orders&info.zone=eu-1}. */
  @Override
  public String toString() {
    return parameters().stream().map(Map.Entry::toString).collect(Collectors.joining("&"));
  }
}
