package dev.rollcall.store.memory;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.RegistryFullException;
import dev.rollcall.Service;
import dev.rollcall.history.EventQuery;
import dev.rollcall.history.EventSelection;
import dev.rollcall.history.History;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.history.ServiceMark;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.HintListener;
import dev.rollcall.spi.HintSubscription;
import dev.rollcall.spi.ServiceCounts;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The expiring map: services in the memory of this JVM, which are gone when it ends.
 *
 * <p>A lease is measured on the monotonic clock and checked at each read, so nothing reads as alive
 * past its expiry, and a step of the wall clock moves no deadline. A ping by the holder of a lease
 * is O(1) and takes no lock. The memory of an expired service is freed within about two seconds of
 * its expiry, whether or not it is read.
 *
 * <p>The memory of services is bounded, in bytes by default and optionally in number. Beyond a
 * bound a registration is refused, and nothing is evicted.
 *
 * <p>Safe for use by any number of threads. Operations wait only for other threads' operations in
 * this store; a ping by the holder of a lease never waits. It never throws {@link
 * dev.rollcall.StoreUnavailableException}.
 */
public final class MemoryTtlStore implements TtlStore {
  /** The history may take an eighth of what services may take. */
  private static final int HISTORY_SHARE_OF_BYTES = 8;

