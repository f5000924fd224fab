package dev.rollcall.view;

import dev.rollcall.Service;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.Watch;
import dev.rollcall.discovery.WatchListener;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.spi.HintSubscription;
import dev.rollcall.spi.ViewListener;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a registry knows of its services from the first watcher to the last: kept up to date, and
 * told on.
 *
 * <p>It decides nothing: the source says who is alive. There are three reasons to ask the source: a
 * hint says that an id was changed; a lease has ended, as it was last read; the reconcile interval
 * is over, and everything is compared with the whole list to find changes without a hint. A ping is
 * not a reason to ask, so pings cost a view nothing.
 *
 * <p>While the source cannot be asked nothing is reported gone: the watchers are told that what
 * they know may be old, and the source is asked again, and then once for everything.
 *
 * <p>Steps run one at a time. They read without holding the lock, so a source that hangs holds up
 * no new watcher.
 */
final class ViewSession implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.rollcall");

  /** Lists are to keep the source busy for a fiftieth of the time at most. */
  private static final long RECONCILE_SHARE = 50;

  private static final long MIN_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long MAX_RETRY_NANOS = TimeUnit.SECONDS.toNanos(2);

  /**
   * Ids that are read in one go for hints, and as many whose leases have ended: a step of the
   * source that holds up nobody for long.
   */
  private static final int MAX_READ = 250;

  /** Hints that are kept until they have been read, for the causes that they tell. */
  private static final int MAX_UNREAD = 10_000;

  /** A lease runs for a day at most; a clock that is further off is wrong. */
  private static final Duration MAX_LEFT = Duration.ofDays(2);

  private static final HintSubscription NO_HINTS = () -> {};

  private static final long IDLE_THREAD_SECONDS = 10;

  private final ViewSource source;
  private final LongSupplier nanoTime;
  private final InstantSource wallClock;
  private final Executor deliveries;
  private final @Nullable ThreadPoolExecutor ownThreads;
  private final long maxBytes;
  private final long reconcileNanos;
  private final ViewListener listener;
  private final Loop loop;
  private final Hints hints;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private final Map<Query, QueryGroup> groups = new HashMap<>();
  private final KnownServices known = new KnownServices();
  private Optional<Instant> staleSince = Optional.empty();
  private boolean isKnown;
  private @Nullable HintSubscription subscription;

  /** Whether there was no memory for a service, so that what is known is not all there is. */
  private boolean isOverfull;

  private volatile boolean closed;

  // Used by the steps alone.

  /** The ids to read next, and whether a hint said that the service was deregistered. */
  private final Map<String, Boolean> unread = new LinkedHashMap<>();

  private boolean isReconcileDue = true;
  private long nextReconcileNanos;
  private boolean isFailing;

  /** Whether the whole list was read since a step succeeded. */
  private boolean hasListed;

  private long nextTryNanos;
  private long retryNanos = MIN_RETRY_NANOS;

  private ViewSession(ViewSource source, ViewSettings settings) {
    this.source = source;
    this.nanoTime = settings.nanoTime();
    this.wallClock = settings.wallClock();
    this.maxBytes = settings.maxBytes();
    this.listener = settings.listener();
    this.reconcileNanos = settings.reconcileInterval().toNanos();
    this.ownThreads = settings.executor() == null ? deliveryThreads() : null;
    this.deliveries = ownThreads == null ? settings.executor() : ownThreads;
    this.loop = new Loop("rollcall-view", this::step, settings.executor());
    this.hints = new Hints(loop::wake);
  }

  static ViewSession start(ViewSource source, ViewSettings settings) {
    ViewSession session = new ViewSession(source, settings);
    session.loop.start();
    return session;
  }

  private static ThreadPoolExecutor deliveryThreads() {
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        IDLE_THREAD_SECONDS,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> {
          // Without the log context of whoever caused it; listeners may need the class loader.
          Thread thread = new Thread(null, task, "rollcall-watch", 0, false);
          thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
          thread.setDaemon(true);
          return thread;
        });
  }

  /**
   * Adds a watcher.
   *
   * @param afterClose is called each time after the watch was closed
   */
  Watch add(Query query, WatchListener listener, Runnable afterClose) {
    lock.lock();
    try {
      QueryGroup group = groups.computeIfAbsent(query, this::newGroup);
      Watcher[] added = new Watcher[1];
      added[0] =
          new Watcher(
              listener,
              deliveries,
              wallClock,
              () -> {
                remove(query, added[0]);
                afterClose.run();
              });
      group.add(added[0]);
      tellWatchesOpen();
      return added[0];
    } finally {
      lock.unlock();
    }
  }

  private QueryGroup newGroup(Query query) {
    QueryGroup group = new QueryGroup(query);
    if (isKnown) {
      group.start(known.services(), staleSince);
    }
    return group;
  }

  private void remove(Query query, Watcher watcher) {
    lock.lock();
    try {
      QueryGroup group = groups.get(query);
      if (group != null) {
        group.remove(watcher);
        if (group.isEmpty()) {
          groups.remove(query);
        }
        tellWatchesOpen();
      }
    } finally {
      lock.unlock();
    }
  }

  private void tellWatchesOpen() {
    listener.watchesOpen(groups.values().stream().mapToInt(QueryGroup::size).sum());
  }

  boolean isWatched() {
    lock.lock();
    try {
      return !groups.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Closes every watch, and waits for the calls of the listeners, as long as for one. */
  void closeWatches() {
    List<Watcher> open = watchers();
    open.forEach(Watcher::beginClose);
    long deadline = System.nanoTime() + Watcher.MAX_WAIT.toNanos();
    open.forEach(watcher -> watcher.awaitCall(deadline));
  }

  private List<Watcher> watchers() {
    lock.lock();
    try {
      List<Watcher> all = new ArrayList<>();
      groups.values().forEach(group -> all.addAll(group.watchers()));
      return all;
    } finally {
      lock.unlock();
    }
  }

  /** Brings the view up to date. Returns after how long to do that again, if nothing happens. */
  private long step() {
    long now = nanoTime.getAsLong();
    if (isFailing && nextTryNanos - now > 0) {
      return nextTryNanos - now; // Woken by a hint, which changes nothing about that.
    }
    boolean isDone = false;
    try {
      subscribe();
      update();
      tellHowFresh();
      isDone = true;
    } catch (RuntimeException e) {
      isDone = hasListed; // A read that fails has lost nothing: it comes again.
      return afterFailure(e);
    } finally {
      isReconcileDue |= !isDone; // After an Error, too: what it has cost is found so.
    }
    isFailing = false;
    hasListed = false;
    retryNanos = MIN_RETRY_NANOS;
    return nanosToNext();
  }

  private void subscribe() {
    lock.lock();
    try {
      if (subscription == null && !closed) {
        subscription = source.subscribe(hints).orElse(NO_HINTS);
      }
    } finally {
      lock.unlock();
    }
  }

  private void update() {
    if (unread.size() <= MAX_UNREAD) { // Otherwise they gather, and are bounded, where they are.
      takeHints();
    }
    long now = nanoTime.getAsLong();
    if (isReconcileDue || now - nextReconcileNanos >= 0) {
      isReconcileDue = true; // Until it has succeeded.
      reconcile(now);
      isReconcileDue = false;
      hasListed = true;
    }
    readDue();
  }

  private void takeHints() {
    Hints.Taken taken = hints.take();
    unread.putAll(taken.deregisteredById());
    taken.touched().forEach(id -> unread.putIfAbsent(id, false));
    if (taken.missed()) {
      isReconcileDue = true;
      tell(listener::hintsMissed);
    }
  }

  /** Tells the metrics, unless this is closed: the last word is that of {@link #close}. */
  private void tell(Runnable news) {
    lock.lock();
    try {
      if (!closed) {
        news.run();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Compares what is known with the whole list. */
  private void reconcile(long startNanos) {
    Instant time = source.time();
    long readNanos = nanoTime.getAsLong();
    Collection<Service> all = source.list();
    Set<String> missing;
    lock.lock();
    try {
      isOverfull = false;
      boolean wasKnown = isKnown;
      int differences = 0;
      missing = new HashSet<>(known.ids());
      for (Service service : all) {
        missing.remove(service.id());
        if (changeOf(service, see(service, time, readNanos)).isPresent()) {
          differences++;
        }
      }
      if (!wasKnown) {
        isKnown = true;
        becomeFresh();
      }
      compare();
      int found = differences + missing.size();
      tell(
          () -> {
            if (wasKnown) { // Otherwise there was nothing to compare with.
              listener.reconciled(found);
            }
            listener.servicesKnown(known.size());
          });
    } finally {
      lock.unlock();
    }
    watchers().forEach(Watcher::schedule); // Those for which there was no thread before.
    // A list misses what registers again while it is made. What is missing is read by itself.
    missing.forEach(id -> unread.putIfAbsent(id, false));
    long end = nanoTime.getAsLong();
    nextReconcileNanos = end + Math.max(reconcileNanos, RECONCILE_SHARE * (end - startNanos));
  }

  private void compare() {
    List<Service> services = known.services();
    Instant now = wallClock.instant();
    groups.values().forEach(group -> group.compare(services, known, staleSince, now));
  }

  /**
   * Reads of what was hinted at, and of what is over, as much as one step may. The rest comes with
   * the next step: after the hints that have come meanwhile, and the list if it is due.
   */
  private void readDue() {
    Set<String> ids = new LinkedHashSet<>();
    for (String id : unread.keySet()) {
      if (ids.size() == MAX_READ) {
        break;
      }
      ids.add(id);
    }
    addExpired(ids);
    if (!ids.isEmpty() && !closed) {
      read(ids);
      ids.forEach(unread::remove);
    }
  }

  private void addExpired(Set<String> ids) {
    lock.lock();
    try {
      known.addExpired(ids, ids.size() + MAX_READ, nanoTime.getAsLong());
    } finally {
      lock.unlock();
    }
  }

  private void read(Set<String> ids) {
    Instant time = source.time();
    long readNanos = nanoTime.getAsLong();
    Collection<Service> alive = source.findAll(ids);
    List<Change> changes = new ArrayList<>();
    List<ServiceEvent> ends = new ArrayList<>();
    lock.lock();
    try {
      Set<String> gone = new LinkedHashSet<>(ids);
      for (Service service : alive) {
        gone.remove(service.id());
        changeOf(service, see(service, time, readNanos)).ifPresent(changes::add);
      }
      gone.forEach(id -> lose(id, time, readNanos, changes, ends));
      publish(changes);
      if (isOverfull && known.bytes() < maxBytes / 2) {
        nextReconcileNanos = nanoTime.getAsLong(); // There is room for what was left out.
      }
      tell(() -> listener.servicesKnown(known.size()));
    } finally {
      lock.unlock();
    }
    ends.forEach(this::noteEnd);
  }

  /** The watchers have been told: a history that cannot be written is no reason to ask again. */
  private void noteEnd(ServiceEvent end) {
    try {
      source.noteEnd(end);
    } catch (RuntimeException e) {
      LOG.log(Level.DEBUG, "The end of '" + end.id() + "' was not recorded", e);
    }
  }

  /**
   * Takes in a service that is alive, and returns it as it was known, if it was. One for which
   * there is no memory counts as known so, so that nobody is told of it; what was known of it
   * stays.
   */
  private Optional<Service> see(Service service, Instant time, long readNanos) {
    long left = saturatedNanos(Duration.between(time, service.expiresAt()));
    Service before = known.get(service.id());
    int more = service.heapBytes() - (before == null ? 0 : before.heapBytes());
    if (more > 0 && known.bytes() + more > maxBytes) {
      isOverfull = true;
      if (before != null) {
        var unused = known.put(before, left, readNanos); // Its lease goes on.
      }
      return Optional.of(service);
    }
    return Optional.ofNullable(known.put(service, left, readNanos));
  }

  private Optional<Change> changeOf(Service service, Optional<Service> before) {
    if (before.isPresent() && Difference.isSameRegistration(before.get(), service)) {
      return Optional.empty();
    }
    Change.Type type = Change.Type.of(before, service);
    return Optional.of(new Change(type, service, before, wallClock.instant()));
  }

  private static long saturatedNanos(Duration duration) {
    if (duration.isNegative()) {
      return 0;
    }
    return duration.compareTo(MAX_LEFT) > 0 ? MAX_LEFT.toNanos() : duration.toNanos();
  }

  /** Takes in that a service is not alive. */
  private void lose(
      String id, Instant time, long readNanos, List<Change> changes, List<ServiceEvent> ends) {
    boolean hasExpired = known.hasExpired(id, readNanos);
    Service before = known.remove(id);
    if (before == null) {
      return;
    }
    Change.Type type =
        unread.getOrDefault(id, false)
            ? Change.Type.DEREGISTERED
            : hasExpired ? Change.Type.EXPIRED : Change.Type.LOST;
    Instant at = type == Change.Type.EXPIRED ? before.expiresAt() : wallClock.instant();
    changes.add(new Change(type, before, Optional.of(before), at));
    if (type == Change.Type.EXPIRED) {
      ends.add(
          ServiceEvent.builder(ServiceEvent.Type.EXPIRED, id, before.name(), at)
              .lastPingAt(before.lastPingAt())
              .build());
      Duration lag = Duration.between(before.expiresAt(), time);
      tell(() -> listener.expirySeen(lag.isNegative() ? Duration.ZERO : lag));
    } else if (type == Change.Type.LOST) {
      ends.add(ServiceEvent.builder(ServiceEvent.Type.LOST, id, before.name(), time).build());
    }
  }

  /** Tells the watchers. To be called with the lock held. */
  private void publish(List<Change> changes) {
    groups.values().forEach(group -> group.apply(changes, staleSince));
  }

  /** Tells whether what is known is all there is, once everything that was hinted at was read. */
  private void tellHowFresh() {
    lock.lock();
    try {
      if (isOverfull) {
        becomeStale("the services take more heap than a view may, " + maxBytes + " bytes");
      } else if (unread.isEmpty()) {
        becomeFresh();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Tells that what is known is all there is. To be called with the lock held. */
  private void becomeFresh() {
    if (staleSince.isPresent() && !closed) {
      LOG.log(Level.INFO, "The view of the services is up to date again");
      staleSince = Optional.empty();
      listener.staleness(false);
      publish(List.of());
    }
  }

  private void becomeStale(String reason) {
    lock.lock();
    try {
      if (staleSince.isEmpty() && !closed) {
        staleSince = Optional.of(wallClock.instant());
        listener.staleness(true);
        LOG.log(Level.WARNING, "The view of the services is not up to date: " + reason);
        publish(List.of());
      }
    } finally {
      lock.unlock();
    }
  }

  private long afterFailure(RuntimeException e) {
    if (unread.size() > MAX_UNREAD) {
      unread.clear();
      isReconcileDue = true;
    }
    becomeStale(String.valueOf(e.getMessage()));
    isFailing = true;
    long delay = ThreadLocalRandom.current().nextLong(retryNanos) + 1; // full jitter
    retryNanos = Math.min(2 * retryNanos, MAX_RETRY_NANOS);
    nextTryNanos = nanoTime.getAsLong() + delay;
    return delay;
  }

  private long nanosToNext() {
    if (!unread.isEmpty()) {
      return 0;
    }
    lock.lock();
    try {
      long now = nanoTime.getAsLong();
      return Math.max(0, Math.min(nextReconcileNanos - now, known.nanosToNext(now)));
    } finally {
      lock.unlock();
    }
  }

  /** Ends the steps and the hints. Idempotent. */
  @Override
  public void close() {
    HintSubscription open;
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      open = subscription;
      subscription = null;
      if (staleSince.isPresent()) {
        listener.staleness(false);
      }
      listener.servicesKnown(0);
    } finally {
      lock.unlock();
    }
    loop.close();
    if (open != null) {
      open.close();
    }
    if (ownThreads != null) {
      ownThreads.shutdown();
    }
  }
}
