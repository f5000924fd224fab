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

  /** How many events of an id are shown; twice as many may be held. */
  static final int MAX_EVENTS = 16;

  /** To how many bytes the older events of an id are cut; they may take twice as many. */
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
  private short olderBytes; // a few more than twice the maximum at most

  /** How many events there are, with this one. */
  private byte count = 1;

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
   * Sets what happened before this.
   *
   * <p>Most events of an id have the same name and url: they share their texts. The list is cut
   * when it is twice as long as it may be, so that most events cost no walk along it.
   */
  void follow(PastEvent before) {
    if (type == ServiceEvent.Type.REGISTERED) {
      detail = 1;
    }
    if (name.equals(before.name)) {
      name = before.name;
    }
    PastEvent started = before.type.isEnd() ? before.older : before;
    if (text != null && started != null && !type.isEnd() && text.equals(started.text)) {
      text = started.text;
    }
    older = before;
    count = (byte) (before.count + 1);
    olderBytes = (short) (before.olderBytes + before.ownBytes());
    if (count > 2 * MAX_EVENTS || olderBytes > 2 * MAX_OLDER_BYTES) {
      cut();
    }
  }

  private void cut() {
    int bytes = 0;
    int events = 1;
    PastEvent last = this;
    for (PastEvent event = older; event != null; event = event.older) {
      // The oldest has all of its texts to itself.
      int own = BYTES + event.textBytes();
      if (events == MAX_EVENTS || bytes + own > MAX_OLDER_BYTES) {
        break;
      }
      bytes += own;
      events++;
      last = event;
    }
    last.older = null;
    count = (byte) events;
    olderBytes = (short) bytes;
  }

  /** Returns how many bytes this takes, with those of its texts that no event before it has. */
  @SuppressWarnings("ReferenceEquality") // an equal text takes memory of its own
  private int ownBytes() {
    PastEvent started = older != null && older.type.isEnd() ? older.older : older;
    boolean hasOwnName = older == null || older.name != name;
    boolean hasOwnText = text != null && (started == null || started.text != text);
    return BYTES + (hasOwnName ? bytesOf(name) : 0) + (hasOwnText ? bytesOf(text) : 0);
  }

  private int textBytes() {
    return bytesOf(name) + (text == null ? 0 : bytesOf(text));
  }

  /** Forgets what happened before this. */
  void forgetOlder() {
    older = null;
    olderBytes = 0;
    count = 1;
  }

  /** A string, its array, and the rounding up of the latter. */
  static int bytesOf(String text) {
    boolean isLatin1 = true;
    for (int i = 0; isLatin1 && i < text.length(); i++) {
      isLatin1 = text.charAt(i) <= 0xff;
    }
    return 24 + 16 + 8 + text.length() * (isLatin1 ? 1 : 2);
  }

  /** Returns about how many bytes what happened before this takes. */
  int olderBytes() {
    return olderBytes;
  }

  /** Returns about how many bytes this takes, with its texts and what happened before. */
  int bytes() {
    return ownBytes() + olderBytes;
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
