package dev.rollcall.discovery;

import dev.rollcall.Service;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What has happened to one service since its watcher was last told of it. Steps between may be
 * merged: a service that came and went meanwhile makes no change.
 *
 * <p>Immutable.
 *
 * @param type what has happened
 * @param service the service as it is, or as it was when it was last seen if it is gone
 * @param previous the service as the watcher knew it; empty if the watcher did not know it
 * @param at when the watcher's registry saw it; for a lease that ended, when that was
 */
public record Change(Type type, Service service, Optional<Service> previous, Instant at) {

  /**
   * Creates a change.
   *
   * @param type what has happened
   * @param service the service as it is, or as it was when it was last seen
   * @param previous the service as the watcher knew it
   * @param at when that was
   */
  public Change {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(service, "service");
    Objects.requireNonNull(previous, "previous");
    Objects.requireNonNull(at, "at");
  }

  /**
   * Returns the id of the service.
   *
   * @return the id
   */
  public String id() {
    return service.id();
  }

  /**
   * Returns whether the service is no longer among those that are watched.
   *
   * @return whether {@link Type#isGone()}
   */
  public boolean isGone() {
    return type.isGone();
  }

  /** What can happen to a service. */
  public enum Type {
    /** It is among those that are watched now, and was not before. */
    ADDED(false),
    /** It has registered again, or updated; its url, its name and its info are what they were. */
    REGISTERED(false),
    /** It has registered again, or updated, with another url, name or info. */
    UPDATED(false),
    /** It was deregistered. */
    DEREGISTERED(true),
    /** Its lease has ended: it stopped pinging. */
    EXPIRED(true),
    /**
     * The store does not have it, although its lease ran: it was flushed, evicted, lost in a
     * failover, or removed by a writer that tells nobody.
     */
    LOST(true),
    /** It is alive and no longer what the query asks for: it has changed its name or its info. */
    UNMATCHED(true);

    private final boolean gone;

    Type(boolean gone) {
      this.gone = gone;
    }

    /**
     * Returns what has happened to a service that is there now.
     *
     * @param previous the service as it was known; empty if it was not
     * @param service the service as it is, of another registration
     * @return {@link #ADDED}, {@link #REGISTERED} or {@link #UPDATED}
     */
    public static Type of(Optional<Service> previous, Service service) {
      if (previous.isEmpty()) {
        return ADDED;
      }
      Service known = previous.get();
      boolean isAlike =
          known.url().equals(service.url())
              && known.name().equals(service.name())
              && known.info().equals(service.info());
      return isAlike ? REGISTERED : UPDATED;
    }

    /**
     * Returns whether a service to which this has happened is no longer among those watched.
     *
     * @return whether it is gone
     */
    public boolean isGone() {
      return gone;
    }
  }
}
