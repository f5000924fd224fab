package dev.rollcall.examples.robustness;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Service;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/** A store in memory that is right except for one defect. Each operation holds one lock. */
final class DefectiveStore implements TtlStore {
  private static final Duration THE_NETWORK = Duration.ofMillis(2);
  private static final Duration LATE = Duration.ofMillis(400);
  private static final int EVICTION_INTERVAL = 20;

  private final Defect defect;
  private final ReentrantLock lock = new ReentrantLock();
  private final ConcurrentHashMap<String, Held> entries = new ConcurrentHashMap<>();
  private final AtomicInteger registrations = new AtomicInteger();
  private volatile boolean isOut;

  DefectiveStore(Defect defect) {
    this.defect = defect;
  }

  private record Held(Claim claim, Instant since, Instant updated, Instant pinged, long endNanos) {
    Held renewed() {
      return new Held(claim, since, updated, now(), System.nanoTime() + claim.ttl().toNanos());
    }

    boolean isHeldBy(Fence fence) {
      return fence.leaseId().map(claim.leaseId().toString()::equals).orElse(true);
    }

    Lease lease() {
      return Lease.of(claim.id(), claim.ttl(), pinged.plus(claim.ttl()));
    }

    Service service() {
      return claim.toService(since, updated, pinged.plus(claim.ttl()));
    }
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }

  /** Begins or ends an outage. */
  void fail(boolean fail) {
    isOut = fail;
  }

  private boolean isEmpty() {
    if (isOut && defect != Defect.OUTAGE_IS_EMPTY) {
      throw new StoreUnavailableException("an outage that was made", null, null);
    }
    return isOut;
  }

  private Optional<Held> read(String id, Duration late) {
    Held held = entries.get(id);
    boolean isAlive = held != null && System.nanoTime() - held.endNanos - late.toNanos() < 0;
    return isAlive && !isEmpty() ? Optional.of(held) : Optional.empty();
  }

  private Optional<Held> shown(String id) {
    return read(id, defect == Defect.EXPIRES_LATE ? LATE : Duration.ZERO);
  }

  /** Lets others have their turn between a read and a write, if this is the defect. */
  private void gap(Defect gap) {
    if (defect == gap) {
      lock.unlock();
      Pause.of(THE_NETWORK);
      lock.lock();
    }
  }

  @Override
  public Lease put(Claim claim) {
    lock.lock();
    try {
      if (isEmpty()) {
        throw new StoreUnavailableException("an outage that was made", null, null);
      }
      Optional<Instant> since = read(claim.id(), Duration.ZERO).map(Held::since);
      gap(Defect.REGISTRATION_READS_THEN_WRITES);
      Instant now = now();
      Held held = new Held(claim, since.orElse(now), now, now, 0).renewed();
      entries.put(claim.id(), held);
      if (defect == Defect.EVICTS && registrations.incrementAndGet() % EVICTION_INTERVAL == 0) {
        entries.keySet().stream()
            .filter(id -> !id.equals(claim.id()))
            .findAny()
            .ifPresent(entries::remove);
      }
      return held.lease().withLeaseId(claim.leaseId().toString());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<Lease> renew(String id, Fence fence) {
    lock.lock();
    try {
      Optional<Held> held = read(id, Duration.ZERO);
      held.filter(h -> defect != Defect.PING_UNFENCED).ifPresent(h -> check(h, fence));
      gap(Defect.PING_READS_THEN_WRITES);
      Optional<Held> renewed = held.map(Held::renewed);
      if (defect != Defect.PING_RENEWS_NOTHING) {
        renewed.ifPresent(h -> entries.put(id, h));
      }
      return renewed.map(Held::lease);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<Service> remove(String id, Fence fence) {
    lock.lock();
    try {
      Optional<Held> held = read(id, Duration.ZERO);
      held.filter(h -> defect != Defect.REMOVAL_UNFENCED).ifPresent(h -> check(h, fence));
      gap(Defect.REMOVAL_READS_THEN_DELETES);
      held.ifPresent(h -> entries.remove(id));
      return held.map(Held::service);
    } finally {
      lock.unlock();
    }
  }

  private static void check(Held held, Fence fence) {
    if (!held.isHeldBy(fence)) {
      throw new LeaseSupersededException(
          "another registration holds '" + held.claim().id() + "'", null);
    }
  }

  @Override
  public Optional<Service> find(String id) {
    lock.lock();
    try {
      return shown(id).map(Held::service);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Collection<Service> list() {
    lock.lock();
    try {
      return isEmpty()
          ? List.of()
          : entries.keySet().stream().flatMap(id -> shown(id).stream()).map(Held::service).toList();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {}
}
