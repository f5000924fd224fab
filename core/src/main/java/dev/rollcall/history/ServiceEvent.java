package dev.rollcall.history;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened to a service.
 *
 * <p>Immutable. Two events are equal if all that they say is equal.
 */
public final class ServiceEvent {
  /**
   * The most characters of the address of who asked for a deregistration, or of whose call was
   * refused: {@value}. A store keeps no longer one.
   */
  public static final int MAX_CLIENT_LENGTH = 100;

  private final String id;
  private final String name;
  private final Type type;
  private final Instant at;
  private final boolean isAgain;
  private final boolean isByLease;
  private final @Nullable String leaseId;
  private final @Nullable String url;
  private final @Nullable String client;
  private final @Nullable Instant lastPingAt;
  private final @Nullable Duration lateness;
  private final long count;
  private final @Nullable Call call;

  /** What happened. */
  public enum Type {
    /** A service registered: its first registration, or one after it was gone. */
    REGISTERED,
    /** The holder of the lease changed what its service says. */
    UPDATED,
    /** Another registration took the id of a live service. */
    SUPERSEDED,
    /** A service was removed before its lease ended. */
    DEREGISTERED,
    /** A lease ended without a ping. */
    EXPIRED,
    /**
     * A service is gone from the store, and was not deregistered, although its lease cannot have
     * ended: the store lost it, or another program removed it.
     */
    LOST,
    /**
     * Calls with a lease that does not hold the id were refused. There is one such event for each
     * registration and update, however many calls were refused while it held the id: it has the
     * {@linkplain ServiceEvent#at() time}, the {@linkplain ServiceEvent#leaseId() lease} and the
     * {@linkplain ServiceEvent#call() kind} of the last one, and {@linkplain ServiceEvent#count()
     * how many} there were. The id is alive after it, and unchanged.
     */
    REFUSED;

    /**
     * Returns whether the id is not alive after such an event.
     *
     * @return whether it is the end of a registration
     */
    public boolean isEnd() {
      return this == DEREGISTERED || this == EXPIRED || this == LOST;
    }
  }

  /** What was asked for by a call that was {@linkplain Type#REFUSED refused}. */
  public enum Call {
    /** The lease should go on. */
    PING,
    /** The service should be removed. */
    DEREGISTER,
    /** What the service says about itself should be changed. */
    UPDATE
  }

  private ServiceEvent(Builder builder) {
    this.id = builder.id;
    this.name = builder.name;
    this.type = builder.type;
    this.at = builder.at;
    this.isAgain = builder.isAgain;
    this.isByLease = builder.isByLease;
    this.leaseId = builder.leaseId;
    this.url = builder.url;
    this.client = builder.client;
    this.lastPingAt = builder.lastPingAt;
    this.lateness = builder.lateness;
    this.count = builder.count;
    this.call = builder.call;
  }

  /**
   * Starts an event.
   *
   * @param type what happened
   * @param id to which id
   * @param name the name of the service at that time
   * @param at when, by the store's clock, in milliseconds
   * @return the builder
   */
  public static Builder builder(Type type, String id, String name, Instant at) {
    return new Builder(type, id, name, at);
  }

  /**
   * Returns what happened.
   *
   * @return the type
   */
  public Type type() {
    return type;
  }

  /**
   * Returns the id to which it happened.
   *
   * @return the id
   */
  public String id() {
    return id;
  }

  /**
   * Returns the name that the service had.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  /**
   * Returns when it happened, by the store's clock. A lease that ended has expired at its end,
   * whenever that was noticed.
   *
   * @return the time, in milliseconds
   */
  public Instant at() {
    return at;
  }

  /**
   * Returns whether a service that {@linkplain Type#REGISTERED registered} had been known before.
   *
   * @return whether the id came back
   */
  public boolean isAgain() {
    return isAgain;
  }

  /**
   * Returns whether a {@linkplain Type#DEREGISTERED deregistration} named the lease; otherwise it
   * named the id alone.
   *
   * @return whether the holder of the lease did it
   */
  public boolean isByLease() {
    return isByLease;
  }

  /**
   * Returns the lease that the service has after this event; at its end the one that ended. Of
   * calls that were refused it is the lease that the last one named.
   *
   * @return the lease id; empty if it is unknown, or if a refused call named an invalid one
   */
  public Optional<String> leaseId() {
    return Optional.ofNullable(leaseId);
  }

  /**
   * Returns where the service said it is, if it said so by this event.
   *
   * @return the url, or empty
   */
  public Optional<String> url() {
    return Optional.ofNullable(url);
  }

  /**
   * Returns the address of who asked for a deregistration, also for one that was refused.
   *
   * @return the address as text, or empty if it is not known
   */
  public Optional<String> client() {
    return Optional.ofNullable(client);
  }

