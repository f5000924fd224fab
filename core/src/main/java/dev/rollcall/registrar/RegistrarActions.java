package dev.rollcall.registrar;

import dev.rollcall.Lease;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.Service;
import dev.rollcall.ServiceId;
import dev.rollcall.registrar.AsyncAdapters.BlockingAdapter;
import dev.rollcall.registrar.HeldLease.FencedId;
import dev.rollcall.registrar.RegistrarStateMachine.Action;
import dev.rollcall.registrar.RegistrationUpdates.Sent;
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
 * Carries out the actions that the state machine decides on: asks the registry, or the service
 * whether it is ready. Whatever those throw is in the future.
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
   * An action under way.
   *
   * <p>What follows is attached to the answer itself, and not to a stage that depends on it. The
   * JDK creates a new exception for each stage after a failed one; if that is not possible, for
   * want of memory, the stage never completes.
   *
   * @param answer completes with the answer of the registry, or of the service
   * @param event hands the answer to the state machine, at a nano time; throws if the answer cannot
   *     be right
   */
  record PendingAction<T>(CompletableFuture<T> answer, ObjLongConsumer<T> event) {}

  /** Begins an action; {@code sent} is the nano time now. */
  PendingAction<?> begin(Action action, long sent) {
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
      case REGISTER -> {
        Sent what = machine.sent();
        yield new PendingAction<>(
            guarded(() -> registry.registerAsync(what.registration, machine.timeoutOf(action))),
            (lease, now) -> machine.registered(what, plausible(lease), sent, now));
      }
      case UPDATE -> {
        Sent what = machine.sent();
        yield new PendingAction<>(
            guarded(() -> registry.registerAsync(what.registration, machine.timeoutOf(action))),
            (lease, now) -> machine.updated(what, plausible(lease), sent, now));
      }
      case PING -> {
        FencedId target = machine.heldLease().pingTarget();
        yield new PendingAction<>(
            guarded(
                () -> registry.pingAsync(target.id(), target.fence(), machine.timeoutOf(action))),
            (lease, now) ->
                machine.pinged(nonNull(lease).map(RegistrarActions::plausible), sent, now));
      }
      case NOTHING -> throw new IllegalArgumentException("nothing to do");
    };
  }

  /** Returns whether a thread waits for each answer of the registry, for as long as that takes. */
  boolean isBlocking() {
    return registry instanceof BlockingAdapter;
  }

  /** Makes sure that there is a thread for a call of a registry that blocks. */
  void ensureThread() {
    if (registry instanceof BlockingAdapter adapter) {
      adapter.ensureThread();
    }
  }

  /**
   * Returns a lease that can be one.
   *
   * @throws RegistryUnavailableException if it cannot: what answered is no registry, or a broken
   *     one
   */
  private static Lease plausible(Lease lease) {
    Duration ttl = nonNull(lease).ttl();
    if (ttl.isNegative() || ttl.isZero()) {
      throw new RegistryUnavailableException(
          "the registry answered with a ttl of " + ttl, null, null);
    }
    if (!ServiceId.isValid(lease.id())) {
      throw new RegistryUnavailableException(
          "the registry answered with an id that no service can have", null, null);
    }
    return lease;
  }

  private static <T> T nonNull(@Nullable T answer) {
    if (answer == null) {
      throw new RegistryUnavailableException("the registry answered null", null, null);
    }
    return answer;
  }

  CompletableFuture<Optional<Service>> deregister(FencedId target) {
    return guarded(() -> registry.deregisterAsync(target.id(), target.fence(), settings.timeout()));
  }

  private static <T> CompletableFuture<T> guarded(Supplier<CompletableFuture<T>> call) {
    try {
      return Objects.requireNonNull(call.get(), "the registry answered null");
    } catch (Throwable e) { // a registry in another language may throw checked exceptions
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Returns what a call failed with. Anything but a {@link RuntimeException} is a bug of the
   * registry.
   */
  static RuntimeException reasonOf(Throwable failure) {
    Throwable reason =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return reason instanceof RuntimeException known
        ? known
        : new IllegalStateException("the registry threw " + describe(reason), reason);
  }

  private static String describe(Throwable reason) {
    try {
      return reason.toString();
    } catch (Throwable e) { // foreign code, which may throw
      return reason.getClass().getName();
    }
  }

  /**
   * Asks a service whether it is ready, until it says yes once. While a check hangs it is not
   * called again; whoever asks meanwhile gets the answer of that call.
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
     * Asks. The future of an earlier call that has no answer yet never completes. What the check
     * throws is in the future. Throws what the executor throws if it refuses the task; asking again
     * then helps.
     */
    CompletableFuture<Boolean> ask() {
      CompletableFuture<Boolean> asked = new CompletableFuture<>();
      // Set before the flag is read: a check that ends now either sees this future, or is seen to
      // have ended.
      answer = asked;
      if (ready) {
        asked.complete(true);
      } else if (running.compareAndSet(false, true)) {
        boolean accepted = false;
        try {
          threads.execute(this::run);
          accepted = true;
        } finally {
          if (!accepted) {
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
