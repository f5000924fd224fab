package dev.rollcall.store.memory;

import dev.rollcall.Ulid;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.history.ServiceMark;
import dev.rollcall.spi.Claim;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One event of an id, and those that happened before it: a linked list, newest first, which is
 * bounded in number and in bytes.
 *
 * <p>An event changes only under the map's lock for its id. What changes after it was published
 * does not change what it says: older events are cut off, and a text is replaced by an equal one.
 *
 * <p>With compressed references it has 64 bytes.
 */
final class PastEvent {
  /** How many bytes one has with compressed references, without its texts. */
  static final int BYTES = 64;

  /** How many events an id has at most. */
  static final int MAX_EVENTS = 16;

  /** How many bytes all events of an id take at most, besides the newest. */
  static final int MAX_OLDER_BYTES = 4_096;

  private final long atMillis;
  private final long leaseHigh;
  private final long leaseLow;
  private ServiceEvent.Type type;

  /**
   * Of the end of a lease the ttl, in milliseconds. Otherwise 1 for a registration of an id that
   * was known, and for a deregistration that named the lease.
   */
  private int detail;

  private final int lateMillis;
  private String name;

  /** The url of a registration, the client's address of a deregistration. */
  private @Nullable String text;

  private @Nullable PastEvent older;
  private int olderBytes;

  private PastEvent(
      ServiceEvent.Type type,
      long atMillis,
      long leaseHigh,
      long leaseLow,
      int detail,
      int lateMillis,
      String name,
      @Nullable String text) {
    this.type = type;
    this.atMillis = atMillis;
    this.leaseHigh = leaseHigh;
    this.leaseLow = leaseLow;
    this.detail = detail;
    this.lateMillis = lateMillis;
    this.name = name;
    this.text = text;
  }

  /** Creates the event of a claim that is put. Its texts are those of the registration. */
  static PastEvent start(Claim claim, long atMillis) {
    boolean isUpdate = claim.fence().leaseId().isPresent();
    Ulid lease = claim.fence().leaseId().flatMap(Ulid::parse).orElse(claim.leaseId());
    return new PastEvent(
        isUpdate ? ServiceEvent.Type.UPDATED : ServiceEvent.Type.REGISTERED,
        atMillis,
        lease.high(),
        lease.low(),
        0,
        0,
        claim.registration().name().orElseGet(claim::id),
        claim.registration().url());
  }

  /** Creates the event of a lease of this event that ended by itself. */
  PastEvent expiry(long endMillis, int ttlMillis, int lateMillis) {
    return new PastEvent(
        ServiceEvent.Type.EXPIRED,
        endMillis,
        leaseHigh,
        leaseLow,
        ttlMillis,
        lateMillis,
        name,
        null);
  }

  /** Creates the event of the removal of what this event started. */
  PastEvent removal(long atMillis, boolean isByLease, @Nullable String client) {
    return new PastEvent(
        ServiceEvent.Type.DEREGISTERED,
        atMillis,
        leaseHigh,
        leaseLow,
        isByLease ? 1 : 0,
        0,
        name,
        client);
  }

  /** Makes a registration one that took the place of a live service. */
  void supersede() {
    if (type == ServiceEvent.Type.REGISTERED) {
      type = ServiceEvent.Type.SUPERSEDED;
    }
  }

  /**
   * Sets what happened before this, as much of it as may be kept.
   *
   * <p>Most events of an id have the same name and url: they share the texts of the newest.
   */
  void follow(PastEvent before) {
    if (type == ServiceEvent.Type.REGISTERED) {
      detail = 1;
    }
    older = before;
    int bytes = 0;
    int events = 1;
    String lastName = name;
    String lastUrl = type.isEnd() ? null : text;
    PastEvent newer = this;
    for (PastEvent event = before; event != null; event = event.older) {
      int own = BYTES;
      if (event.name.equals(lastName)) {
        event.name = lastName;
      } else {
        lastName = event.name;
        own += bytesOf(lastName);
      }
      String eventText = event.text;
      if (eventText != null && !event.type.isEnd()) {
        if (eventText.equals(lastUrl)) {
          event.text = lastUrl;
        } else {
          lastUrl = eventText;
          own += bytesOf(eventText);
        }
      } else if (eventText != null) {
        own += bytesOf(eventText);
      }
      if (events == MAX_EVENTS || bytes + own > MAX_OLDER_BYTES) {
        newer.older = null;
        break;
      }
      bytes += own;
      events++;
      newer = event;
    }
    olderBytes = bytes;
  }

  /** Returns whether the id has come back so often lately that its service counts as flapping. */
  boolean isFlapping(long nowMillis) {
    long since = nowMillis - ServiceMark.FLAPPING_WINDOW.toMillis();
    int comebacks = 0;
    for (PastEvent event = this; event != null && event.atMillis > since; event = event.older) {
      if (event.type == ServiceEvent.Type.REGISTERED && event.detail != 0) {
        comebacks++;
      }
    }
    return comebacks >= ServiceMark.FLAPPING_COMEBACKS;
  }

  /** Forgets what happened before this. */
  void forgetOlder() {
    older = null;
    olderBytes = 0;
  }

  /** A string, its array, and the rounding up of the latter. */
  static int bytesOf(String text) {
    boolean isLatin1 = text.chars().allMatch(c -> c <= 0xff);
    return 24 + 16 + 8 + text.length() * (isLatin1 ? 1 : 2);
  }

  /** Returns about how many bytes what happened before this takes. */
  int olderBytes() {
    return olderBytes;
  }

  /** Returns about how many bytes this takes, with its texts and what happened before. */
  int bytes() {
    return BYTES + bytesOf(name) + (text == null ? 0 : bytesOf(text)) + olderBytes;
  }

  long atMillis() {
    return atMillis;
  }

  String name() {
    return name;
  }

  /** Returns what happened before this, or null. */
  @Nullable PastEvent older() {
    return older;
  }

  ServiceEvent toEvent(String id) {
    Instant at = Instant.ofEpochMilli(atMillis);
    ServiceEvent.Builder event =
        ServiceEvent.builder(type, id, name, at).leaseId(new Ulid(leaseHigh, leaseLow).toString());
    if (type == ServiceEvent.Type.REGISTERED && detail != 0) {
      event.again();
    }
    if (type == ServiceEvent.Type.DEREGISTERED && detail != 0) {
      event.byLease();
    }
    String ownText = text;
    if (ownText != null) {
      if (type.isEnd()) {
        event.client(ownText);
      } else {
        event.url(ownText);
      }
    }
    if (type == ServiceEvent.Type.EXPIRED) {
      event.lastPingAt(at.minusMillis(detail));
      if (lateMillis > 0) {
        event.lateness(Duration.ofMillis(lateMillis));
      }
    }
    return event.build();
  }
}
