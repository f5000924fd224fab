package dev.rollcall;

import dev.rollcall.Tenure.Holding;
import dev.rollcall.spi.AsyncRegistry;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
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
  private final Keepalive keepalive;
  private final @Nullable ReadinessCheck readiness;

  RegistrarCalls(
      RegistrarSettings settings,
      RegistrarMachine machine,
      AsyncRegistry registry,
      Keepalive keepalive) {
    this.settings = settings;
    this.machine = machine;
    this.registry = registry;
    this.keepalive = keepalive;
    this.readiness =
        settings.registerWhen() == null
            ? null
            : new ReadinessCheck(settings.registerWhen(), keepalive.checks());
  }

  /**
   * Takes a step.
   *
   * @param sent the nano time now
   * @return the event that the step ends with, for the machine; or why it failed
   */
  CompletableFuture<LongConsumer> take(Step step, long sent) {
    return guarded(
        () ->
            switch (step) {
              case CHECK -> checkReady();
              case REGISTER ->
                  registry
                      .registerAsync(settings.registration(), machine.timeoutOf(step))
                      .thenApply(
                          answer -> {
                            Lease lease = sensible(answer);
                            return now -> machine.registered(lease, sent, now);
                          });
              case PING -> {
                Holding held = machine.tenure().lastHeld();
                yield registry
                    .pingAsync(held.id(), held.fence(), machine.timeoutOf(step))
                    .thenApply(
                        answer -> {
                          Optional<Lease> lease = answered(answer).map(RegistrarCalls::sensible);
                          return now -> machine.pinged(lease, sent, now);
                        });
              }
              case NOTHING -> throw new IllegalArgumentException("nothing to do");
            });
  }

  /**
   * Returns a lease that can be one.
   *
   * @throws RegistryUnavailableException if it cannot: what answers so is no registry, or not well
   */
  private static Lease sensible(Lease lease) {
    Duration ttl = answered(lease).ttl();
    if (ttl.isNegative() || ttl.isZero()) {
      throw new RegistryUnavailableException("the registry answered with a ttl of " + ttl);
    }
    if (!ServiceId.isValid(lease.id())) {
      throw new RegistryUnavailableException("the registry answered with what is no service's id");
    }
    return lease;
  }

  private static <T> T answered(@Nullable T answer) {
    if (answer == null) {
      throw new RegistryUnavailableException("the registry answered nothing");
    }
    return answer;
  }

  private CompletableFuture<LongConsumer> checkReady() {
    CompletableFuture<Boolean> answer = readiness.ask();
    Future<?> limit =
        keepalive.schedule(
            settings.timeout().toNanos(),
            () ->
                answer.completeExceptionally(
                    new IllegalStateException(
                        "registerWhen has not answered within " + settings.timeout())));
    return answer
        .whenComplete((isReady, e) -> limit.cancel(false))
        .thenApply(
            isReady -> {
              if (!isReady) {
                throw new IllegalStateException("the service is not ready yet");
              }
              return machine::ready;
            });
  }

  CompletableFuture<Optional<Service>> deregister(Holding held) {
    return guarded(() -> registry.deregisterAsync(held.id(), held.fence(), settings.timeout()));
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
        : new IllegalStateException("the registry threw " + reason, reason);
  }
}
