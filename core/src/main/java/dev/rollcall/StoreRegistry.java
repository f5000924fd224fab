package dev.rollcall;

import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.Watch;
import dev.rollcall.discovery.WatchListener;
import dev.rollcall.history.EventQuery;
import dev.rollcall.history.History;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.spi.AsyncTtlStore;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.spi.ViewListener;
import dev.rollcall.view.RegistryView;
import dev.rollcall.view.ViewSettings;
import dev.rollcall.view.ViewSource;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The registry over a {@link TtlStore}: it makes ids and leases and leaves each state change to one
 * atomic step of the store.
 *
 * <p>Over an {@link AsyncTtlStore} it is an {@link dev.rollcall.spi.AsyncRegistry}, too.
 *
 * <p>Safe for use by any number of threads; any number of them may share a store.
 */
public sealed class StoreRegistry implements ServiceRegistry permits AsyncStoreRegistry {
  private static final Comparator<Service> BY_ID = Comparator.comparing(Service::id);

  private final TtlStore store;
  private final boolean ownsStore;
  private final Duration defaultTtl;
  private final UlidGenerator ulids;
  private final RegistryView view;
  private volatile boolean closed;

  StoreRegistry(Builder builder, boolean ownsStore) {
    this.store = builder.store;
    this.ownsStore = ownsStore;
    this.defaultTtl = builder.defaultTtl;
    this.ulids = new UlidGenerator(builder.wallClock);
    this.view = new RegistryView(ViewSource.of(store), builder.viewSettings());
  }

  /**
   * Starts a registry over a store.
   *
   * @param store where the services live; it stays the caller's to close
   * @return the builder
   */
  public static Builder builder(TtlStore store) {
    return new Builder(store);
  }

  static StoreRegistry owning(TtlStore store) {
    return new Builder(store).build(true);
  }

  @Override
  public Lease register(Registration registration) {
    return store.put(claimOf(registration));
  }

  /**
   * Returns what to ask the store for.
   *
   * @throws IllegalStateException if this registry is closed
   */
  final Claim claimOf(Registration registration) {
    checkOpen();
    Registration withId =
        registration.id().isPresent()
            ? registration
            : registration.toBuilder().id(ulids.next().toString()).build();
    return new Claim(withId, ulids.next(), registration.ttl().orElse(defaultTtl));
  }

  @Override
  public Optional<Lease> ping(String id, Fence fence) {
    checkCall(fence);
    return ServiceId.isValid(id) ? store.renew(id, fence) : Optional.empty();
  }

  @Override
  public Optional<Service> deregister(String id, Fence fence) {
    checkCall(fence);
    return ServiceId.isValid(id) ? store.remove(id, fence) : Optional.empty();
  }

  @Override
  public Optional<Service> deregister(String id, Fence fence, String client) {
    Objects.requireNonNull(client, "client");
    checkCall(fence);
    return ServiceId.isValid(id) ? store.remove(id, fence, client) : Optional.empty();
  }

  /**
   * Checks that a call with a fence may be made.
   *
   * @throws IllegalStateException if this registry is closed
   */
  final void checkCall(Fence fence) {
    Objects.requireNonNull(fence, "fence");
    checkOpen();
  }

  @Override
  public Optional<Service> find(String id) {
    checkOpen();
    return ServiceId.isValid(id) ? store.find(id) : Optional.empty();
  }

  @Override
  public List<Service> list() {
    checkOpen();
    List<Service> services = new ArrayList<>(store.list());
    services.sort(BY_ID);
    return Collections.unmodifiableList(services);
  }

  @Override
  public Watch watch(Query query, WatchListener listener) {
    return view.watch(query, listener);
  }

  @Override
  public Optional<History> history() {
    checkOpen();
    return store.history().map(CheckedHistory::new);
  }

  /** The store's history, for as long as this registry is open. */
  private final class CheckedHistory implements History {
    private final History history;

    CheckedHistory(History history) {
      this.history = history;
    }

    @Override
    public List<ServiceEvent> of(String id) {
      checkOpen();
      return ServiceId.isValid(id) ? history.of(id) : List.of();
    }

    @Override
    public List<ServiceEvent> newest(EventQuery query) {
      checkOpen();
      return history.newest(query);
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the registry is closed");
    }
  }

  @Override
  public void close() {
    closed = true;
    view.close();
    if (ownsStore) {
      store.close();
    }
  }

  /** Collects the settings of a {@link StoreRegistry}. Each setter checks its argument at once. */
  public static final class Builder {
    private static final Duration MIN_RECONCILE_INTERVAL = Duration.ofMillis(100);
    private static final Duration MAX_RECONCILE_INTERVAL = Duration.ofHours(1);

