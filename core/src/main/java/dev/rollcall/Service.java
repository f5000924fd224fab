package dev.rollcall;

import dev.rollcall.history.ServiceMark;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A live service, as a reader of the registry sees it. Times are the registry's, in milliseconds.
 *
 * <p>Immutable, down to the last value of {@code info}.
 *
 * @param id the id, unique in the registry
 * @param name what it does: instances that do the same have the same name; as {@link
 *     Registration#name()} has it, otherwise the id
 * @param url where it is reached
 * @param info what it says about itself, in the form that {@link Registration.Builder#info}
 *     describes
 * @param registeredAt when it first registered and has been alive since
 * @param lastUpdated when it last registered
 * @param lastPingAt when it last registered or pinged
 * @param expiresAt when its lease ends if nothing more is heard of it
 * @param revision which registration or update of the id this is: another one has another number. 0
 *     if it is not known, as of services that were read over HTTP or that another implementation
 *     registered
 * @param marks what an operator should look at; mostly empty. A change of them is no change that
 *     watches tell of
 */
public record Service(
    String id,
    String name,
    String url,
    Map<String, Object> info,
    Instant registeredAt,
    Instant lastUpdated,
    Instant lastPingAt,
    Instant expiresAt,
    long revision,
    Set<ServiceMark> marks) {

  /**
   * Creates a service without marks, with a copy of the info.
   *
   * @param id the id, unique in the registry
   * @param name what it does
   * @param url where it is reached
   * @param info what it says about itself
   * @param registeredAt when it first registered and has been alive since
   * @param lastUpdated when it last registered
   * @param lastPingAt when it last registered or pinged
   * @param expiresAt when its lease ends
   * @param revision which registration of the id this is; 0 if that is not known
   * @throws IllegalArgumentException if the info holds what JSON cannot
   */
  public Service(
      String id,
      String name,
      String url,
      Map<String, Object> info,
      Instant registeredAt,
      Instant lastUpdated,
      Instant lastPingAt,
      Instant expiresAt,
      long revision) {
    this(id, name, url, info, registeredAt, lastUpdated, lastPingAt, expiresAt, revision, Set.of());
  }

  /**
   * Creates a service, with a copy of the info.
   *
   * @param id the id, unique in the registry
   * @param name what it does
   * @param url where it is reached
   * @param info what it says about itself
   * @param registeredAt when it first registered and has been alive since
   * @param lastUpdated when it last registered
   * @param lastPingAt when it last registered or pinged
   * @param expiresAt when its lease ends
   * @param revision which registration of the id this is; 0 if that is not known
   * @param marks what an operator should look at
   * @throws IllegalArgumentException if the info holds what JSON cannot
   */
  public Service {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(url, "url");
    info = Info.copyOf(info);
    Objects.requireNonNull(registeredAt, "registeredAt");
    Objects.requireNonNull(lastUpdated, "lastUpdated");
    Objects.requireNonNull(lastPingAt, "lastPingAt");
    Objects.requireNonNull(expiresAt, "expiresAt");
    marks = Set.copyOf(marks);
  }

  /**
   * Returns whether another object is equal in every component. Written out: the method that JDK 17
   * generates for a record keeps the class loader of the record alive for ever, once it was called.
   */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Service service
        && id.equals(service.id)
        && name.equals(service.name)
        && url.equals(service.url)
        && info.equals(service.info)
        && registeredAt.equals(service.registeredAt)
        && lastUpdated.equals(service.lastUpdated)
        && lastPingAt.equals(service.lastPingAt)
        && expiresAt.equals(service.expiresAt)
        && revision == service.revision
        && marks.equals(service.marks);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        id, name, url, info, registeredAt, lastUpdated, lastPingAt, expiresAt, revision, marks);
  }

  /**
   * Returns about how many bytes of heap this service takes, with everything it holds; for code
   * that bounds what a list holds. It is an estimate for a 64-bit HotSpot with compressed
   * references, the default below a heap of 32 GB; without them it is up to half as much again.
   * Computed from the lengths of the texts and an estimate that the info keeps, so it costs little.
   *
   * @return the bytes, 2<sup>31</sup> - 1 at most
   */
  public int heapBytes() {
    long bytes = HeapSize.SERVICE + 4L * HeapSize.INSTANT + Info.copyOf(info).heapBytes();
    bytes += HeapSize.ofString(id) + HeapSize.ofString(name) + HeapSize.ofString(url);
    return (int) Math.min(bytes, Integer.MAX_VALUE);
  }

  /**
   * Returns how long a ping keeps it alive.
   *
   * @return the time from {@link #lastPingAt()} to {@link #expiresAt()}
   */
  public Duration ttl() {
    return Duration.between(lastPingAt, expiresAt);
  }
}
