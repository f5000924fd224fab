package dev.rollcall.http.server.stream;

import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.SetVersion;
import dev.rollcall.discovery.View;
import dev.rollcall.discovery.Watch;
import dev.rollcall.http.server.log.BreakdownLog;
import dev.rollcall.http.server.memory.SlowClientMonitor;
import dev.rollcall.http.server.response.ContentCoding;
import dev.rollcall.http.server.response.ResponseJson;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Passes what one watch of the registry tells to all who watch over HTTP. It keeps the last
 * changes; each subscriber has a place among them, and nothing else of its own. So a slow one costs
 * no memory, and gets the newest state of each service when it can take it.
 *
 * <p>Safe for use by any number of threads.
 */
final class Broadcaster implements AutoCloseable {
  private static final long TICK_MILLIS = 250;

  /** How long each stream is written to again and again, to find those whose clients are gone. */
  private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** From the start of one such search to the start of the next, so that it costs little. */
  private static final long PROBE_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final LongSupplier nanoTime;
  private final ResponseJson json;
  private final BreakdownLog breakdowns;
  private final long seed = ThreadLocalRandom.current().nextLong();
  private final ScheduledThreadPoolExecutor timer;
  private final StreamWriters writers;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private final Map<Query, QueryFeed> feeds = new HashMap<>();
  private final Journal journal;
  private @Nullable View view;
  private boolean isEnding;
  private int subscribers;
  private long emptySinceNanos;
  private long probedNanos;

  private final Watch watch;

  private Broadcaster(
      ServiceRegistry registry,
      ResponseJson json,
      SlowClientMonitor slowClients,
      long journalBytes,
      LongSupplier nanoTime,
      BreakdownLog breakdowns) {
    this.nanoTime = nanoTime;
    this.json = json;
    this.breakdowns = breakdowns;
    this.journal = new Journal(journalBytes);
    this.emptySinceNanos = nanoTime.getAsLong();
    this.probedNanos = emptySinceNanos - PROBE_PAUSE_NANOS;
    this.timer = timer();
    this.writers =
        new StreamWriters(timer, slowClients, breakdowns, System::nanoTime); // like the timer
    boolean isOpen = false;
    try {
      this.watch = registry.watch(Query.all(), this::changed);
      isOpen = true;
    } finally {
      if (!isOpen) {
        timer.shutdownNow();
      }
    }
  }

  /**
   * Begins to watch a registry. Does not wait for what it knows.
   *
   * @param onTick is called several times a second, until this is closed
   */
  static Broadcaster open(
      ServiceRegistry registry,
      ResponseJson json,
      SlowClientMonitor slowClients,
      long journalBytes,
      LongSupplier nanoTime,
      BreakdownLog breakdowns,
      Runnable onTick) {
    Broadcaster made =
        new Broadcaster(registry, json, slowClients, journalBytes, nanoTime, breakdowns);
    boolean isTicking = false;
    try {
      var unused =
          made.timer.scheduleWithFixedDelay(
              () -> breakdowns.run(() -> made.tick(onTick)),
              TICK_MILLIS,
              TICK_MILLIS,
              TimeUnit.MILLISECONDS);
      isTicking = true;
      return made;
    } finally {
      if (!isTicking) {
        made.close();
      }
    }
  }

