package dev.rollcall.store.memory;

import dev.rollcall.Fence;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.Ulid;
import dev.rollcall.history.ServiceMark;
import dev.rollcall.spi.Claim;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One registration and its lease.
 *
 * <p>The deadline changes only by compare-and-set: a ping moves it on, and ending the lease sets it
 * to an ended one, for ever. A reader that finds that the deadline has passed ends the lease before
 * it returns. So a ping that read the clock in time but is late with its compare-and-set fails: a
 * service that was once seen as gone stays gone.
 *
 * <p>It says itself how it started, so that a service that is alive for the first time has no event
 * in memory.
 *
 * <p>An entry has 72 bytes with compressed references; another field would cost 8 bytes for each
 * live service. So only an {@link UpdatedEntry} has a revision of its own.
 */
sealed class Entry permits UpdatedEntry {
  private static final VarHandle DEADLINE;

  static {
    try {
      DEADLINE = MethodHandles.lookup().findVarHandle(Entry.class, "deadlineNanos", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** What is returned for the deadline of a lease that has ended, and of no other. */
  static final long ENDED = Long.MIN_VALUE;

  /**
   * Set in the deadline of a running lease. The end of the lease clears it, so that the deadline
   * still says when that was. Because of it a lease may end a nanosecond before its time.
   */
  private static final long RUNNING = 1;

  private static final Set<ServiceMark> FLAPPING = Set.of(ServiceMark.FLAPPING);
  private static final Set<ServiceMark> LATE = Set.of(ServiceMark.LATE);
  private static final Set<ServiceMark> FLAPPING_AND_LATE =
      Set.of(ServiceMark.FLAPPING, ServiceMark.LATE);

  private static final long NANOS_PER_MILLI = 1_000_000;

  /**
   * The entry itself, its node in the map, and its share of the map's table. Every entry counts as
   * an updated one, so that an update needs no more bytes than what it takes the place of.
   */
  private static final long OWN_BYTES = UpdatedEntry.BYTES + 32 + 12;

  /** For each live entry the wheel may hold an ended one, without its registration. */
  private static final long ENDED_BYTES = UpdatedEntry.BYTES;

  /** The map's key is a string of its own after an id was registered again. */
  private static final long KEY_BYTES = 24 + 16 + 8;

  /**
   * What was registered, for as long as the entry is in the map; the entry may stay in the wheel a
   * while longer.
   */
  private volatile @Nullable Registration registration;

  /** What happened to the id before, and what this refused, as long as the entry is in the map. */
  private @Nullable PastEvents past;

  /** A ttl is a day at most, so these bits hold it. Above it is how the entry started. */
  private int ttlAndStart;

  private static final int TTL_BITS = 27;

  /** How long after two thirds of the lease the last ping came; 0 if it came before. */
  private int lateMillis;

  private long registeredAtMillis;
  private final long lastUpdatedMillis;

  /** The upper 64 bits of the lease id. */
  private final long leaseHigh;

  /** The lower 64 bits of the lease id, which are random: as hard to guess as the whole. */
  private final long leaseBits;

  private volatile long deadlineNanos;

  /** The next entry in the same bucket of the {@link ExpiryWheel}, which alone uses it. */
  @Nullable Entry nextInBucket;

  /** Creates the entry of a claim, which may be an update. */
  static Entry of(Claim claim, long nowNanos, long nowMillis) {
    return claim.fence().leaseId().isEmpty()
        ? new Entry(claim, claim.leaseId(), EventKind.REGISTERED, nowNanos, nowMillis)
        : new UpdatedEntry(claim, nowNanos, nowMillis);
  }

  /** Creates the entry of an update, which has the lease that it names. */
  Entry(Claim claim, Ulid lease, long nowNanos, long nowMillis) {
    this(claim, lease, EventKind.UPDATED, nowNanos, nowMillis);
  }

  private Entry(Claim claim, Ulid lease, EventKind start, long nowNanos, long nowMillis) {
    this.registration = claim.registration().withoutLeaseId();
    this.ttlAndStart = Math.toIntExact(claim.ttl().toMillis());
    this.leaseHigh = lease.high();
    this.leaseBits = lease.low();
    this.registeredAtMillis = nowMillis;
    this.lastUpdatedMillis = nowMillis;
    this.deadlineNanos = deadlineFrom(nowNanos);
    setStart(start);
  }

  private int ttlMillis() {
    return ttlAndStart & ((1 << TTL_BITS) - 1);
  }

  private EventKind start() {
    return EventKind.of(ttlAndStart >>> TTL_BITS);
  }

  private void setStart(EventKind start) {
    ttlAndStart = ttlMillis() | start.code() << TTL_BITS;
  }

  /**
   * Takes over since when the id is alive. Call it before other threads see this entry.
   *
   * @param endNanos the last deadline of the predecessor
   */
  void continueFrom(Entry predecessor, long endNanos) {
    registeredAtMillis = predecessor.registeredAtMillis;
    // A ping with the same lease may have read the clock later than this.
    boolean isSameLease =
        leaseBits == predecessor.leaseBits && ttlMillis() == predecessor.ttlMillis();
    if (isSameLease && endNanos - deadlineNanos > 0) {
      deadlineNanos = endNanos;
    }
  }

  /**
   * Notes that the id was known before, and not alive. Call it before other threads see this entry.
   *
   * @param before what happened before; null if that is forgotten
   */
  void startAgain(@Nullable PastEvents before) {
    setStart(EventKind.CAME_BACK);
    past = before;
  }

  /**
   * Notes that this takes the place of a live entry. Call it before other threads see this entry.
   *
   * @param before what happened before; null if that is forgotten
   */
  void supersede(@Nullable PastEvents before) {
    if (start() != EventKind.UPDATED) {
      setStart(EventKind.SUPERSEDED);
    }
    past = before;
  }

  /** Returns what happened to the id before this, or null if nothing did that is known. */
  @Nullable PastEvents past() {
    return past;
  }

  /**
   * Notes what happened to the id before, with what this has refused. Under the map's lock for it,
   * while the entry is in the map; {@link #marks} reads it without that lock.
   */
  void keepRefusal(PastEvents events) {
    if (past != events) {
      VarHandle.releaseFence(); // Whoever sees it sees what is in it.
      past = events;
    }
  }

  /** Returns when this was registered or updated. */
  long startMillis() {
    return lastUpdatedMillis;
  }

  /** Returns the name of the service, while the entry is in the map. */
  String name() {
    Registration held = Objects.requireNonNull(registration);
    return held.name().or(held::id).orElseThrow();
  }

  /**
   * Adds how this started to what happened before. Allocates nothing.
   *
   * @param name its {@link #name}
   */
  void addStartTo(PastEvents events, String name) {
    events.addStart(
        start(),
        lastUpdatedMillis,
        leaseHigh,
        leaseBits,
        name,
        Objects.requireNonNull(registration).url());
  }

  /** Adds that the lease has ended by itself to what happened before. */
  void addExpiryTo(PastEvents events, Timeline time) {
    events.addExpiry(time.wallMillis(deadlineNanos | RUNNING), ttlMillis(), lateMillis);
  }

  /**
   * Passes on what happened to the id until now, newest first. Under the map's lock for it, while
   * the entry is in the map.
   */
  void forEachEvent(String id, EventSink sink) {
    String name = name();
    if (past != null) {
      past.newRefusal(id, sink);
    }
    if (sink.wants(name, lastUpdatedMillis)) {
      sink.add(
          start()
              .event(id, name, lastUpdatedMillis)
              .leaseId(new Ulid(leaseHigh, leaseBits).toString())
              .url(Objects.requireNonNull(registration).url())
              .build());
    }
    if (past != null) {
      int newer = past.hasNewRefusal() ? 2 : 1;
      past.forEach(id, PastEvents.MAX_EVENTS - newer, sink);
    }
  }

  /** Returns about how many bytes of heap the store needs for it, 0 when it is out of the map. */
  long heapBytes() {
    Registration held = registration;
    if (held == null) {
      return 0;
    }
    int idLength = held.id().orElseThrow().length();
    return OWN_BYTES + ENDED_BYTES + KEY_BYTES + idLength + held.heapBytes();
  }

  /** Drops the registration and the events, when the entry leaves the map. */
  void release() {
    registration = null;
    past = null;
  }

  /** Returns the deadline that a registration or a ping at this moment sets. */
  long deadlineFrom(long nowNanos) {
    return (nowNanos + ttlMillis() * NANOS_PER_MILLI - 1) | RUNNING;
  }

  /**
   * Returns the deadline of a running lease, or {@link #ENDED}. This ends a lease whose deadline
   * has passed.
   */
  long deadline(long nowNanos) {
    while (true) {
      long deadline = deadlineNanos;
      if ((deadline & RUNNING) == 0) {
        return ENDED;
      }
      if (nowNanos - deadline < 0) {
        return deadline;
      }
      endFrom(deadline);
    }
  }

  /** Moves the deadline on by the ttl and returns it, or {@link #ENDED} if the lease has ended. */
  long renew(long nowNanos) {
    long renewed = deadlineFrom(nowNanos);
    while (true) {
      long deadline = deadline(nowNanos);
      // Of two pings at the same time the later one counts, whichever is here first.
      if (deadline == ENDED || deadline - renewed >= 0) {
        return deadline;
      }
      if (DEADLINE.compareAndSet(this, deadline, renewed)) {
        notePingAt(nowNanos - deadline);
        return renewed;
      }
    }
  }

  /** A ping of the same moment may note another lateness than that of the last deadline. */
  private void notePingAt(long nanosAfterDeadline) {
    long lateness = nanosAfterDeadline / NANOS_PER_MILLI + ttlMillis() / 3;
    int late = (int) Math.max(0, lateness);
    if (late != lateMillis) {
      lateMillis = late;
    }
  }

  /** Ends a running lease and returns its last deadline, or {@link #ENDED} if it had ended. */
  long end(long nowNanos) {
    while (true) {
      long deadline = deadline(nowNanos);
      if (deadline == ENDED || endFrom(deadline)) {
        return deadline;
      }
    }
  }

  private boolean endFrom(long deadline) {
    return DEADLINE.compareAndSet(this, deadline, deadline & ~RUNNING);
  }

  /**
   * Returns what was registered, or null if the entry is out of the map, and so its lease has
   * ended. Read it before {@link #deadline}: a lease that runs after this read was also running at
   * the read.
   */
  @Nullable Registration registration() {
    return registration;
  }

  boolean admits(Fence fence) {
    return fence.leaseId().isEmpty()
        || Ulid.parse(fence.leaseId().get()).filter(lease -> lease.low() == leaseBits).isPresent();
  }

  Duration ttl() {
    return Duration.ofMillis(ttlMillis());
  }

  Service toService(Registration registration, Instant expiresAt, Set<ServiceMark> marks) {
    String id = registration.id().orElseThrow();
    return new Service(
        id,
        registration.name().orElse(id),
        registration.url(),
        registration.info(),
        Instant.ofEpochMilli(registeredAtMillis),
        Instant.ofEpochMilli(lastUpdatedMillis),
        expiresAt.minusMillis(ttlMillis()),
        expiresAt,
        revision(),
        marks);
  }

  Set<ServiceMark> marks(long nowMillis, long nowNanos) {
    PastEvents before = past;
    boolean isLate = lateMillis > 0 || deadlineNanos - nowNanos < ttlMillis() * NANOS_PER_MILLI / 3;
    boolean isFlapping = before != null && before.isFlapping(nowMillis);
    if (!isFlapping) {
      return isLate ? LATE : Set.of();
    }
    return isLate ? FLAPPING_AND_LATE : FLAPPING;
  }

  /** Returns what tells this registration or update of the id from others. */
  long revision() {
    return leaseBits;
  }
}
