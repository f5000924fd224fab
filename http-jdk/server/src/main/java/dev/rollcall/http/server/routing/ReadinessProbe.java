package dev.rollcall.http.server.routing;

import dev.rollcall.RegistryException;
import dev.rollcall.RejectedException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.request.RequestKind;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Whether the store answers, and would take a ping: it is asked for one of an id that no service
 * has. A store that could only be read, as one that has become a replica, keeps nobody alive. A
 * registry behind this server may refuse the ping; then it is enough that it can be read. However
 * many ask and how often, the store is asked once at a time and at most twice a second; and none
 * waits behind another for long.
 */
public final class ReadinessProbe {
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final ServiceRegistry registry;
  private final OutageLog outage;
  private final LongSupplier nanoTime;
  private final ReentrantLock asking = new ReentrantLock();

  /** One that nobody can know, so that no service of this name is kept alive by being asked for. */
  private final String nobody =
      "rollcall-health-" + Long.toHexString(ThreadLocalRandom.current().nextLong());

  private volatile Finding last;

  private record Finding(boolean isUp, long atNanos) {}

  public ReadinessProbe(ServiceRegistry registry, OutageLog outage, LongSupplier nanoTime) {
    this.registry = registry;
    this.outage = outage;
    this.nanoTime = nanoTime;
    this.last = new Finding(false, nanoTime.getAsLong() - FRESH_NANOS);
  }

  /** Asks, if it was not asked just now; false if it does not answer, or another still waits. */
  boolean isUp() {
    if (isFresh()) {
      return last.isUp();
    }
    try {
      if (!asking.tryLock(PATIENCE_NANOS, TimeUnit.NANOSECONDS)) {
        return false;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    try {
      if (!isFresh()) {
        last = new Finding(ask(), nanoTime.getAsLong());
      }
      return last.isUp();
    } finally {
      asking.unlock();
    }
  }

  private boolean isFresh() {
    return nanoTime.getAsLong() - last.atNanos() < FRESH_NANOS;
  }

  private boolean ask() {
    try {
      var unused = registry.ping(nobody, nobody);
      outage.ended(RequestKind.PING);
      return true;
    } catch (RejectedException e) {
      return isReadable(); // As behind a relay whose key may only read.
    } catch (RegistryException e) {
      outage.failed(RequestKind.PING, e);
      return false;
    }
  }

  private boolean isReadable() {
    try {
      var unused = registry.find(nobody);
      outage.ended(RequestKind.PING);
      return true;
    } catch (RegistryException e) {
      outage.failed(RequestKind.PING, e);
      return false;
    }
  }
}