  /**
   * Returns when the registry last heard of a service whose lease ended.
   *
   * @return the time, or empty if it is not known
   */
  public Optional<Instant> lastPingAt() {
    return Optional.ofNullable(lastPingAt);
  }

  /**
   * Returns how late the last ping of a service was whose lease ended then: how long after two
   * thirds of the lease it arrived.
   *
   * @return the time; empty if the ping was in time, or if it is not known
   */
  public Optional<Duration> lateness() {
    return Optional.ofNullable(lateness);
  }

  /**
   * Returns how many calls were {@linkplain Type#REFUSED refused} since the holder of the id had
   * registered or was updated. There may have been more: a store that would need another round trip
   * for each of them counts some of them later, or not at all.
   *
   * @return the number; empty if nothing was refused, or if it is not known
   */
  public OptionalLong count() {
    return count == 0 ? OptionalLong.empty() : OptionalLong.of(count);
  }

  /**
   * Returns what the last call asked for that was {@linkplain Type#REFUSED refused}.
   *
   * @return the call; empty if nothing was refused, or if it is not known
   */
  public Optional<Call> call() {
    return Optional.ofNullable(call);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ServiceEvent event
        && type == event.type
        && id.equals(event.id)
        && name.equals(event.name)
        && at.equals(event.at)
        && isAgain == event.isAgain
        && isByLease == event.isByLease
        && Objects.equals(leaseId, event.leaseId)
        && Objects.equals(url, event.url)
        && Objects.equals(client, event.client)
        && Objects.equals(lastPingAt, event.lastPingAt)
        && Objects.equals(lateness, event.lateness)
        && count == event.count
        && call == event.call;
  }

  @Override
  public int hashCode() {
    return Objects.hash(type, id, name, at, leaseId);
  }

  @Override
  public String toString() {
    return "ServiceEvent[" + type + " " + id + " at " + at + "]";
  }

  /** Collects what an event says. */
  public static final class Builder {
    private final Type type;
    private final String id;
    private final String name;
    private final Instant at;
    private boolean isAgain;
    private boolean isByLease;
    private @Nullable String leaseId;
    private @Nullable String url;
    private @Nullable String client;
    private @Nullable Instant lastPingAt;
    private @Nullable Duration lateness;
    private long count;
    private @Nullable Call call;

    private Builder(Type type, String id, String name, Instant at) {
      this.type = Objects.requireNonNull(type, "type");
      this.id = Objects.requireNonNull(id, "id");
      this.name = Objects.requireNonNull(name, "name");
      this.at = Objects.requireNonNull(at, "at");
    }

    /**
     * Says that the id was known before. Default: it was not.
     *
     * @return this
     */
    public Builder again() {
      this.isAgain = true;
      return this;
    }

    /**
     * Says that the deregistration named the lease. Default: it named the id alone.
     *
     * @return this
     */
    public Builder byLease() {
      this.isByLease = true;
      return this;
    }

    /**
     * Sets the lease.
     *
     * @param leaseId that the service has after this event, that has ended, or that was refused
     * @return this
     */
    public Builder leaseId(String leaseId) {
      this.leaseId = Objects.requireNonNull(leaseId, "leaseId");
      return this;
    }

    /**
     * Sets where the service is.
     *
     * @param url what it said
     * @return this
     */
    public Builder url(String url) {
      this.url = Objects.requireNonNull(url, "url");
      return this;
    }

    /**
     * Sets who asked for it.
     *
     * @param client the address, as text
     * @return this
     */
    public Builder client(String client) {
      this.client = Objects.requireNonNull(client, "client");
      return this;
    }

    /**
     * Sets when the registry last heard of the service.
     *
     * @param lastPingAt the time
     * @return this
     */
    public Builder lastPingAt(Instant lastPingAt) {
      this.lastPingAt = Objects.requireNonNull(lastPingAt, "lastPingAt");
      return this;
    }

    /**
     * Sets how late the last ping was.
     *
     * @param lateness how long after two thirds of the lease it arrived
     * @return this
     */
    public Builder lateness(Duration lateness) {
      this.lateness = Objects.requireNonNull(lateness, "lateness");
      return this;
    }

    /**
     * Sets how many calls were refused.
     *
     * @param count 1 or more
     * @return this
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder count(long count) {
      if (count < 1) {
        throw new IllegalArgumentException("a count is 1 or more, not " + count);
      }
      this.count = count;
      return this;
    }

    /**
     * Sets what the last call asked for that was refused.
     *
     * @param call the call
     * @return this
     */
    public Builder call(Call call) {
      this.call = Objects.requireNonNull(call, "call");
      return this;
    }

    /**
     * Builds the event.
     *
     * @return the event
     */
    public ServiceEvent build() {
      return new ServiceEvent(this);
    }
  }
}
