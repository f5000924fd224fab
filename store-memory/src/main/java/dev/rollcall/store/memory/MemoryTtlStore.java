package dev.rollcall.store.memory;

import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.RegistryFullException;
import dev.rollcall.Service;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.Fence;
import dev.rollcall.spi.TtlStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The expiring map: services in the memory of this JVM, gone with it.
 *
 * <p>A lease is measured on the monotonic clock and checked at each read, so nothing reads as alive
 * past its expiry, and a step of the wall clock moves no deadline. A ping is O(1) and takes no
 * lock. The memory of what has expired comes back within about two seconds of its expiry, read or
 * not.
 *
 * <p>Safe for use by any number of threads; nothing in it blocks. It never throws {@link
 * dev.rollcall.StoreUnavailableException}.
 */
public final class MemoryTtlStore implements TtlStore {
  private final EntryMap entries;
  private final Timeline time;
  private final ExpiryWheel wheel;
  private final Sweeper sweeper;
  private volatile boolean closed;

  private MemoryTtlStore(Builder builder) {
    this.time = new Timeline(builder.nanoTime, builder.wallClock);
    this.entries = new EntryMap(builder.maxServices);
    this.wheel = new ExpiryWheel(time.nanoTime(), this::removeIfOver);
    this.sweeper = Sweeper.start(builder.executor, this::sweep, ExpiryWheel.TICK_NANOS);
  }

  /**
   * Starts a store.
   *
   * @return the builder
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Lease put(Claim claim) {
    checkOpen();
    long now = time.nanoTime();
    Entry entry = entries.tryPut(claim, now, time.wallMillis(now));
    if (entry == null) {
      wheel.sweep(now);
      entry = entries.tryPut(claim, now, time.wallMillis(now));
    }
    if (entry == null) {
      throw new RegistryFullException(
          "'%s' was not registered: the store holds its maximum of %d services"
              .formatted(claim.id(), entries.max()));
    }
    long deadline = entry.deadlineFrom(now);
    wheel.add(entry, deadline, now);
    return Lease.of(claim.id(), claim.ttl(), time.wallTime(deadline))
        .withLeaseId(claim.leaseId().toString());
  }

  @Override
  public Optional<Lease> renew(String id, Fence fence) {
    checkOpen();
    Entry entry = entries.get(id);
    while (entry != null) {
      long now = time.nanoTime();
      boolean admitted = entry.admits(fence);
      long deadline = admitted ? entry.renew(now) : entry.deadline(now);
      if (deadline != Entry.ENDED) {
        if (!admitted) {
          throw LeaseSupersededException.of(id);
        }
        Lease lease = Lease.of(id, entry.ttl(), time.wallTime(deadline));
        return Optional.of(fence.leaseId().map(lease::withLeaseId).orElse(lease));
      }
      entry = entries.successorOf(entry, id);
    }
    return Optional.empty();
  }

  @Override
  public Optional<Service> remove(String id, Fence fence) {
    checkOpen();
    Entry entry = entries.get(id);
    while (entry != null) {
      Registration registration = entry.registration();
      long now = time.nanoTime();
      boolean admitted = entry.admits(fence);
      long deadline = admitted ? entry.end(now) : entry.deadline(now);
      if (deadline != Entry.ENDED) {
        if (!admitted) {
          throw LeaseSupersededException.of(id);
        }
        entries.onRemoved();
        var unused = entries.successorOf(entry, id);
        return Optional.of(entry.toService(registration, time.wallTime(deadline)));
      }
      entry = entries.successorOf(entry, id);
    }
    return Optional.empty();
  }

  @Override
  public Optional<Service> find(String id) {
    checkOpen();
    return find(id, entries.get(id));
  }

  private Optional<Service> find(String id, @Nullable Entry first) {
    Entry entry = first;
    while (entry != null) {
      Registration registration = entry.registration();
      long deadline = entry.deadline(time.nanoTime());
      if (deadline != Entry.ENDED) {
        return Optional.of(entry.toService(registration, time.wallTime(deadline)));
      }
      entry = entries.successorOf(entry, id);
    }
    return Optional.empty();
  }

  @Override
  public List<Service> list() {
    checkOpen();
    List<Service> services = new ArrayList<>(entries.size() + 1);
    entries.forEach((id, entry) -> find(id, entry).ifPresent(services::add));
    return services;
  }

  private void removeIfOver(Entry entry) {
    Registration registration = entry.registration();
    if (registration != null && entry.deadline(time.nanoTime()) == Entry.ENDED) {
      var unused = entries.successorOf(entry, registration.id().orElseThrow());
    }
  }

  private void sweep() {
    time.followWallClock();
    wheel.sweep(time.nanoTime());
  }

  @Override // O(1); what has expired counts until the sweep
  public long count() {
    checkOpen();
    return entries.size();
  }

  @Override
  public OptionalLong expired() {
    return OptionalLong.of(entries.expired());
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the memory store is closed");
    }
  }

  @Override
  public void close() {
    closed = true;
    sweeper.close();
    entries.clear();
  }

  /** Collects the settings of a {@link MemoryTtlStore}. Each setter checks its argument at once. */
  public static final class Builder {
    private int maxServices = Integer.MAX_VALUE;
    private LongSupplier nanoTime = System::nanoTime;
    private InstantSource wallClock = InstantSource.system();
    private @Nullable ScheduledExecutorService executor;

    private Builder() {}

    /**
     * Bounds the number of live services. Default: no bound but memory.
     *
     * <p>Beyond it a registration of another id is refused with a {@link RegistryFullException}; no
     * live service is ever evicted, and one that is alive may register again.
     *
     * @param maxServices 1 or more
     * @return this
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder maxServices(int maxServices) {
      if (maxServices < 1) {
        throw new IllegalArgumentException("maxServices is 1 or more, not " + maxServices);
      }
      this.maxServices = maxServices;
      return this;
    }

    /**
     * Sets the clock that measures leases. Default: {@link System#nanoTime()}.
     *
     * @param nanoTime a monotonic time in nanoseconds, from any origin
     * @return this
     */
    public Builder nanoTime(LongSupplier nanoTime) {
      this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
      return this;
    }

    /**
     * Sets the clock that dates what people read. Default: the system's.
     *
     * @param wallClock tells the time
     * @return this
     */
    public Builder wallClock(InstantSource wallClock) {
      this.wallClock = Objects.requireNonNull(wallClock, "wallClock");
      return this;
    }

    /**
     * Sets what runs the sweep that gives memory back, about once a second. Default: a daemon
     * thread of the store's own, {@code rollcall-memory-sweep}.
     *
     * @param executor stays the caller's to shut down
     * @return this
     */
    public Builder executor(ScheduledExecutorService executor) {
      this.executor = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /**
     * Builds the store.
     *
     * @return the store, the caller's to close
     */
    public MemoryTtlStore build() {
      return new MemoryTtlStore(this);
    }
  }
}
