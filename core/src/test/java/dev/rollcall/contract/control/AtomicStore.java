package dev.rollcall.contract.control;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Service;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.TtlStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * A store that is right because it is simple: every operation, a read included, is one {@code
 * compute}, and looks at the clock inside it.
 *
 * <p>It frees the memory of an expired entry only when its id is asked for.
 */
public final class AtomicStore implements TtlStore {
  private final ConcurrentHashMap<String, Held> entries = new ConcurrentHashMap<>();
  private final LongSupplier nanoTime;
  private final InstantSource wallClock;
  private volatile boolean closed;

  /**
   * Creates an empty store.
   *
   * @param nanoTime a monotonic time in nanoseconds, which measures leases
   * @param wallClock dates what people read
   */
  public AtomicStore(LongSupplier nanoTime, InstantSource wallClock) {
    this.nanoTime = nanoTime;
    this.wallClock = wallClock;
  }

  @Override
  public Lease put(Claim claim) {
    checkOpen();
    Held held =
        entries.compute(
            claim.id(),
            (id, before) -> Held.of(claim, before, nanoTime.getAsLong(), wallClock.instant()));
    return held.lease().withLeaseId(held.leaseId());
  }

  @Override
  public Optional<Lease> renew(String id, Fence fence) {
    AtomicReference<Held> renewed = new AtomicReference<>();
    var unused =
        ifAlive(
            id,
            held -> {
              checkAdmitted(held, fence);
              renewed.set(held.renewed(nanoTime.getAsLong(), wallClock.instant()));
              return renewed.get();
            });
    return Optional.ofNullable(renewed.get())
        .map(Held::lease)
        .map(lease -> fence.leaseId().map(lease::withLeaseId).orElse(lease));
  }

  @Override
  public Optional<Service> remove(String id, Fence fence) {
    return ifAlive(
            id,
            held -> {
              checkAdmitted(held, fence);
              return null;
            })
        .map(Held::service);
  }

  @Override
  public Optional<Service> find(String id) {
    return ifAlive(id, held -> held).map(Held::service);
  }

  @Override
  public List<Service> list() {
    checkOpen();
    return entries.keySet().stream().flatMap(id -> find(id).stream()).toList();
  }

  @Override
  public Instant time() {
    return wallClock.instant();
  }

  /** Puts what the change makes of a live entry in its place, and returns the entry as it was. */
  private Optional<Held> ifAlive(String id, UnaryOperator<Held> change) {
    checkOpen();
    AtomicReference<Held> before = new AtomicReference<>();
    entries.computeIfPresent(
        id,
        (key, held) -> {
          if (!Held.isAlive(held, nanoTime.getAsLong())) {
            return null;
          }
          before.set(held);
          return change.apply(held);
        });
    return Optional.ofNullable(before.get());
  }

  private static void checkAdmitted(Held held, Fence fence) {
    if (!held.isAdmittedBy(fence)) {
      throw new LeaseSupersededException(
          "another registration holds '" + held.claim().id() + "'", null);
    }
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
