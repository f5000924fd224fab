package dev.rollcall;

import dev.rollcall.Tenure.Holding;
import dev.rollcall.spi.AsyncRegistry;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/** Takes the steps of a registration: asks its registry, or the service. No method throws. */
final class RegistrarCalls {
  private final RegistrarSettings settings;
  private final RegistrarMachine machine;
  private final AsyncRegistry registry;
  private final Executor callbacks;

  RegistrarCalls(
      RegistrarSettings settings,
      RegistrarMachine machine,
      AsyncRegistry registry,
      Executor callbacks) {
    this.settings = settings;
    this.machine = machine;
    this.registry = registry;
    this.callbacks = callbacks;
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
              case CHECK -> CompletableFuture.supplyAsync(this::checkReady, callbacks);
              case REGISTER ->
                  registry
                      .registerAsync(settings.registration(), machine.timeoutOf(step))
                      .thenApply(lease -> now -> machine.registered(lease, sent, now));
              case PING -> {
                Holding held = machine.tenure().lastHeld();
                yield registry
                    .pingAsync(held.id(), held.fence(), machine.timeoutOf(step))
                    .thenApply(lease -> now -> machine.pinged(lease, sent, now));
              }
              case NOTHING -> throw new IllegalArgumentException("nothing to do");
            });
  }

  private LongConsumer checkReady() {
    if (!settings.registerWhen().getAsBoolean()) {
      throw new IllegalStateException("the service is not ready yet");
    }
    return machine::ready;
  }

  CompletableFuture<Optional<Service>> deregister(Holding held) {
    return guarded(() -> registry.deregisterAsync(held.id(), held.fence(), settings.timeout()));
  }

  private static <T> CompletableFuture<T> guarded(Supplier<CompletableFuture<T>> call) {
    try {
      return call.get();
    } catch (RuntimeException | Error e) {
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
