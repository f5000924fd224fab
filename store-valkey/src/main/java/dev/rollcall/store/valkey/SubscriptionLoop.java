package dev.rollcall.store.valkey;

import dev.rollcall.store.valkey.pipeline.Subscription;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one subscription open, on a thread of its own, until it is stopped. When the subscription
 * ends it opens another, at once for the first time, then after a pause with exponential backoff
 * and full jitter.
 */
final class SubscriptionLoop {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.store.valkey");

  private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(100).toNanos();
  private static final long MAX_PAUSE_NANOS = Duration.ofSeconds(5).toNanos();
  private static final int MAX_DOUBLINGS = 6;

  /** A subscription that has lasted as long as this was not a failure. */
  private static final long STABLE_NANOS = Duration.ofSeconds(10).toNanos();

  private final Supplier<String> address;
  private final Opening opening;
  private final LoopListener listener;

  /** Guards what follows. Not held during I/O. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition stopping = lock.newCondition();
  private boolean stopped;
  private @Nullable Subscription subscription;

  /** How many subscriptions in a row have failed. Used by the thread alone, like the next. */
  private int failures;

  private boolean warned;

  /** Opens a subscription, or throws. */
  interface Opening {
    Subscription open();
  }

  /** Is told what the subscription is told, on the thread of the loop. */
  interface LoopListener extends Subscription.Listener {

    /** Says that a subscription was opened; what came before may have been missed. */
    void opened();

    /** Says that a subscription has ended, or could not be opened. */
    void failed();

    /** Is called before each try to open a subscription, and every two seconds or more often. */
    void turn();
  }

  /**
   * Creates a loop.
   *
   * @param address where it subscribes, for people
   */
  SubscriptionLoop(Supplier<String> address, Opening opening, LoopListener listener) {
    this.address = address;
    this.opening = opening;
    this.listener = listener;
  }

  /** Starts the thread. */
  void start() {
    // It outlives the request that it began in, whose log context it must not inherit.
    Thread thread = new Thread(null, this::run, "rollcall-valkey-hints", 0, false);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    while (!isStopped()) {
      try {
        pause();
        listener.turn();
        receive();
      } catch (Throwable e) {
        failures++;
        sayFailed(e);
        tellFailed();
      }
    }
  }

  private void receive() {
    try (Subscription opened = opening.open()) {
      long sinceNanos = System.nanoTime();
      try {
        if (begin(opened)) {
          listener.opened();
          sayRecovered();
          while (true) {
            opened.next(listener);
            listener.turn();
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

  /** Returns whether a subscription is open. */
  boolean isOpen() {
    lock.lock();
    try {
      return subscription != null;
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
            address.get(),
            String.valueOf(e.getMessage()));
      } else {
        LOG.debug("Changes are not heard from Valkey", e);
      }
    } catch (Throwable loggingFailure) {
      // Such as an OutOfMemoryError; the thread goes on.
    }
  }

  private void tellFailed() {
    try {
      if (!isStopped()) {
        listener.failed();
      }
    } catch (Throwable e) {
      LOG.debug("The servers were not looked up", e); // The thread goes on.
    }
  }

  private void sayRecovered() {
    if (warned) {
      warned = false;
      LOG.info("Changes are heard from Valkey at {} again", address.get());
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

  /** Ends the thread, and does not wait for it. */
  void stop() {
    lock.lock();
    try {
      stopped = true;
      stopping.signalAll();
      if (subscription != null) {
        subscription.cut();
      }
    } finally {
      lock.unlock();
    }
  }
}
