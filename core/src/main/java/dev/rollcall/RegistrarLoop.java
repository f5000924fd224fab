package dev.rollcall;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The life of one registration, one step at a time.
 *
 * <p>A step asks the registry once and schedules the next step. It holds the lock throughout, so
 * {@link #close()} comes before a step, which then does nothing, or after it, when it knows the
 * lease that the step may have got.
 */
final class RegistrarLoop {
  /** A lease must outlast two lost pings. */
  private static final int PINGS_IN_A_LEASE = 3;

  private final ReentrantLock lock = new ReentrantLock();
  private final ServiceRegistry registry;
  private final Registration registration;
  private final Keepalive keepalive;
  private final boolean ownsKeepalive;
  private final boolean pings;
  private final boolean deregisters;
  private final int maxRetries;
  private final Duration retryDelay;
  private final RandomGenerator random;
  private final CompletableFuture<Boolean> started = new CompletableFuture<>();

  private volatile RegistrarState state = RegistrarState.NEW;
  private volatile @Nullable Lease lease;
  private volatile @Nullable RuntimeException lastError;
  private Duration interval;
  private Backoff backoff;
  private int failedStarts;
  private @Nullable Future<?> nextStep;

  RegistrarLoop(Registrar.Builder settings) {
    this.registry = settings.registry;
    this.registration = settings.registration;
    this.ownsKeepalive = settings.keepalive == null;
    this.keepalive = settings.keepalive == null ? Keepalive.create() : settings.keepalive;
    this.pings = settings.enableKeepalive;
    this.deregisters = settings.autoDeregister;
    this.maxRetries = settings.maxRetries;
    this.retryDelay = settings.retryDelay;
    this.interval = settings.keepaliveInterval;
    this.random = settings.random;
    this.backoff = newBackoff();
  }

  /** Returns one by which a try that failed is tried again sooner than the interval. */
  private Backoff newBackoff() {
    return new Backoff(shorter(retryDelay, interval.dividedBy(2)), interval, random);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  CompletableFuture<Boolean> start() {
    lock.lock();
    try {
      if (state != RegistrarState.NEW) {
        throw new IllegalStateException(
            state == RegistrarState.CLOSED
                ? "the registrar is closed"
                : "the registrar was started before");
      }
      state = RegistrarState.REGISTERING;
      schedule(Duration.ZERO);
      return started;
    } finally {
      lock.unlock();
    }
  }

  private void schedule(Duration delay) {
    nextStep = keepalive.schedule(delay, this::step);
  }

  private void step() {
    lock.lock();
    try {
      if (state == RegistrarState.CLOSED) {
        return;
      }
      Duration delay = askOnce();
      boolean goesOn = pings || state == RegistrarState.REGISTERING;
      if (goesOn && state != RegistrarState.CLOSED) {
        schedule(delay);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns when to do the next step. */
  private Duration askOnce() {
    try {
      return state == RegistrarState.REGISTERING ? register() : ping();
    } catch (RuntimeException e) {
      // Whatever a registry throws, it must not end the pings.
      return failed(e);
    } catch (Error e) {
      return failed(new IllegalStateException("the registry threw " + e, e));
    }
  }

  private Duration register() {
    Lease granted = registry.register(withTheIdItHad());
    succeeded();
    lease = granted;
    state = RegistrarState.REGISTERED;
    Keepalive.LOG.log(INFO, "Registered ''{0}'' for {1}", granted.id(), granted.ttl());
    lowerIntervalTo(granted.ttl().dividedBy(PINGS_IN_A_LEASE));
    started.complete(true);
    // From the first ping on, those that started together ping apart.
    return Backoff.spread(interval, random);
  }

  private Registration withTheIdItHad() {
    // An id that the registry made stays the service's for as long as it lives.
    return lease == null ? registration : registration.toBuilder().id(lease.id()).build();
  }

  private void lowerIntervalTo(Duration longest) {
    if (pings && interval.compareTo(longest) > 0) {
      Keepalive.LOG.log(
          WARNING,
          "A ping every {0} could lose a lease of {1}; pinging every {2}",
          interval,
          longest.multipliedBy(PINGS_IN_A_LEASE),
          longest);
      interval = longest;
      backoff = newBackoff();
    }
  }

  private Duration ping() {
    try {
      Optional<Lease> renewed = ask();
      succeeded();
      if (renewed.isEmpty()) {
        Keepalive.LOG.log(WARNING, "The registry no longer knows ''{0}''", lease.id());
        state = RegistrarState.REGISTERING;
        return Backoff.spread(interval.dividedBy(2), random);
      }
      lease = lease.leaseId().map(renewed.get()::withLeaseId).orElse(renewed.get());
      state = RegistrarState.REGISTERED;
    } catch (LeaseSupersededException e) {
      succeeded();
      if (state != RegistrarState.SUPERSEDED) {
        Keepalive.LOG.log(WARNING, "Another registration holds ''{0}'' now", lease.id());
      }
      lastError = e;
      state = RegistrarState.SUPERSEDED;
    }
    return interval;
  }

  private Optional<Lease> ask() {
    return lease.leaseId().isPresent()
        ? registry.ping(lease.id(), lease.leaseId().get())
        : registry.ping(lease.id());
  }

  private void succeeded() {
    lastError = null;
    backoff.reset();
  }

  /** Returns when to try again. */
  private Duration failed(RuntimeException e) {
    if (lastError == null || lastError instanceof LeaseSupersededException) {
      Keepalive.LOG.log(WARNING, "The registry failed, trying on: " + e.getMessage());
    }
    lastError = e;
    if (!started.isDone()) {
      failedStarts++;
      if (failedStarts < maxRetries) {
        return retryDelay;
      }
      started.complete(false);
    }
    return backoff.next();
  }

  RegistrarState state() {
    return state;
  }

  Optional<Lease> lease() {
    return Optional.ofNullable(lease);
  }

  Optional<RuntimeException> lastError() {
    return Optional.ofNullable(lastError);
  }

  void close() {
    lock.lock();
    try {
      if (state == RegistrarState.CLOSED) {
        return;
      }
      boolean isHolder = state == RegistrarState.REGISTERED;
      state = RegistrarState.CLOSED;
      started.complete(false);
      if (nextStep != null) {
        nextStep.cancel(false);
      }
      if (deregisters && isHolder) {
        deregister(lease);
      }
    } finally {
      lock.unlock();
    }
    if (ownsKeepalive) {
      keepalive.close();
    }
  }

  private void deregister(Lease held) {
    try {
      if (held.leaseId().isPresent()) {
        registry.deregister(held.id(), held.leaseId().get());
      } else {
        registry.deregister(held.id());
      }
      Keepalive.LOG.log(INFO, "Deregistered ''{0}''", held.id());
    } catch (LeaseSupersededException e) {
      Keepalive.LOG.log(INFO, "Left ''{0}'' to the registration that holds it now", held.id());
    } catch (RuntimeException e) {
      Keepalive.LOG.log(
          WARNING,
          "Could not deregister '" + held.id() + "'; its lease will end: " + e.getMessage());
    }
  }
}
