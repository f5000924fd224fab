package dev.rollcall.contract.control;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Service;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.TtlStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A store that is wrong as many are: it reads, decides, and then writes, as a GET and a SET do on a
 * shared Valkey. One caller at a time finds no fault in it.
 */
final class ReadThenWriteStore implements TtlStore {
  private final ConcurrentHashMap<String, Held> entries = new ConcurrentHashMap<>();
  private final ManualClock clock;
  private volatile boolean closed;

  ReadThenWriteStore(ManualClock clock) {
    this.clock = clock;
  }

  @Override
  public Lease put(Claim claim) {
    checkOpen();
    Held held = Held.of(claim, entries.get(claim.id()), clock.getAsLong(), clock.instant());
    theNetwork();
    entries.put(claim.id(), held);
    return held.lease().withLeaseId(held.leaseId());
  }

  @Override
  public Optional<Lease> renew(String id, Fence fence) {
    Optional<Held> held =
        read(id, fence).map(found -> found.renewed(clock.getAsLong(), clock.instant()));
    theNetwork();
    held.ifPresent(renewed -> entries.put(id, renewed));
    return held.map(Held::lease)
        .map(lease -> fence.leaseId().map(lease::withLeaseId).orElse(lease));
  }

  @Override
  public Optional<Service> remove(String id, Fence fence) {
    Optional<Held> held = read(id, fence);
    theNetwork();
    held.ifPresent(found -> entries.remove(id));
    return held.map(Held::service);
  }

  @Override
  public Optional<Service> find(String id) {
    return read(id, Fence.none()).map(Held::service);
  }

  @Override
  public Instant time() {
    return clock.instant();
  }

  @Override
  public List<Service> list() {
    checkOpen();
    return entries.values().stream()
        .filter(held -> Held.isAlive(held, clock.getAsLong()))
        .map(Held::service)
        .toList();
  }

  private Optional<Held> read(String id, Fence fence) {
    checkOpen();
    Held held = entries.get(id);
    if (!Held.isAlive(held, clock.getAsLong())) {
      return Optional.empty();
    }
    if (!held.isAdmittedBy(fence)) {
      throw new LeaseSupersededException("another registration holds '" + id + "'", null);
    }
    return Optional.of(held);
  }

  /** Between two commands of a shared store others have their turn. */
  @SuppressWarnings("ThreadPriorityCheck") // Nothing relies on it: it makes a fault likelier.
  private static void theNetwork() {
    Thread.yield();
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the store is closed");
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
