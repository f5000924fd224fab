package dev.rollcall;

import static dev.rollcall.contract.RegistryFixture.aService;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.contract.Samples;
import dev.rollcall.contract.control.AsyncStore;
import dev.rollcall.contract.control.AtomicStore;
import dev.rollcall.spi.AsyncRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The asynchronous calls of the registry over a store that has them. */
class AsyncStoreRegistryTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final Queue<Runnable> asked = new ArrayDeque<>();
  private final AtomicStore store = new AtomicStore(System::nanoTime, InstantSource.system());
  private final ServiceRegistry registry = ServiceRegistry.over(new AsyncStore(store, asked::add));
  private final AsyncRegistry calls = (AsyncRegistry) registry;

  private <T> T answered(CompletableFuture<T> call) {
    assertThat(call).isNotDone();
    asked.remove().run();
    return call.join();
  }

  @Test
  void onlyTheRegistryOverAnAsynchronousStoreIsAsynchronous() {
    assertThat(ServiceRegistry.over(store)).isNotInstanceOf(AsyncRegistry.class);
    assertThat(registry).isInstanceOf(AsyncRegistry.class).isInstanceOf(StoreRegistry.class);
  }

  @Test
  void eachCallComesToWhatTheBlockingOneWould() {
    Lease lease = answered(calls.registerAsync(aService("a").build(), TIMEOUT));
    Fence holder = Fence.of(lease.leaseId().orElseThrow());
    assertThat(registry.find("a")).isPresent();
    assertThat(lease.ttl()).isEqualTo(Duration.ofSeconds(30));

    assertThat(answered(calls.pingAsync("a", holder, TIMEOUT)).orElseThrow().leaseId())
        .isEqualTo(lease.leaseId());
    assertThatThrownBy(() -> answered(calls.pingAsync("a", Fence.of("other"), TIMEOUT)))
        .hasCauseInstanceOf(LeaseSupersededException.class);
    assertThat(answered(calls.pingAsync("b", Fence.none(), TIMEOUT))).isEmpty();

    assertThat(answered(calls.deregisterAsync("a", holder, TIMEOUT)).orElseThrow().id())
        .isEqualTo("a");
    assertThat(registry.find("a")).isEmpty();
    assertThat(answered(calls.deregisterAsync("a", holder, TIMEOUT))).isEmpty();
  }

  @Test
  void aRegistrationWithoutAnIdGetsOne() {
    Lease lease = answered(calls.registerAsync(Registration.builder("http://h").build(), TIMEOUT));

    assertThat(registry.find(lease.id())).isPresent();
  }

  @Test
  void anIdThatNoServiceCanHaveNeverReachesTheStore() {
    assertThat(Samples.badIds())
        .isNotEmpty()
        .allSatisfy(
            id -> {
              assertThat(calls.pingAsync(id, Fence.none(), TIMEOUT).join()).isEmpty();
              assertThat(calls.deregisterAsync(id, Fence.none(), TIMEOUT).join()).isEmpty();
            });
    assertThat(asked).isEmpty();
  }

  @Test
  void aClosedRegistryAsksNothingAndSaysSoInTheFuture() {
    registry.close();

    assertThatThrownBy(calls.pingAsync("no id!", Fence.none(), TIMEOUT)::join)
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThatThrownBy(calls.deregisterAsync("a", Fence.none(), TIMEOUT)::join)
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThatThrownBy(calls.registerAsync(aService("a").build(), TIMEOUT)::join)
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThat(asked).isEmpty();
  }
}
