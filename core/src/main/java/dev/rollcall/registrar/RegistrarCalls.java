package dev.rollcall.registrar;

import dev.rollcall.Lease;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.Service;
import dev.rollcall.ServiceId;
import dev.rollcall.registrar.Tenure.Holding;
import dev.rollcall.spi.AsyncRegistry;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes the steps of a registration: asks its registry, or the service. Whatever those throw is in
 * the future.
 */
final class RegistrarCalls {
  private final RegistrarSettings settings;
  private final RegistrarMachine machine;
  private final AsyncRegistry registry;
  private final @Nullable ReadinessCheck readiness;

  RegistrarCalls(
      RegistrarSettings settings,
      RegistrarMachine machine,
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
  record UnderWay<T>(CompletableFuture<T> answer, ObjLongConsumer<T> event) {}

  /** Takes a step; {@code sent} is the nano time now. */
  UnderWay<?> take(Step step, long sent) {
    return switch (step) {
      case CHECK ->
          new UnderWay<>(
              guarded(readiness::ask),
              (isReady, now) -> {
                if (!isReady) {
                  throw new IllegalStateException("the service is not ready yet");
                }
                machine.ready(now);
              });
      case REGISTER ->
          new UnderWay<>(
              guarded(
                  () -> registry.registerAsync(settings.registration(), machine.timeoutOf(step))),
              (lease, now) -> machine.registered(sensible(lease), sent, now));
      case PING -> {
        Holding held = machine.tenure().lastHeld();
        yield new UnderWay<>(
            guarded(() -> registry.pingAsync(held.id(), held.fence(), machine.timeoutOf(step))),
            (lease, now) ->
                machine.pinged(answered(lease).map(RegistrarCalls::sensible), sent, now));
      }
      case NOTHING -> throw new IllegalArgumentException("nothing to do");
    };
  }

  /**
   * Returns whether a thread waits for the answer to a step, as for a registry that blocks. It
   * waits for as long as the registry takes: another call would only wait beside it.
   */
  boolean isWaitedFor(Step step) {
    if (step != Step.CHECK && registry instanceof WaitingCalls waiting) {
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

  CompletableFuture<Optional<Service>> deregister(Holding held) {
    return guarded(() -> registry.deregisterAsync(held.id(), held.fence(), settings.timeout()));
  }

  /** Returns whether a thread waits for the answer to a deregistration. */
  boolean isDeregistrationWaitedFor() {
    return registry instanceof WaitingCalls;
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
}
