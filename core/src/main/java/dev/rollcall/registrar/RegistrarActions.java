package dev.rollcall.registrar;

import dev.rollcall.Lease;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.Service;
import dev.rollcall.ServiceId;
import dev.rollcall.registrar.AsyncAdapters.BlockingAdapter;
import dev.rollcall.registrar.HeldLease.FencedId;
import dev.rollcall.registrar.RegistrarStateMachine.Action;
import dev.rollcall.spi.AsyncRegistry;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes the steps of a registration: asks its registry, or the service. Whatever those throw is in
 * the future.
 */
final class RegistrarActions {
  private final RegistrarSettings settings;
  private final RegistrarStateMachine machine;
  private final AsyncRegistry registry;
  private final @Nullable ReadinessCheck readiness;

  RegistrarActions(
      RegistrarSettings settings,
      RegistrarStateMachine machine,
      AsyncRegistry registry,
      Executor checks) {
    this.settings = settings;
    this.machine = machine;
    this.registry = registry;
    this.readiness =
        settings.registerWhen() == null
            ? null
            : new ReadinessCheck(settings.registerWhen(), checks);
  }

  /**
   * A step under way.
   *
   * <p>What follows is hung on the answer itself. The JDK makes a new exception for each stage
   * after a failed one; if that cannot be made, for want of memory, the stage never completes.
   *
   * @param answer completes with the registry's answer, or the service's
   * @param event takes the answer to the machine, at a nano time; throws if it makes no sense
   */
  record PendingAction<T>(CompletableFuture<T> answer, ObjLongConsumer<T> event) {}

  /** Takes a step; {@code sent} is the nano time now. */
  PendingAction<?> take(Action action, long sent) {
    return switch (action) {
      case CHECK ->
          new PendingAction<>(
              guarded(readiness::ask),
              (isReady, now) -> {
                if (!isReady) {
                  throw new IllegalStateException("the service is not ready yet");
                }
                machine.ready(now);
              });
      case REGISTER ->
          new PendingAction<>(
              guarded(
                  () -> registry.registerAsync(settings.registration(), machine.timeoutOf(action))),
              (lease, now) -> machine.registered(sensible(lease), sent, now));
      case PING -> {
        FencedId held = machine.heldLease().lastHeld();
        yield new PendingAction<>(
            guarded(() -> registry.pingAsync(held.id(), held.fence(), machine.timeoutOf(action))),
            (lease, now) ->
                machine.pinged(answered(lease).map(RegistrarActions::sensible), sent, now));
      }
      case NOTHING -> throw new IllegalArgumentException("nothing to do");
    };
  }

  /**
   * Returns whether a thread waits for the answer to a step, as for a registry that blocks. It
   * waits for as long as the registry takes: another call would only wait beside it.
   */
  boolean isWaitedFor(Action action) {
    if (action != Action.CHECK && registry instanceof BlockingAdapter waiting) {
      waiting.keepThread();
      return true;
    }
    return false;
  }

  /**
   * Returns a lease that can be one.
   *
   * @throws RegistryUnavailableException if it cannot: what answers so is no registry, or not well
   */
  private static Lease sensible(Lease lease) {
    Duration ttl = answered(lease).ttl();
    if (ttl.isNegative() || ttl.isZero()) {
      throw new RegistryUnavailableException(
          "the registry answered with a ttl of " + ttl, null, null);
    }
    if (!ServiceId.isValid(lease.id())) {
      throw new RegistryUnavailableException(
          "the registry answered with what is no service's id", null, null);
    }
    return lease;
  }

  private static <T> T answered(@Nullable T answer) {
    if (answer == null) {
      throw new RegistryUnavailableException("the registry answered nothing", null, null);
    }
    return answer;
  }

  CompletableFuture<Optional<Service>> deregister(FencedId held) {
    return guarded(() -> registry.deregisterAsync(held.id(), held.fence(), settings.timeout()));
  }

  /** Returns whether a thread waits for the answer to a deregistration. */
  boolean isDeregistrationWaitedFor() {
    return registry instanceof BlockingAdapter;
  }

  private static <T> CompletableFuture<T> guarded(Supplier<CompletableFuture<T>> call) {
    try {
      return Objects.requireNonNull(call.get(), "the registry answered null");
    } catch (Throwable e) { // a registry in another language may throw checked exceptions
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Returns what a call failed with; anything but an exception counts as a bug of the registry. */
  static RuntimeException reasonOf(Throwable failure) {
    Throwable reason =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return reason instanceof RuntimeException known
        ? known
        : new IllegalStateException("the registry threw " + described(reason), reason);
  }

  private static String described(Throwable reason) {
    try {
      return reason.toString();
    } catch (Throwable e) { // made by others, like its method
      return reason.getClass().getName();
    }
  }

  /**
   * Asks a service whether it is ready, until it says yes once. A check that hangs is not called
   * again before it has answered; whoever asks meanwhile waits for that answer.
   */
  private static final class ReadinessCheck {
    private final BooleanSupplier check;
    private final Executor threads;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile boolean ready;
    private volatile CompletableFuture<Boolean> answer = new CompletableFuture<>();

    ReadinessCheck(BooleanSupplier check, Executor threads) {
      this.check = check;
      this.threads = threads;
    }

    /**
     * Asks; whoever asked before and has no answer gets none. What the check throws, the answer
     * does. Throws what the executor throws if it takes nothing on; then asking again is of use.
     */
    CompletableFuture<Boolean> ask() {
      CompletableFuture<Boolean> asked = new CompletableFuture<>();
      // First set, then looked: a check that ends now sees whom to tell, or is seen to have ended.
      answer = asked;
      if (ready) {
        asked.complete(true);
      } else if (running.compareAndSet(false, true)) {
        boolean taken = false;
        try {
          threads.execute(this::run);
          taken = true;
        } finally {
          if (!taken) {
            running.set(false);
          }
        }
      }
      return asked;
    }

    private void run() {
      try {
        ready = check.getAsBoolean();
        running.set(false);
        answer.complete(ready);
      } catch (Throwable e) {
        running.set(false);
        answer.completeExceptionally(e);
      }
    }
  }
}
