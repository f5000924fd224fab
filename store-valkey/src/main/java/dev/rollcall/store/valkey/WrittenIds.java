package dev.rollcall.store.valkey;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers the ids of keys that were written, and tells of each once, a short time after the first.
 *
 * <p>Most writes are pings, which change nothing for those who watch; that is seen only by a read.
 * So the reads are many ids at a time, and bounded: 500 ids every 50 ms. Of ids beyond that nothing
 * is told; if they have changed, the regular comparison finds it.
 *
 * <p>Safe for use by any number of threads.
 */
final class WrittenIds {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.store.valkey");

  private static final int MAX_IDS = 500;
  private static final long GATHER_NANOS = Duration.ofMillis(50).toNanos();

  private final Consumer<String> told;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private Set<String> ids = new LinkedHashSet<>();
  private boolean stopped;

  /**
   * Creates it, empty.
   *
   * @param told is called with each id, on the thread that {@link #start} starts
   */
  WrittenIds(Consumer<String> told) {
    this.told = told;
  }

  /** Starts the thread that tells. */
  void start() {
    // It outlives the request that it began in, whose log context it must not inherit.
    Thread thread = new Thread(null, this::run, "rollcall-valkey-written", 0, false);
    thread.setDaemon(true);
    thread.start();
  }

  /** Adds an id, unless there are too many. Does not block. */
  void add(String id) {
    lock.lock();
    try {
      if (ids.size() < MAX_IDS && ids.add(id) && ids.size() == 1) {
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    while (!isStopped()) {
      try {
        take().forEach(this::tell);
      } catch (Throwable e) {
        // An interrupt, or no memory: what has gathered stays. Nobody ends this thread so.
      }
    }
  }

  private void tell(String id) {
    try {
      told.accept(id);
    } catch (Throwable e) { // It must not cost the others theirs.
      LOG.debug("A change by others was not told", e);
    }
  }

  /** Waits for ids, and for those that come soon after the first. */
  private Set<String> take() throws InterruptedException {
    lock.lock();
    try {
      while (!stopped && ids.isEmpty()) {
        changed.await();
      }
      long left = GATHER_NANOS;
      while (!stopped && left > 0) {
        left = changed.awaitNanos(left);
      }
      Set<String> next = new LinkedHashSet<>();
      Set<String> taken = stopped ? next : ids;
      ids = next;
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private boolean isStopped() {
    lock.lock();
    try {
      return stopped;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the thread, and does not wait for it. */
  void stop() {
    lock.lock();
    try {
      stopped = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }
}
