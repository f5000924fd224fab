package dev.rollcall.registrar;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.RegistryException;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.ManualExecutor;
import dev.rollcall.contract.control.AtomicStore;
import dev.rollcall.spi.AsyncRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A real registry behind a network that loses requests and answers, is slow, is cut for a while,
 * and a server that restarts empty.
 */
final class FaultyRegistry extends StubRegistry implements AsyncRegistry {
  private final ManualClock clock;
  private final ManualExecutor executor;
  private final RandomGenerator random;
  private ServiceRegistry real;
  private boolean cut;
  private boolean perfect;

  /** Whether a request that was given up may be carried out all the same. */
  boolean carriesOutLate;

  int underWay;

  FaultyRegistry(ManualClock clock, ManualExecutor executor, RandomGenerator random) {
    this.clock = clock;
    this.executor = executor;
    this.random = random;
    restart();
  }

  /** All services are gone. */
  void restart() {
    real = ServiceRegistry.over(new AtomicStore(clock, clock));
  }

  /** No request arrives, or all do. */
  void cut(boolean isCut) {
    cut = isCut;
  }

  /** From now on there is no fault. */
  void repair() {
    cut = false;
    perfect = true;
  }

  ServiceRegistry real() {
    return real;
  }

  private <T> CompletableFuture<T> call(Duration timeout, Supplier<T> effect) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    underWay++;
    long patience = timeout.toMillis();
    long late = carriesOutLate && !perfect && random.nextInt(10) == 0 ? patience : 0;
    long there = perfect ? 1 : late + random.nextLong(1, random.nextInt(10) == 0 ? patience : 100);
    long back = perfect ? 1 : random.nextLong(1, random.nextInt(10) == 0 ? 2 * patience : 100);
    boolean lost = cut || (!perfect && random.nextInt(20) == 0);
    boolean refused = lost && random.nextBoolean();
    if (refused) {
      long told = Math.min(there, patience); // the client waits no longer
      after(told, () -> fail(answer, new RegistryUnavailableException("refused", null, null)));
      return answer;
    }
    after(patience, () -> fail(answer, new RegistryUnavailableException("no answer", null, null)));
    if (!lost) {
      after(there, () -> arrive(answer, back, effect));
    }
    return answer;
  }

  private <T> void arrive(CompletableFuture<T> answer, long backMillis, Supplier<T> effect) {
    if (answer.isDone() && !carriesOutLate) {
      return; // the connection was given up: what it carried is gone
    }
    Runnable outcome;
    try {
      if (!perfect && random.nextInt(20) == 0) {
        throw new StoreUnavailableException("busy", null, Duration.ofSeconds(random.nextInt(60)));
      }
      T value = effect.get();
      outcome = () -> finish(answer, () -> answer.complete(value));
    } catch (RegistryException e) {
      outcome = () -> fail(answer, e);
    }
    if (perfect || random.nextInt(20) != 0) { // or the answer is lost
      after(backMillis, outcome);
    }
  }

  private void fail(CompletableFuture<?> answer, RuntimeException e) {
    finish(answer, () -> answer.completeExceptionally(e));
  }

  private void finish(CompletableFuture<?> answer, Runnable completion) {
    if (!answer.isDone()) {
      underWay--;
      completion.run();
    }
  }

  private void after(long millis, Runnable event) {
    var unused = executor.schedule(event, millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public CompletableFuture<Lease> registerAsync(Registration registration, Duration timeout) {
    calls.add("register");
    return call(timeout, () -> real.register(registration));
  }

  @Override
  public CompletableFuture<Optional<Lease>> pingAsync(String id, Fence fence, Duration timeout) {
    calls.add("ping");
    return call(timeout, () -> real.ping(id, fence));
  }

  @Override
  public CompletableFuture<Optional<Service>> deregisterAsync(
      String id, Fence fence, Duration timeout) {
    calls.add("deregister");
    return call(timeout, () -> real.deregister(id, fence));
  }

  /** Returns what is registered. */
  List<Service> services() {
    return real.list();
  }
}
