package dev.rollcall.store.memory;

import dev.rollcall.Fence;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.Ulid;
import dev.rollcall.spi.Claim;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One registration and its lease.
 *
 * <p>The deadline changes only by compare-and-set: a ping moves it on, and whoever ends the lease
 * sets it to {@link #ENDED}, for ever. A reader that finds the deadline passed ends the lease
 * before it says so; so a ping that read the clock in time but comes late to its compare-and-set
 * fails, and what has once been seen dead stays dead.
 *
 * <p>56 bytes with compressed references, so a field more costs 8 bytes for each live service.
 */
final class Entry {
  private static final VarHandle DEADLINE;

  static {
    try {
      DEADLINE = MethodHandles.lookup().findVarHandle(Entry.class, "deadlineNanos", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The deadline of a lease that has ended, and of no other. */
  static final long ENDED = Long.MIN_VALUE;

  private static final long NANOS_PER_MILLI = 1_000_000;

  /** The entry itself, its node in the map, and its share of the map's table. */
  private static final long OWN_BYTES = 56 + 32 + 12;

  /** As many entries as are live may stand ended in the wheel, without their registrations. */
  private static final long ENDED_BYTES = 56;

  /** The map's key is a string of its own once an id was registered again. */
  private static final long KEY_BYTES = 24 + 16 + 8;

  /**
   * What was registered, for as long as the entry is in the map; it may wait a while in the wheel
   * then.
   */
  private volatile @Nullable Registration registration;

  /** A ttl is a day at most, so an int holds it. */
  private final int ttlMillis;

  private long registeredAtMillis;
  private final long lastUpdatedMillis;

  /**
   * The lower 64 random bits of the lease id: as hard to guess, and 64 bytes less than its text.
   */
  private final long leaseBits;

  private volatile long deadlineNanos;

  /** The next entry in the same bucket of the {@link ExpiryWheel}, which alone uses it. */
  @Nullable Entry nextInBucket;

  Entry(Claim claim, long nowNanos, long nowMillis) {
    this.registration = claim.registration();
    this.ttlMillis = Math.toIntExact(claim.ttl().toMillis());
    this.leaseBits = claim.leaseId().low();
    this.registeredAtMillis = nowMillis;
    this.lastUpdatedMillis = nowMillis;
    this.deadlineNanos = deadlineFrom(nowNanos);
  }

  /** Takes over the time since which the id is alive. To be called before others see this entry. */
  void continueFrom(Entry predecessor) {
    registeredAtMillis = predecessor.registeredAtMillis;
  }

  /** Returns about how many bytes of heap the store takes for it, 0 once it is out of the map. */
  long heapBytes() {
    Registration held = registration;
    if (held == null) {
      return 0;
    }
    int idLength = held.id().orElseThrow().length();
    return OWN_BYTES + ENDED_BYTES + KEY_BYTES + idLength + held.heapBytes();
  }

  /** Lets go of the registration, as the entry leaves the map. */
  void release() {
    registration = null;
  }

  /** Returns the deadline that a registration or a ping at this moment sets. */
  long deadlineFrom(long nowNanos) {
    long deadline = nowNanos + ttlMillis * NANOS_PER_MILLI;
    return deadline == ENDED ? deadline + 1 : deadline;
  }

  /**
   * Returns the deadline of a lease that runs, or {@link #ENDED}. A lease that is past its deadline
   * is ended by this.
   */
  long deadline(long nowNanos) {
    while (true) {
      long deadline = deadlineNanos;
      if (deadline == ENDED || nowNanos - deadline < 0) {
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
      // Of two pings at once the later one counts, whichever comes here first.
      if (deadline == ENDED || deadline - renewed >= 0) {
        return deadline;
      }
      if (DEADLINE.compareAndSet(this, deadline, renewed)) {
        return renewed;
      }
    }
  }

  /** Ends a lease that runs and returns its last deadline, or {@link #ENDED} if it had ended. */
  long end(long nowNanos) {
    while (true) {
      long deadline = deadline(nowNanos);
      if (deadline == ENDED || endFrom(deadline)) {
        return deadline;
      }
    }
  }

  private boolean endFrom(long deadline) {
    return DEADLINE.compareAndSet(this, deadline, ENDED);
  }

  /**
   * Returns what was registered, or null if the entry is out of the map and its lease so ended.
   * Read it before {@link #deadline}: a lease that runs after the read ran at the read.
   */
  @Nullable Registration registration() {
    return registration;
  }

  boolean admits(Fence fence) {
    return fence.leaseId().isEmpty()
        || Ulid.parse(fence.leaseId().get()).filter(lease -> lease.low() == leaseBits).isPresent();
  }

  Duration ttl() {
    return Duration.ofMillis(ttlMillis);
  }

  Service toService(Registration registration, Instant expiresAt) {
    String id = registration.id().orElseThrow();
    return new Service(
        id,
        registration.name().orElse(id),
        registration.url(),
        registration.info(),
        Instant.ofEpochMilli(registeredAtMillis),
        Instant.ofEpochMilli(lastUpdatedMillis),
        expiresAt.minusMillis(ttlMillis),
        expiresAt,
        leaseBits);
  }
}
