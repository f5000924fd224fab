package dev.rollcall.store.valkey;

import dev.rollcall.spi.HintListener;
import dev.rollcall.spi.HintSubscription;
import dev.rollcall.store.valkey.pipeline.Subscription;
import dev.rollcall.store.valkey.topology.Topology;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners of the changes that are published, by whichever process.
 *
 * <p>While there is a listener, one thread has one subscription at a master; in a cluster any
 * master will do, since each passes on what the others publish. When the subscription ends it opens
 * another, at once for the first time, then after a pause with exponential backoff and full jitter.
 * Hints that were published meanwhile are lost. So each time it has subscribed it says {@link
 * HintListener#missed()}.
 *
 * <p>Safe for use by any number of threads.
 */
final class HintReceiver implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.store.valkey");

  private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(100).toNanos();
  private static final long MAX_PAUSE_NANOS = Duration.ofSeconds(5).toNanos();
  private static final int MAX_DOUBLINGS = 6;

  /** A subscription that has lasted as long as this was not a failure. */
  private static final long STABLE_NANOS = Duration.ofSeconds(10).toNanos();

  private final Topology topology;
  private final Keys keys;
  private final Duration timeout;
  private final List<Listening> listeners = new CopyOnWriteArrayList<>();

  /** Guards {@link #receiving} and each {@link Receiving#subscription}. Not held during I/O. */
  private final ReentrantLock lock = new ReentrantLock();

  /** The thread that receives, while there are listeners. */
  private @Nullable Receiving receiving;

  private boolean closed;

  HintReceiver(Topology topology, Keys keys, Duration timeout) {
    this.topology = topology;
    this.keys = keys;
    this.timeout = timeout;
  }

  /** Adds a listener. Does not wait until hints are received. */
  HintSubscription subscribe(HintListener listener) {
    Listening added = new Listening(listener);
    boolean isHearing;
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the Valkey store is closed");
      }
      listeners.add(added);
      if (receiving == null) {
        start();
      }
      isHearing = receiving != null && receiving.subscription != null;
    } finally {
      lock.unlock();
    }
    if (isHearing) {
      listener.missed(); // It hears from now on.
    }
    return added;
  }

  private void start() {
    Receiving started = new Receiving();
    // It outlives the request that it began in, whose log context it must not inherit.
    Thread thread = new Thread(null, started, "rollcall-valkey-hints", 0, false);
    thread.setDaemon(true);
    boolean hasStarted = false;
    try {
      thread.start();
      receiving = started;
      hasStarted = true;
    } finally {
      if (!hasStarted) { // What was thrown tells the caller so; the listener must not stay.
        listeners.clear();
      }
    }
  }

  private void remove(Listening listening) {
    lock.lock();
    try {
      if (listeners.remove(listening) && listeners.isEmpty()) {
        stop();
      }
    } finally {
      lock.unlock();
    }
  }

  private void stop() {
    if (receiving != null) {
      receiving.stop();
      receiving = null;
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      listeners.clear();
      stop();
    } finally {
      lock.unlock();
    }
  }

  /** A listener, as often as it has subscribed. */
  private final class Listening implements HintSubscription {
    private final HintListener listener;

    Listening(HintListener listener) {
      this.listener = listener;
    }

    @Override
    public void close() {
      remove(this);
    }
  }

  private void tellAll(Consumer<HintListener> hint) {
    for (Listening each : listeners) {
      try {
        hint.accept(each.listener);
      } catch (Throwable e) { // It must not cost the others theirs.
        LOG.warn("A listener was not told of a change; it should not throw", e);
      }
    }
  }

  /** Receives hints, until it is stopped. */
  private final class Receiving implements Runnable {
    private final Condition stopping = lock.newCondition();
    private boolean stopped;
    private @Nullable Subscription subscription;

    /** How many subscriptions in a row have failed. Used by the thread alone, like the next. */
    private int failures;

    private boolean warned;

    @Override
    public void run() {
      while (!isStopped()) {
        try {
          pause();
          receive();
        } catch (Throwable e) {
          failures++;
          sayFailed(e);
        }
      }
    }

    private void receive() {
      long deadlineNanos = System.nanoTime() + timeout.toNanos();
      try (Subscription opened =
          Subscription.open(topology.anyMaster(), keys.channel(), deadlineNanos)) {
        long sinceNanos = System.nanoTime();
        try {
          if (begin(opened)) {
            tellAll(HintListener::missed);
            sayRecovered();
            while (true) {
              byte[] message = opened.next();
              tellAll(listener -> ChangeHint.tell(listener, message, keys));
            }
          }
        } finally {
          end();
          if (System.nanoTime() - sinceNanos >= STABLE_NANOS) {
            failures = 0;
          }
        }
      }
    }

    private boolean begin(Subscription opened) {
      lock.lock();
      try {
        if (!stopped) {
          subscription = opened;
        }
        return !stopped;
      } finally {
        lock.unlock();
      }
    }

    private void end() {
      lock.lock();
      try {
        subscription = null;
      } finally {
        lock.unlock();
      }
    }

    private void sayFailed(Throwable e) {
      try {
        if (failures == 1 && !isStopped()) {
          warned = true;
          LOG.warn(
              "Changes are not heard from Valkey at {}, and are found later, by reading; it is"
                  + " tried again: {}",
              topology.address(),
              String.valueOf(e.getMessage()));
        } else {
          LOG.debug("Changes are not heard from Valkey", e);
        }
      } catch (Throwable loggingFailure) {
        // Such as an OutOfMemoryError; the thread goes on.
      }
    }

    private void sayRecovered() {
      if (warned) {
        warned = false;
        LOG.info("Changes are heard from Valkey at {} again", topology.address());
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

    /** Waits before the next try. */
    private void pause() throws InterruptedException {
      long pauseNanos = pauseNanos();
      lock.lock();
      try {
        while (!stopped && pauseNanos > 0) {
          pauseNanos = stopping.awaitNanos(pauseNanos);
        }
      } finally {
        lock.unlock();
      }
    }

    /** Returns nothing for the first failure, then up to a limit that doubles. */
    private long pauseNanos() {
      if (failures <= 1) {
        return 0;
      }
      long limit = FIRST_PAUSE_NANOS << Math.min(failures - 2, MAX_DOUBLINGS);
      return ThreadLocalRandom.current().nextLong(Math.min(limit, MAX_PAUSE_NANOS) + 1);
    }

    /** Ends the thread. For a caller that holds the lock. */
    void stop() {
      stopped = true;
      stopping.signalAll();
      if (subscription != null) {
        subscription.cut();
      }
    }
  }
}