    private final TtlStore store;
    private Duration defaultTtl = Duration.ofSeconds(30);
    private InstantSource wallClock = InstantSource.system();
    private LongSupplier nanoTime = System::nanoTime;
    private @Nullable ScheduledExecutorService executor;
    private long maxViewBytes = ViewSettings.defaultMaxBytes();
    private Duration reconcileInterval = ViewSettings.RECONCILE_INTERVAL;
    private ViewListener viewListener = ViewSettings.NO_LISTENER;

    private Builder(TtlStore store) {
      this.store = Objects.requireNonNull(store, "store");
    }

    /**
     * Sets the ttl of services that ask for no ttl. Default: 30 seconds.
     *
     * @param defaultTtl from {@link Ttl#MIN} to {@link Ttl#MAX}, in whole milliseconds
     * @return this
     * @throws IllegalArgumentException if it is out of bounds, or not in whole milliseconds
     */
    public Builder defaultTtl(Duration defaultTtl) {
      this.defaultTtl = Ttl.check(defaultTtl);
      return this;
    }

    /**
     * Sets the clock that measures the intervals of watches, and when leases end as they see it.
     * Default: {@link System#nanoTime()}.
     *
     * @param nanoTime a monotonic time in nanoseconds, from any origin
     * @return this
     */
    public Builder nanoTime(LongSupplier nanoTime) {
      this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
      return this;
    }

    /**
     * Sets what runs watches and calls their listeners. Default: daemon threads of the registry's
     * own, {@code rollcall-view} and {@code rollcall-watch}, while there is a watch.
     *
     * @param executor stays the caller's to shut down, after the registry is closed; it needs two
     *     threads, so that a listener that blocks does not hold up the others
     * @return this
     */
    public Builder executor(ScheduledExecutorService executor) {
      this.executor = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /**
     * Bounds the heap that the services take which watches know. Default: a quarter of the JVM's,
     * {@link Runtime#maxMemory()}.
     *
     * <p>Counted is {@link Service#heapBytes()}, once for all watches. Where the services take
     * more, watches do not see all of them, and what they see {@linkplain
     * dev.rollcall.discovery.View#staleSince() may be old}, until there is room.
     *
     * @param maxViewBytes 1 or more
     * @return this
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder maxViewBytes(long maxViewBytes) {
      if (maxViewBytes < 1) {
        throw new IllegalArgumentException("maxViewBytes is 1 or more, not " + maxViewBytes);
      }
      this.maxViewBytes = maxViewBytes;
      return this;
    }

    /**
     * Sets the time between two comparisons of what watches know with the whole list, which find
     * changes that the store did not announce. It is extended so that lists take at most a fiftieth
     * of the time. Default: 5 seconds.
     *
     * @param reconcileInterval 100 milliseconds to an hour
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public Builder reconcileInterval(Duration reconcileInterval) {
      if (reconcileInterval.compareTo(MIN_RECONCILE_INTERVAL) < 0
          || reconcileInterval.compareTo(MAX_RECONCILE_INTERVAL) > 0) {
        throw new IllegalArgumentException(
            "a reconcileInterval is 100 milliseconds to an hour, not " + reconcileInterval);
      }
      this.reconcileInterval = reconcileInterval;
      return this;
    }

    /**
     * Sets the listener for the state of the view that watches share, such as {@code
     * RollcallMetrics.views()}. Default: none.
     *
     * @param viewListener the listener
     * @return this
     */
    public Builder viewListener(ViewListener viewListener) {
      this.viewListener = Objects.requireNonNull(viewListener, "viewListener");
      return this;
    }

    /**
     * Sets the clock that dates the ids and changes. Default: the system's. Leases are measured by
     * the store.
     *
     * @param wallClock tells the time
     * @return this
     */
    public Builder wallClock(InstantSource wallClock) {
      this.wallClock = Objects.requireNonNull(wallClock, "wallClock");
      return this;
    }

    private ViewSettings viewSettings() {
      return new ViewSettings(
          nanoTime, wallClock, executor, maxViewBytes, reconcileInterval, viewListener);
    }

    /**
     * Builds the registry.
     *
     * @return the registry
     */
    public StoreRegistry build() {
      return build(false);
    }

    private StoreRegistry build(boolean ownsStore) {
      return store instanceof AsyncTtlStore asyncStore
          ? new AsyncStoreRegistry(this, asyncStore, ownsStore)
          : new StoreRegistry(this, ownsStore);
    }
  }
}
