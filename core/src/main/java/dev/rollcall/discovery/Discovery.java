package dev.rollcall.discovery;

import dev.rollcall.Service;
import dev.rollcall.ServiceId;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.discovery.NamedInstances.Snapshot;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows the instances of services and picks one for each call, also while the registry is out of
 * reach.
 *
 * <pre>{@code
 * try (Discovery orders = Discovery.of(registry).named("orders").build();
 *     Pick pick = orders.pick()) {
 *   call(pick.url());
 * }
 * }</pre>
 *
 * <p>It has one {@link Watch} of the registry, however many names it knows, and answers from
 * memory. An outage of the registry takes nothing away: what was known goes on to be picked, and
 * {@link #staleSince()} says since when it may be old. Where the last instance of a name has
 * expired or was lost within 30 seconds of an outage, it is kept for 60 seconds, since the outage
 * may have kept it from pinging; one that deregistered is gone at once.
 *
 * <p>An instance of which {@link Pick#failed} says that it could not be reached is left out for a
 * while; see there.
 *
 * <p>Safe for use by any number of threads. Nothing here blocks, except that calls before the
 * services are known wait for them, until {@link Builder#startTimeout} after the start.
 */
public final class Discovery implements AutoCloseable {
  private static final long AFTER_OUTAGE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Set<String> names;
  private final @Nullable String onlyName;
  private final DiscoverySettings settings;
  private final DiscoveryListener listener;
  private final Instant startedAt;
  private final long startDeadlineNanos;
  private final CountDownLatch firstView = new CountDownLatch(1);
  private final Map<String, NamedInstances> byName = new ConcurrentHashMap<>();
  private final LongAdder picks = new LongAdder();
  private final LongAdder ejections = new LongAdder();
  private final Watch watch;
  private volatile @Nullable View view;
  private volatile boolean isClosed;

  // Used by the watch's calls alone, of which there is one at a time.
  private final Set<String> keptNames = new HashSet<>();
  private boolean wasStale;
  private boolean isIncomplete;
  private boolean hasRecovered;
  private long recoveredNanos;

  private Discovery(Builder builder) {
    this.names = Set.copyOf(builder.names);
    this.onlyName = names.size() == 1 ? names.iterator().next() : null;
    this.listener = builder.listener;
    this.settings =
        new DiscoverySettings(
            builder.strategy,
            builder.preference,
            builder.nanoTime,
            builder.wallClock,
            this::onEjected);
    this.startedAt = builder.wallClock.instant();
    this.startDeadlineNanos = System.nanoTime() + builder.startTimeout.toNanos();
    this.watch = builder.registry.watch(builder.query(), this::onChanged);
  }

  /**
   * Returns a builder.
   *
   * @param registry where the services are; stays the caller's to close, after the discovery
   * @return the builder
   */
  public static Builder of(ServiceRegistry registry) {
    return new Builder(Objects.requireNonNull(registry, "registry"));
  }

  /**
   * Picks an instance of the one name that this was built for.
   *
   * @return the pick, the caller's to close when the call has ended
   * @throws NoInstanceException if no instance can be picked
   * @throws IllegalStateException if this was built for another number of names than one, or is
   *     closed
   */
  public Pick pick() {
    return pick(onlyName());
  }

  /**
   * Picks an instance.
   *
   * @param name what it does
   * @return the pick, the caller's to close when the call has ended
   * @throws NoInstanceException if no instance can be picked
   * @throws IllegalArgumentException if this was built for other names
   * @throws IllegalStateException if this is closed
   */
  public Pick pick(String name) {
    NamedInstances instances = byName.get(name);
    Candidates candidates = candidatesOf(instances);
    if (instances == null || candidates == null) { // The name, too, may be wrong.
      awaitStart(name);
      instances = byName.get(name);
      candidates = candidatesOf(instances);
    }
    if (instances == null || candidates == null) {
      throw noInstance(name);
    }
    Instance instance = settings.strategy().choose(candidates);
    picks.increment();
    return instances.begin(instance);
  }

  private static @Nullable Candidates candidatesOf(@Nullable NamedInstances instances) {
    return instances == null ? null : instances.current().candidates();
  }

  private RuntimeException noInstance(String name) {
    if (isClosed) {
      return new IllegalStateException("the discovery is closed");
    }
    View known = view;
    return known == null
        ? NoInstanceException.unknown(name, startedAt)
        : NoInstanceException.none(name, known.services().size(), known.staleSince());
  }

  /**
   * Returns the services of the one name that this was built for, whether they are left out or not.
   *
   * @return the services in the order of their ids, unmodifiable
   * @throws IllegalStateException if this was built for another number of names than one
   */
  public List<Service> services() {
    return services(onlyName());
  }

  /**
   * Returns the services of a name, whether they are left out or not.
   *
   * @param name what they do
   * @return the services in the order of their ids, unmodifiable
   * @throws IllegalArgumentException if this was built for other names
   */
  public List<Service> services(String name) {
    awaitStart(name);
    return snapshot(name).services();
  }

  /**
   * Returns how many services of a name are known, whether they are left out or not, without
   * waiting for them.
   *
   * @param name what they do
   * @return the number; 0 until the registry has been reached for the first time
   * @throws IllegalArgumentException if this was built for other names
   */
  public int instanceCount(String name) {
    checkAskedFor(name);
    return snapshot(name).services().size();
  }

  /**
   * Returns since when what is known may be old.
   *
   * @return since when the registry cannot be asked; empty if it can. Until it has been reached for
   *     the first time, since the start
   */
  public Optional<Instant> staleSince() {
    View known = view;
    return known == null ? Optional.of(startedAt) : known.staleSince();
  }

  /**
   * Returns since when what is known of a name may be old, also where its last instances have gone
   * in the wake of an outage and are kept for a time.
   *
   * @param name the name
   * @return since when; empty if it is what the registry says
   * @throws IllegalArgumentException if this was built for other names
   */
  public Optional<Instant> staleSince(String name) {
    checkAskedFor(name);
    return staleSince().or(() -> snapshot(name).keptSince());
  }

  private Snapshot snapshot(String name) {
    NamedInstances instances = byName.get(name);
    return instances == null ? Snapshot.EMPTY : instances.current();
  }

  /**
   * Waits until the services are known for the first time.
   *
   * @param timeout how long to wait at most; any time
   * @return whether they are
   * @throws InterruptedException if the thread is interrupted
   */
  public boolean awaitFirstView(Duration timeout) throws InterruptedException {
    long nanos = TimeUnit.NANOSECONDS.convert(timeout); // saturates
    return firstView.await(nanos, TimeUnit.NANOSECONDS) && view != null;
  }

  /** Waits until the services are known, not longer than the start may take. */
  private void awaitStart(String name) {
    checkAskedFor(name);
    if (view != null) {
      return;
    }
    try {
      var unused = firstView.await(startDeadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Returns how many picks there have been.
   *
   * @return the number, since the start
   */
  public long picks() {
    return picks.sum();
  }

  /**
   * Returns how many times an instance was left out.
   *
   * @return the number, since the start
   */
  public long ejections() {
    return ejections.sum();
  }

  /**
   * Returns how many instances are left out now.
   *
   * @return the number, of all names
   */
  public long ejected() {
    return byName.values().stream().mapToLong(NamedInstances::ejected).sum();
  }

  /**
   * Returns the names that this was built for.
   *
   * @return the names in their order, unmodifiable; empty if it knows the services of all names
   */
  public Set<String> names() {
    return Collections.unmodifiableSet(new TreeSet<>(names));
  }

  private String onlyName() {
    if (onlyName == null) {
      throw new IllegalStateException(
          "this discovery is for "
              + (names.isEmpty() ? "any name" : names.size() + " names")
              + "; say which one is meant");
    }
    return onlyName;
  }

  private void checkAskedFor(String name) {
    if (!names.isEmpty() && !names.contains(name)) {
      throw new IllegalArgumentException(
          "this discovery was built without named(\"" + name + "\"), for " + names());
    }
  }

  private void onChanged(View latest, List<Change> changes) {
    if (isClosed) {
      return;
    }
    // An Error may strike before all is applied, and nobody tells it again.
    boolean wasIncomplete = isIncomplete;
    isIncomplete = true;
    long now = settings.nanoTime().getAsLong();
    boolean isStale = latest.staleSince().isPresent();
    if (wasStale && !isStale) {
      hasRecovered = true;
      recoveredNanos = now;
    }
    wasStale = isStale;
    boolean afterOutage = isStale || (hasRecovered && now - recoveredNanos < AFTER_OUTAGE_NANOS);
    Map<String, List<Change>> byChangedName =
        wasIncomplete ? differencesFrom(latest) : byName(changes);
    byChangedName.forEach((name, theirs) -> apply(name, theirs, afterOutage));
    keptNames.removeIf(this::isKeptNoLonger);
    isIncomplete = false;
    view = latest;
    firstView.countDown();
    listener.changed(latest, changes);
  }

  private Map<String, List<Change>> byName(List<Change> changes) {
    Map<String, List<Change>> byChangedName = new LinkedHashMap<>();
    for (Change change : changes) {
      String name = change.service().name();
      String former = change.previous().map(Service::name).orElse(name);
      add(byChangedName, name, change);
      if (!former.equals(name)) {
        add(byChangedName, former, change);
      }
    }
    return byChangedName;
  }

  /** Returns what leads from what is known to a view, where changes before it were lost. */
  private Map<String, List<Change>> differencesFrom(View latest) {
    Instant now = settings.wallClock().instant();
    Map<String, List<Change>> byChangedName = new LinkedHashMap<>();
    Map<String, Service> present = new HashMap<>();
    for (Service service : latest.services()) {
      present.put(service.id(), service);
      Change change = new Change(Change.Type.ADDED, service, Optional.empty(), now);
      add(byChangedName, service.name(), change);
    }
    byName.forEach(
        (name, instances) -> {
          for (Service known : instances.known()) {
            Service current = present.get(known.id());
            if (current == null || !current.name().equals(name)) {
              Change.Type type = current == null ? Change.Type.LOST : Change.Type.UNMATCHED;
              add(byChangedName, name, new Change(type, known, Optional.of(known), now));
            }
          }
        });
    return byChangedName;
  }

  private void add(Map<String, List<Change>> byChangedName, String name, Change change) {
    if (names.isEmpty() || names.contains(name)) {
      byChangedName.computeIfAbsent(name, unused -> new ArrayList<>()).add(change);
    }
  }

  private void apply(String name, List<Change> changes, boolean afterOutage) {
    NamedInstances instances = byName.computeIfAbsent(name, unused -> new NamedInstances(settings));
    instances.apply(name, changes, afterOutage);
    if (instances.isEmpty()) {
      byName.remove(name);
    } else if (instances.current().keptSince().isPresent()) {
      keptNames.add(name);
    }
  }

  /** Returns whether the instances of a name are there again, or are forgotten by now. */
  private boolean isKeptNoLonger(String name) {
    NamedInstances instances = byName.get(name);
    if (instances != null && instances.isEmpty()) {
      byName.remove(name);
    }
    return instances == null || instances.current().keptSince().isEmpty();
  }

  private void onEjected(Service service, Duration duration) {
    ejections.increment();
    try {
      listener.ejected(service, duration);
    } catch (Throwable e) { // It must not cost the caller its call.
      System.getLogger("dev.rollcall")
          .log(Level.WARNING, "A listener of a discovery failed; it should not throw", e);
    }
  }

  /**
   * Ends the watch and forgets what is known. Open picks can still be closed. Idempotent. Waits for
   * a call of the listener that runs, as {@link Watch#close()} does.
   */
  @Override
  public void close() {
    isClosed = true;
    firstView.countDown(); // Nobody need wait for it any longer.
    watch.close();
    byName.clear();
  }

  /** Builds a {@link Discovery}. Not safe for use by several threads. */
  public static final class Builder {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(5);

    private final ServiceRegistry registry;
    private final Set<String> names = new TreeSet<>();
    private PickStrategy strategy = PickStrategy.fewestCalls();
    private Optional<Preference> preference = Optional.empty();
    private DiscoveryListener listener = new DiscoveryListener() {};
    private Duration startTimeout = START_TIMEOUT;
    private LongSupplier nanoTime = System::nanoTime;
    private InstantSource wallClock = InstantSource.system();

    private Builder(ServiceRegistry registry) {
      this.registry = registry;
    }

    /**
     * Adds a name whose instances are known. Default: those of all names.
     *
     * @param name the name; see {@link Service#name()}
     * @return this
     * @throws IllegalArgumentException if no service can have this name
     */
    public Builder named(String name) {
      names.add(ServiceId.checkName(name));
      return this;
    }

    /**
     * Sets how an instance is chosen. Default: {@link PickStrategy#fewestCalls()}.
     *
     * @param strategy chooses
     * @return this
     */
    public Builder strategy(PickStrategy strategy) {
      this.strategy = Objects.requireNonNull(strategy, "strategy");
      return this;
    }

    /**
     * Has instances picked before others whose info says something, such as where they are. The
     * others are picked, too, while fewer than half of the preferred ones can be picked. One of
     * weight 0 counts as one that cannot, while any instance has a larger weight. Default: no
     * preference.
     *
     * @param path {@code info.} and the names of the members that lead to the value, with dots
     *     between them, such as {@code info.zone}
     * @param value what the member is to be; see {@link Query#where}
     * @return this
     * @throws IllegalArgumentException if it is not such a path
     */
    public Builder prefer(String path, String value) {
      return prefer(path, value, 1);
    }

    /**
     * Prefers instances as {@link #prefer(String, String)} does, while at least {@code atLeast} of
     * them can be picked, so that a few are not overloaded. While fewer can be, all are equal.
     *
     * @param path the way to the value, such as {@code info.zone}
     * @param value what the member is to be
     * @param atLeast how many preferred instances must be there to be picked alone, 1 or more
     * @return this
     * @throws IllegalArgumentException if it is not such a path, or {@code atLeast} is below 1
     */
    public Builder prefer(String path, String value, int atLeast) {
      if (atLeast < 1) {
        throw new IllegalArgumentException("atLeast is 1 or more, not " + atLeast);
      }
      this.preference = Optional.of(new Preference(Condition.of(path, value), atLeast));
      return this;
    }

    /**
     * Sets what is told of changes and failures. Default: nothing.
     *
     * @param listener the listener
     * @return this
     */
    public Builder listener(DiscoveryListener listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Sets how long after {@link #build()} calls wait for the services to be known. Default: 5
     * seconds.
     *
     * @param startTimeout 0 for no waiting
     * @return this
     * @throws IllegalArgumentException if it is negative or more than a day
     */
    public Builder startTimeout(Duration startTimeout) {
      if (startTimeout.isNegative() || startTimeout.compareTo(Duration.ofDays(1)) > 0) {
        throw new IllegalArgumentException("a startTimeout is 0 to a day, not " + startTimeout);
      }
      this.startTimeout = startTimeout;
      return this;
    }

    Builder nanoTime(LongSupplier nanoTime) {
      this.nanoTime = nanoTime;
      return this;
    }

    Builder wallClock(InstantSource wallClock) {
      this.wallClock = wallClock;
      return this;
    }

    private Query query() {
      Query query = Query.all();
      if (names.size() <= Query.MAX_NAMES) {
        for (String name : names) {
          query = query.or(name);
        }
      }
      return query;
    }

    /**
     * Begins to watch the registry. Does not wait for what it says.
     *
     * @return the discovery, the caller's to close
     */
    public Discovery build() {
      return new Discovery(this);
    }
  }
}
