package dev.rollcall.store.valkey;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs once that the server takes no registrations since its memory is full, and once that it takes
 * them again: when one was stored and none has been refused for a minute. At its limit a server
 * refuses some and stores others, as services end.
 */
final class FullServer {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.store.valkey");
  private static final long CALM_NANOS = TimeUnit.MINUTES.toNanos(1);

  static final String ENDED =
      "Registrations are stored again: the memory of Valkey is no longer full";

  private final LongSupplier nanoTime;
  private final Consumer<String> log;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean full;
  private long lastRefusedNanos;

  FullServer() {
    this(System::nanoTime, LOG::warn);
  }

  FullServer(LongSupplier nanoTime, Consumer<String> log) {
    this.nanoTime = nanoTime;
    this.log = log;
  }

  /** Says that a registration was refused for want of memory. */
  void refused(String message) {
    boolean first;
    lock.lock();
    try {
      first = !full;
      full = true;
      lastRefusedNanos = nanoTime.getAsLong();
    } finally {
      lock.unlock();
    }
    if (first) {
      log.accept(message);
    }
  }

  /** Says that a registration was stored. */
  void stored() {
    if (full && hasEnded()) {
      log.accept(ENDED);
    }
  }

  private boolean hasEnded() {
    lock.lock();
    try {
      boolean ended = full && nanoTime.getAsLong() - lastRefusedNanos >= CALM_NANOS;
      full = full && !ended;
      return ended;
    } finally {
      lock.unlock();
    }
  }
}