  private final Capacity capacity;
  private final Histories histories;
  private final EntryMap entries;
  private final Timeline time;
  private final ExpiryWheel wheel;
  private final Sweeper sweeper;
  private final List<HintListener> hintListeners = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  private MemoryTtlStore(Builder builder) {
    this.time = new Timeline(builder.nanoTime, builder.wallClock);
    this.capacity = new Capacity(builder.maxServices, builder.maxBytes);
    this.wheel = new ExpiryWheel(time.nanoTime(), this::removeIfOver);
    this.histories =
        new Histories(time, builder.keepHistory, builder.maxBytes / HISTORY_SHARE_OF_BYTES);
    this.entries = new EntryMap(capacity, wheel, histories);
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
    Fence fence = claim.fence();
    Entry entry = Entry.of(claim, now, time.wallMillis(now));
    String refusal = entries.tryPut(claim.id(), entry, fence, now);
    if (refusal != null) {
      wheel.sweep(now);
      refusal = entries.tryPut(claim.id(), entry, fence, now);
    }
    if (refusal != null) {
      throw new RegistryFullException(refusal, null, null);
    }
    wheel.unlinkEndedBeside(capacity.services(), now);
    hintListeners.forEach(listener -> listener.registered(claim.id()));
    long deadline = entry.deadlineFrom(now);
    return Lease.of(claim.id(), claim.ttl(), time.wallTime(deadline))
        .withLeaseId(fence.leaseId().orElseGet(claim.leaseId()::toString));
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
          entries.refusePing(id, fence, now);
          throw superseded(id);
        }
        Lease lease = Lease.of(id, entry.ttl(), time.wallTime(deadline));
        return Optional.of(fence.leaseId().map(lease::withLeaseId).orElse(lease));
      }
      entry = entries.successorOf(entry, id);
    }
    return Optional.empty();
  }

  static LeaseSupersededException superseded(String id) {
    return new LeaseSupersededException(
        "another registration of '" + id + "' has superseded this lease", null);
  }

  @Override
  public Optional<Service> remove(String id, Fence fence) {
    return tryRemove(id, fence, null);
  }

  @Override
  public Optional<Service> remove(String id, Fence fence, String client) {
    return tryRemove(id, fence, Objects.requireNonNull(client, "client"));
  }

  private Optional<Service> tryRemove(String id, Fence fence, @Nullable String client) {
    checkOpen();
    long now = time.nanoTime();
    EntryMap.Removal removed = entries.remove(id, fence, client, now, time.wallMillis(now));
    if (removed == null) {
      return Optional.empty();
    }
    hintListeners.forEach(listener -> listener.deregistered(id));
    Instant end = time.wallTime(removed.deadlineNanos());
    return Optional.of(removed.entry().toService(removed.registration(), end, removed.marks()));
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
      long now = time.nanoTime();
      long deadline = entry.deadline(now);
      if (deadline != Entry.ENDED) {
        Instant end = time.wallTime(deadline);
        Set<ServiceMark> marks = entry.marks(time.wallMillis(now), now);
        return Optional.of(entry.toService(registration, end, marks));
      }
      entry = entries.successorOf(entry, id);
    }
    return Optional.empty();
  }

  @Override
  public List<Service> list() {
    checkOpen();
    List<Service> services = new ArrayList<>(capacity.services() + 1);
    entries.forEach((id, entry) -> find(id, entry).ifPresent(services::add));
    return services;
  }

  @Override
  public Instant time() {
    return time.wallTime(time.nanoTime());
  }

  @Override
  public Optional<HintSubscription> subscribe(HintListener listener) {
    hintListeners.add(listener);
    return Optional.of(() -> hintListeners.remove(listener));
  }

  /**
   * {@inheritDoc}
   *
   * <p>Of each service it has the newest 16 events, fewer where those take more than 4 KiB. In all
   * it may take an eighth of {@link Builder#maxBytes} besides what services take; beyond that, the
   * services that have been gone for longest are forgotten first. {@link Builder#keepHistory} sets
   * how long it has those.
   */
  @Override
  public Optional<History> history() {
    checkOpen();
    return histories.isKept() ? Optional.of(new StoredHistory()) : Optional.empty();
  }

  private final class StoredHistory implements History {
    @Override
    public List<ServiceEvent> of(String id) {
      checkOpen();
      List<ServiceEvent> events = new ArrayList<>();
      entries.history(id, time.nanoTime(), EventSink.all(events));
      return Collections.unmodifiableList(events);
    }

    @Override
    public List<ServiceEvent> newest(EventQuery query) {
      checkOpen();
      EventSelection selection = new EventSelection(query);
      entries.histories(time.nanoTime(), EventSink.of(selection));
      return selection.events();
    }
  }

  private void removeIfOver(Entry entry, long nowNanos) {
    entries.removeIfOver(entry, nowNanos);
  }

  private void sweep() {
    try {
      time.followWallClock();
    } finally {
      long now = time.nanoTime();
      try {
        wheel.sweep(now);
      } finally {
        histories.removeOld(now);
      }
    }
  }

  @Override // O(n), without a copy of any entry
  public ServiceCounts counts() {
    checkOpen();
    long now = time.nanoTime();
    long nowMillis = time.wallMillis(now);
    AtomicLong services = new AtomicLong();
    Map<ServiceMark, Long> marked = new EnumMap<>(ServiceMark.class);
    entries.forEach(
        (id, entry) -> {
          if (entry.deadline(now) != Entry.ENDED) {
            services.incrementAndGet();
            entry.marks(nowMillis, now).forEach(mark -> marked.merge(mark, 1L, Long::sum));
          }
        });
    return new ServiceCounts(services.get(), marked);
  }

  /**
   * Returns how many services count towards the capacity; one that has expired, until the sweep.
   */
  int held() {
    return capacity.services();
  }

  /** Returns about how many bytes of heap the services take that {@link #held} counts. */
  long bytes() {
    return capacity.bytes();
  }

  /** Returns how many bytes of heap services may take. */
  long maxBytes() {
    return capacity.maxBytes();
  }

  /** Returns about how many bytes of heap the history takes, besides what services take. */
  long historyBytes() {
    return histories.bytes();
  }

  /** Returns of how many services that are gone there is a history. */
  int gone() {
    return histories.gone();
  }

  /** Returns how many entries the wheel holds, including those that have ended. */
  int linked() {
    return wheel.size();
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
    private static final int DEFAULT_SHARE_OF_HEAP = 4;
    private static final Duration MAX_KEEP_HISTORY = Duration.ofDays(30);

    private int maxServices = Integer.MAX_VALUE;
    private long maxBytes = Math.max(1, Runtime.getRuntime().maxMemory() / DEFAULT_SHARE_OF_HEAP);
    private LongSupplier nanoTime = System::nanoTime;
    private InstantSource wallClock = InstantSource.system();
    private @Nullable ScheduledExecutorService executor;
    private Duration keepHistory = Duration.ofDays(1);

    private Builder() {}

    /**
     * Bounds the number of live services. Default: no bound other than {@link #maxBytes}.
     *
     * <p>Beyond it a registration of another id is refused with a {@link RegistryFullException}; no
     * live service is ever evicted, and a live service may register again.
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
     * Bounds the heap that services take. Default: a quarter of the JVM's, {@link
     * Runtime#maxMemory()}.
     *
     * <p>A service counts as an estimate of the memory of its {@linkplain
     * dev.rollcall.Registration#heapBytes() registration} and its entry, about 300 bytes. What is
     * counted is a little more than what is taken. Without compressed references (a heap of 32 GB
     * or more, ZGC) it may be a third less.
     *
     * <p>Beyond it a registration is refused with a {@link RegistryFullException}; no live service
     * is ever evicted, and a live service may register again if it needs no more memory than
     * before.
     *
     * @param maxBytes 1 or more
     * @return this
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder maxBytes(long maxBytes) {
      if (maxBytes < 1) {
        throw new IllegalArgumentException("maxBytes is 1 or more, not " + maxBytes);
      }
      this.maxBytes = maxBytes;
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
     * Sets how long the {@linkplain MemoryTtlStore#history() history} of a service is kept that is
     * gone. Default: a day.
     *
     * @param keepHistory from zero, for no history at all, of live services neither, to 30 days
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public Builder keepHistory(Duration keepHistory) {
      if (keepHistory.isNegative() || keepHistory.compareTo(MAX_KEEP_HISTORY) > 0) {
        throw new IllegalArgumentException(
            "a history is kept for zero to 30 days, not " + keepHistory);
      }
      this.keepHistory = keepHistory;
      return this;
    }

    /**
     * Sets what runs the sweep that frees memory, about once a second. Default: a daemon thread of
     * the store's own, {@code rollcall-memory-sweep}.
     *
     * <p>Once the executor is shut down nothing is swept. No service lives longer because of this,
     * but expired services stay in memory until they are read or their room is needed.
     *
     * @param executor stays the caller's to shut down, after the store is closed; if it accepts no
     *     task, {@link #build} throws what it throws
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
