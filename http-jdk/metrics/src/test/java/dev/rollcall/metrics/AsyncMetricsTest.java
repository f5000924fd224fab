package dev.rollcall.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.contract.StoreFixture;
import dev.rollcall.contract.control.AsyncStore;
import dev.rollcall.contract.control.AtomicStore;
import dev.rollcall.spi.AsyncTtlStore;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.TtlStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** An asynchronous call is counted and timed as the blocking one is. */
class AsyncMetricsTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AsyncTtlStore store =
      (AsyncTtlStore) RollcallMetrics.of(meters).measured(new FailingStore());

  /** Cannot be asked for one id. */
  private static final class FailingStore extends AsyncStore {
    FailingStore() {
      super(new AtomicStore(System::nanoTime, InstantSource.system()), Runnable::run);
    }

    @Override
    public CompletableFuture<Optional<Lease>> renewAsync(String id, Fence fence, Duration timeout) {
      return id.equals("down")
          ? CompletableFuture.failedFuture(new StoreUnavailableException("down", null, null))
          : super.renewAsync(id, fence, timeout);
    }
  }

  private double count(String name, String... tags) {
    return meters.get(name).tags(tags).counter().count();
  }

  private long calls(String operation) {
    return meters.get("rollcall.store").tags("operation", operation).timer().count();
  }

  @Test
  void eachCallIsCountedAndTimedAndToldAsItIs() {
    Claim claim = StoreFixture.aClaim("a");
    assertThat(store.putAsync(claim, TIMEOUT).join().id()).isEqualTo("a");
    Fence holder = StoreFixture.fenceOf(claim);
    assertThat(store.renewAsync("a", holder, TIMEOUT).join()).isPresent();
    assertThat(store.renewAsync("a", Fence.none(), TIMEOUT).join()).isPresent();
    assertThatThrownBy(store.renewAsync("a", Fence.of("another's"), TIMEOUT)::join)
        .hasCauseInstanceOf(LeaseSupersededException.class);
    assertThat(store.renewAsync("gone", Fence.none(), TIMEOUT).join()).isEmpty();
    assertThatThrownBy(store.renewAsync("down", Fence.none(), TIMEOUT)::join)
        .hasCauseInstanceOf(StoreUnavailableException.class);
    assertThat(store.removeAsync("a", holder, TIMEOUT).join()).isPresent();
    assertThat(store.removeAsync("a", holder, TIMEOUT).join()).isEmpty();

    assertThat(count("rollcall.registrations")).isEqualTo(1);
    assertThat(count("rollcall.pings")).isEqualTo(2);
    assertThat(count("rollcall.deregistrations")).isEqualTo(1);
    assertThat(calls("put")).isEqualTo(1);
    assertThat(calls("renew")).isEqualTo(5);
    assertThat(calls("remove")).isEqualTo(2);
    assertThat(count("rollcall.store.errors", "operation", "renew")).isEqualTo(1);
  }

  @Test
  void anUnavailableStoreBehindAnotherStageIsAnErrorToo() {
    AsyncTtlStore staged =
        (AsyncTtlStore)
            RollcallMetrics.of(meters)
                .measured(
                    new AsyncStore(
                        new AtomicStore(System::nanoTime, InstantSource.system()), Runnable::run) {
                      @Override
                      public CompletableFuture<Optional<Lease>> renewAsync(
                          String id, Fence fence, Duration timeout) {
                        return CompletableFuture.supplyAsync(
                            () -> {
                              throw new StoreUnavailableException("down", null, null);
                            },
                            Runnable::run);
                      }
                    });
    assertThatThrownBy(staged.renewAsync("a", Fence.none(), TIMEOUT)::join)
        .hasCauseInstanceOf(StoreUnavailableException.class);

    assertThat(count("rollcall.store.errors", "operation", "renew")).isEqualTo(1);
  }

  @Test
  void aMeasuredStoreIsAsynchronousOnlyIfTheStoreIs() {
    try (TtlStore memory =
        RollcallMetrics.of(new SimpleMeterRegistry()).measured(TtlStore.open("memory:"))) {
      assertThat(memory).isNotInstanceOf(AsyncTtlStore.class);
    }
  }
}
