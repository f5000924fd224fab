package dev.rollcall.registrar;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.spi.AsyncRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A stub registry whose answers can be held back. */
final class AsyncStubRegistry extends StubRegistry implements AsyncRegistry {
  final List<Duration> timeouts = new ArrayList<>();
  final List<Registration> registrations = new ArrayList<>();
  private CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

  /** Holds back the answers of the calls to come, until the gate is completed. */
  CompletableFuture<Void> hold() {
    gate = new CompletableFuture<>();
    return gate;
  }

  /** Answers the calls to come at once. */
  void holdNoMore() {
    gate = CompletableFuture.completedFuture(null);
  }

  private <T> CompletableFuture<T> answer(String call, Duration timeout, Supplier<T> answer) {
    calls.add(call);
    timeouts.add(timeout);
    CompletableFuture<T> future = new CompletableFuture<>();
    var unused =
        gate.thenRun(
            () -> {
              try {
                future.complete(answer.get());
              } catch (Throwable e) {
                future.completeExceptionally(e);
              }
            });
    return future;
  }

  @Override
  public CompletableFuture<Lease> registerAsync(Registration registration, Duration timeout) {
    registrations.add(registration);
    return answer(nameOf(registration), timeout, () -> registered(registration));
  }

  @Override
  public CompletableFuture<Optional<Lease>> pingAsync(String id, Fence fence, Duration timeout) {
    return answer(nameOf("ping", id, fence), timeout, () -> onPing.get());
  }

  @Override
  public CompletableFuture<Optional<Service>> deregisterAsync(
      String id, Fence fence, Duration timeout) {
    return answer(nameOf("deregister", id, fence), timeout, this::deregistered);
  }
}