  private static ScheduledThreadPoolExecutor timer() {
    var timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              // It outlives the request that it began in, whose log context it must not inherit.
              Thread thread = new Thread(null, task, "rollcall-stream-timer", 0, false);
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  /** What is known at a moment. */
  record Known(
      List<Service> services, long sequence, SetVersion version, Optional<Instant> staleSince) {}

  ReentrantLock lock() {
    return lock;
  }

  long now() {
    return nanoTime.getAsLong();
  }

  /** Returns what is known for a query; null before anything is. With the lock held. */
  @Nullable Known known(QueryFeed feed) {
    return view == null
        ? null
        : new Known(view.services(), journal.last(), feed.version(), view.staleSince());
  }

  /** Returns the journal, for use with the lock held. */
  Journal journal() {
    return journal;
  }

  /** Returns since when what is known may be old. With the lock held. */
  Optional<Instant> staleSince() {
    return view == null ? Optional.empty() : view.staleSince();
  }

  boolean isKnown() {
    return view != null;
  }

  /** Returns whether the server stops. With the lock held. */
  boolean isEnding() {
    return isEnding;
  }

  /**
   * Has the streams found whose clients are gone, since others want their places. A client that
   * ends its connection is noticed only by a write that fails, and that is the second one.
   */
  void probe() {
    lock.lock();
    try {
      long now = now();
      if (now - probedNanos >= PROBE_PAUSE_NANOS) {
        probedNanos = now;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether places have just run short. With the lock held. */
  boolean isProbing(long nowNanos) {
    return nowNanos - probedNanos < PROBE_NANOS;
  }

  /** Makes a subscriber of a query. */
  @FunctionalInterface
  interface Factory {
    Subscriber create(QueryFeed feed);
  }

  /** Adds a subscriber, which begins when something is known. */
  void add(Query query, Factory factory) {
    lock.lock();
    try {
      QueryFeed feed = feeds.get(query);
      if (feed == null) {
        feed = new QueryFeed(query, seed);
        if (view != null) {
          feed.start(view.services(), journal.last());
        }
      }
      Subscriber added = factory.create(feed);
      feed.subscribers().add(added);
      feeds.put(query, feed);
      subscribers++;
      if (added.isDue(now())) {
        wake(added);
      }
    } finally {
      lock.unlock();
    }
  }

  void remove(Subscriber subscriber) {
    lock.lock();
    try {
      QueryFeed feed = subscriber.feed();
      if (feed.subscribers().remove(subscriber)) {
        subscribers--;
        emptySinceNanos = now();
      }
      if (feed.subscribers().isEmpty()) {
        feeds.remove(feed.query(), feed);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether nobody has subscribed for so long. */
  boolean isUnusedFor(long nanos) {
    lock.lock();
    try {
      return subscribers == 0 && now() - emptySinceNanos >= nanos;
    } finally {
      lock.unlock();
    }
  }

  /** Takes in what the registry tells. Does not block. */
  private void changed(View latest, List<Change> changes) {
    lock.lock();
    try {
      boolean isFirst = view == null;
      boolean isStaleDifferent = !staleSince().equals(latest.staleSince());
      view = latest;
      Set<QueryFeed> concerned = new HashSet<>();
      if (isFirst) {
        feeds.values().forEach(feed -> feed.start(latest.services(), journal.last()));
      } else {
        changes.forEach(change -> apply(change, concerned));
      }
      for (QueryFeed feed : isFirst || isStaleDifferent ? feeds.values() : concerned) {
        feed.subscribers().forEach(this::wake);
      }
    } finally {
      lock.unlock();
    }
  }

  private void apply(Change change, Set<QueryFeed> concerned) {
    JournalEntry entry = journal.add(change);
    for (QueryFeed feed : feeds.values()) {
      if (feed.apply(entry)) {
        concerned.add(feed);
      }
    }
  }

  /** Has a subscriber run soon. With the lock held. */
  private void wake(Subscriber subscriber) {
    if (subscriber.isQueued()) {
      return;
    }
    subscriber.setQueued(true);
    boolean isTaken = false;
    try {
      writers.run(subscriber);
      isTaken = true;
      // On Java 17 an Error can end the timer's thread while it waits. Then nothing else brings it
      // back: what is due is not looked at any more.
      var unused = timer.prestartCoreThread();
    } catch (RuntimeException | OutOfMemoryError e) {
      breakdowns.brokeDown(e); // As where no thread can be started: the next tick tries again.
    } finally {
      if (!isTaken) {
        subscriber.setQueued(false);
      }
    }
  }

  /** Notes that a subscriber has run, and has it run again if there is more to send by now. */
  void ran(Subscriber subscriber) {
    lock.lock();
    try {
      subscriber.setQueued(false);
      if (subscriber.feed().subscribers().contains(subscriber) && subscriber.isDue(now())) {
        wake(subscriber);
      }
    } finally {
      lock.unlock();
    }
  }

  private void tick(Runnable onTick) {
    wakeDue();
    writers.cutOffAfter(SlowClientMonitor.STALLED_NANOS);
    onTick.run();
  }

  private void wakeDue() {
    lock.lock();
    try {
      long now = now();
      for (QueryFeed feed : feeds.values()) {
        for (Subscriber subscriber : feed.subscribers()) {
          if (subscriber.isDue(now)) {
            wake(subscriber);
          }
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns the list of what a query selects, which the caller releases. It is encoded once for all
   * who want it at a time, and may be older than what is known by changes that the journal has.
   *
   * @throws dev.rollcall.http.server.problem.ProblemException if there is no memory for it
   */
  EncodedList listOf(QueryFeed feed, Known known) {
    return list(feed, known, ContentCoding.IDENTITY, false);
  }

  /** Returns the list of exactly what is known, encoded as a client accepts it. */
  EncodedList newestOf(QueryFeed feed, Known known, ContentCoding coding) {
    return list(feed, known, coding, true);
  }

  private EncodedList list(QueryFeed feed, Known known, ContentCoding coding, boolean isExact) {
    feed.encoding().lock();
    try {
      EncodedList last = feed.encoded().get(coding);
      if (last != null
          && (isExact ? last.version().equals(known.version()) : reaches(last.sequence()))
          && last.body().tryHold()) {
        return last;
      }
      EncodedList made =
          new EncodedList(
              known.sequence(),
              known.version(),
              json.list(feed.query().select(known.services()), coding));
      feed.encoded().put(coding, made);
      return made;
    } finally {
      feed.encoding().unlock();
    }
  }

  private boolean reaches(long sequence) {
    lock.lock();
    try {
      return journal.reaches(sequence);
    } finally {
      lock.unlock();
    }
  }

  /** Has every subscriber end, and each that takes nothing cut off after a time. */
  void end(long patienceNanos) {
    lock.lock();
    try {
      isEnding = true;
    } finally {
      lock.unlock();
    }
    wakeDue();
    var unused =
        timer.schedule(
            () -> writers.cutOffAfter(0), Math.max(1, patienceNanos), TimeUnit.NANOSECONDS);
  }

  /**
   * Ends the watch and the threads. Subscribers that are left are told nothing more. Idempotent.
   */
  @Override
  public void close() {
    Objects.requireNonNull(watch).close();
    timer.shutdownNow();
    writers.close();
  }
}
