package dev.rollcall.registrar;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.spi.AsyncRegistry;
import dev.rollcall.spi.LeasePing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A registry that many registrars share. It collects the pings that fall due within a short time,
 * and sends them together, while the registry {@linkplain AsyncRegistry#combinesPings() combines
 * pings}.
 *
 * <p>Pings with the same timeout are sent together. The first of them waits for the others, 50 ms
 * at most and a fiftieth of the timeout at most. That wait is part of the timeout: each ping is
 * answered or given up when it would have been without the others.
 *
 * <p>Safe for use by any number of threads. Nothing here waits.
 */
final class PingCollector implements AsyncRegistry {
  /** With fewer registrars than this, hardly two pings fall due within one wait. */
  static final int MIN_REGISTRARS = 100;

  private static final long MAX_WAIT_NANOS = 50_000_000;
  private static final int WAITS_IN_A_TIMEOUT = 50;

  private final AsyncRegistry registry;
  private final ScheduledExecutorService timer;
  private final IntSupplier registrars;
  private final ReentrantLock lock = new ReentrantLock();

  /** The batches that wait for more pings, by the timeout of their pings in nanoseconds. */
  private final Map<Long, Batch> open = new HashMap<>();

  /**
   * Creates a collector.
   *
   * @param timer sends what was collected
   * @param registrars returns how many registrars share the registry
   */
  PingCollector(AsyncRegistry registry, ScheduledExecutorService timer, IntSupplier registrars) {
    this.registry = registry;
    this.timer = timer;
    this.registrars = registrars;
  }

  /** Pings that are sent together. */
  private static final class Batch {
    final Long timeoutNanos;
    final long waitNanos;
    final List<CollectedPing> pings = new ArrayList<>();
    boolean isSent;

    /** Sends this; null until that is planned. */
    volatile @Nullable Future<?> sending;

    Batch(long timeoutNanos) {
      this.timeoutNanos = timeoutNanos;
      this.waitNanos = Math.min(MAX_WAIT_NANOS, timeoutNanos / WAITS_IN_A_TIMEOUT);
    }

    /**
     * Returns whether this will be sent. An {@code Error}, or the end of the timer, may prevent it.
     */
    boolean isPlanned() {
      Future<?> plan = sending;
      return plan != null && !plan.isDone();
    }
  }

  /** A ping that waits to be sent, and then for its answer. */
  private static final class CollectedPing extends CompletableFuture<Optional<Lease>> {
    final LeasePing ping;

    CollectedPing(LeasePing ping) {
      this.ping = ping;
    }
  }

  @Override
  public CompletableFuture<Optional<Lease>> pingAsync(String id, Fence fence, Duration timeout) {
    if (registrars.getAsInt() < MIN_REGISTRARS || !registry.combinesPings()) {
      return registry.pingAsync(id, fence, timeout);
    }
    CollectedPing ping = new CollectedPing(new LeasePing(id, fence));
    collect(ping, timeout.toNanos());
    return ping;
  }

  private void collect(CollectedPing ping, long timeoutNanos) {
    Batch batch;
    boolean isNew;
    lock.lock();
    try {
      batch = open.get(timeoutNanos);
      isNew = batch == null;
      if (isNew) {
        batch = new Batch(timeoutNanos);
        batch.pings.add(ping); // first: no other ping finds a batch that could not be filled
        open.put(batch.timeoutNanos, batch);
      } else {
        batch.pings.add(ping);
      }
    } finally {
      lock.unlock();
    }
    if (isNew) {
      plan(batch);
    } else if (!batch.isPlanned()) {
      send(batch);
    }
  }

  private void plan(Batch batch) {
    try {
      batch.sending = timer.schedule(() -> send(batch), batch.waitNanos, TimeUnit.NANOSECONDS);
    } catch (Throwable e) {
      send(batch);
    }
  }

  private void send(Batch batch) {
    lock.lock();
    try {
      if (batch.isSent) {
        return;
      }
      batch.isSent = true;
      open.remove(batch.timeoutNanos);
    } finally {
      lock.unlock();
    }
    List<CollectedPing> pings = batch.pings;
    List<CompletableFuture<Optional<Lease>>> answers;
    try {
      answers = ask(pings, Duration.ofNanos(batch.timeoutNanos - batch.waitNanos));
    } catch (Throwable e) {
      pings.forEach(ping -> settle(ping, null, e));
      return;
    }
    for (int i = 0; i < pings.size(); i++) {
      attach(pings.get(i), answers.get(i));
    }
  }

  private List<CompletableFuture<Optional<Lease>>> ask(
      List<CollectedPing> collected, Duration timeout) {
    if (collected.size() == 1) {
      LeasePing ping = collected.get(0).ping;
      return List.of(registry.pingAsync(ping.id(), ping.fence(), timeout));
    }
    List<LeasePing> pings = new ArrayList<>(collected.size());
    for (CollectedPing each : collected) {
      pings.add(each.ping);
    }
    List<CompletableFuture<Optional<Lease>>> answers = registry.pingAllAsync(pings, timeout);
    if (answers.size() != pings.size()) {
      throw new IllegalStateException(
          "the registry answered " + answers.size() + " of " + pings.size() + " pings");
    }
    return answers;
  }

  private static void attach(CollectedPing ping, CompletableFuture<Optional<Lease>> answer) {
    try {
      var unused = answer.whenComplete((lease, e) -> settle(ping, lease, e));
    } catch (Throwable e) {
      settle(ping, null, e);
    }
  }

  /** Completes a ping with its answer, whatever happens, even without memory. */
  private static <T> void settle(
      CompletableFuture<T> ping, @Nullable T answer, @Nullable Throwable failure) {
    try {
      if (failure == null) {
        ping.complete(answer);
      } else {
        ping.completeExceptionally(failure);
      }
    } catch (Throwable e) {
      ping.complete(null); // allocates nothing, and counts as a failure
    }
  }

  @Override
  public CompletableFuture<Lease> registerAsync(Registration registration, Duration timeout) {
    return registry.registerAsync(registration, timeout);
  }

  @Override
  public CompletableFuture<Optional<Service>> deregisterAsync(
      String id, Fence fence, Duration timeout) {
    return registry.deregisterAsync(id, fence, timeout);
  }
}
