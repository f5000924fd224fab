package dev.rollcall.store.memory;

import static dev.rollcall.contract.StoreFixture.aClaim;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Fence;
import dev.rollcall.RegistryFullException;
import dev.rollcall.Service;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.ManualExecutor;
import dev.rollcall.contract.Race;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Memory: what comes back, how much there may be, and whose clock counts. */
class MemoryBoundsTest {
  private static final Duration TTL = Duration.ofSeconds(30);
  private static final Duration TWO_SECONDS = Duration.ofSeconds(2);

  private final ManualClock clock = new ManualClock();
  private final ManualExecutor executor = new ManualExecutor(clock);

  private MemoryTtlStore.Builder builder() {
    return MemoryTtlStore.builder().nanoTime(clock).wallClock(clock).executor(executor);
  }

  @Test
  void theMemoryOfTheExpiredComesBackWithoutARead() {
    MemoryTtlStore store = builder().build();
    for (long seconds : new long[] {1, 30, 136, 137, 138, 600, 86_400}) {
      store.put(aClaim("a", Duration.ofSeconds(seconds)));
      executor.elapse(Duration.ofSeconds(seconds).minusMillis(1));
      assertThat(store.held()).as("before %d s", seconds).isEqualTo(1);
      executor.elapse(TWO_SECONDS);
      assertThat(store.held()).as("after %d s", seconds).isZero();
    }
  }

  @Test
  void whatExpiresIsCountedOnceHoweverItIsFoundOutAndWhatIsRemovedNever() {
    MemoryTtlStore store = builder().build();
    List.of("swept", "read", "replaced", "removed").forEach(id -> store.put(aClaim(id)));
    store.remove("removed", Fence.none());
    assertThat(store.expired()).hasValue(0);

    clock.advance(TTL);
    assertThat(store.find("read")).isEmpty();
    assertThat(store.find("read")).isEmpty();
    store.put(aClaim("replaced"));
    executor.elapse(TWO_SECONDS);

    assertThat(store.expired()).hasValue(3);
    assertThat(store.held()).isEqualTo(1);
  }

  @Test
  void whatIsPingedOutlivesTheSweepsAndIsSweptInTheEnd() {
    MemoryTtlStore store = builder().build();
    store.put(aClaim("a"));
    for (int i = 0; i < 50; i++) {
      executor.elapse(Duration.ofSeconds(29));
      assertThat(store.renew("a", Fence.none())).isPresent();
    }
    executor.elapse(TTL.plus(TWO_SECONDS));
    assertThat(store.held()).isZero();
  }

  @Test
  void aLongPauseOfTheSweepLeavesNothingBehind() {
    MemoryTtlStore store = builder().build();
    IntStream.range(0, 1_000)
        .forEach(i -> store.put(aClaim("s" + i, Duration.ofSeconds(1 + i % 300))));
    clock.advance(Duration.ofDays(3));
    executor.elapse(TWO_SECONDS);

    assertThat(store.held()).isZero();
  }

  @Test
  void anErrorOfTheWallClockEndsNoSweep() {
    boolean[] failing = {false};
    InstantSource wallClock =
        () -> {
          if (failing[0]) {
            throw new StackOverflowError("of the test");
          }
          return clock.instant();
        };
    MemoryTtlStore store = builder().wallClock(wallClock).build();
    store.put(aClaim("a"));
    failing[0] = true;
    executor.elapse(TTL.plus(TWO_SECONDS));

    assertThat(store.held()).isZero();
  }

  @Test
  void beyondTheBoundARegistrationIsRefusedAndNobodyEvicted() {
    MemoryTtlStore store = builder().maxServices(2).build();
    store.put(aClaim("a"));
    store.put(aClaim("b"));

    assertThatThrownBy(() -> store.put(aClaim("c")))
        .isInstanceOf(RegistryFullException.class)
        .hasMessage(
            "'c' was not registered: the store holds its maximum of 2 services; deregister some, or"
                + " raise max-services");
    assertThat(store.list()).extracting(Service::id).containsExactlyInAnyOrder("a", "b");
    assertThat(store.put(aClaim("a")).id()).isEqualTo("a"); // who is in may register again
  }

  @Test
  void thereIsRoomAgainAfterARemovalAndAtOnceAfterAnExpiry() {
    MemoryTtlStore store = builder().maxServices(1).build();
    store.put(aClaim("a"));
    store.remove("a", Fence.none());
    store.put(aClaim("b"));
    clock.advance(TTL); // no sweep runs

    assertThat(store.put(aClaim("c")).id()).isEqualTo("c");
  }

  @Test
  void theBoundIsExactUnderThreads() {
    try (Race race = new Race()) {
      for (int round = 0; round < 500; round++) {
        MemoryTtlStore store = builder().maxServices(3).build();
        Callable<Boolean> two =
            () -> {
              String name = Thread.currentThread().hashCode() + "-";
              store.put(aClaim(name + 1));
              store.put(aClaim(name + 2));
              return true;
            };
        race.run(two, two, two).forEach(outcome -> outcome.threw(RegistryFullException.class));
        assertThat(store.list()).hasSize(3);
        assertThat(store.held()).isEqualTo(3);
        store.close();
      }
    }
  }

  @Test
  void aStepOfTheWallClockMovesDatesAndNoDeadline() {
    MemoryTtlStore store = builder().build();
    store.put(aClaim("a"));
    for (Duration step : new Duration[] {Duration.ofDays(400), Duration.ofDays(-800)}) {
      clock.stepWall(step);
      executor.elapse(TWO_SECONDS);
      assertThat(store.find("a")).isPresent();
      Instant end = store.find("a").orElseThrow().expiresAt();
      assertThat(end).isBetween(clock.instant(), clock.instant().plus(TTL));
    }
    clock.advance(TTL.minusSeconds(4));
    assertThat(store.find("a")).isEmpty();
  }

  @Test
  void closingLeavesTheExecutorItWasGiven() {
    MemoryTtlStore store = builder().build();
    store.close();
    store.close();

    assertThat(executor.isShutdown()).isFalse();
    assertThat(executor.waiting()).isZero();
  }

  @Test
  void aSettingOutOfBoundsIsRefusedAtOnce() {
    MemoryTtlStore.Builder builder = builder();

    assertThatIllegalArgumentException().isThrownBy(() -> builder.maxServices(0));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.maxBytes(0));
    assertThatNullPointerException().isThrownBy(() -> builder.nanoTime(null));
    assertThatNullPointerException().isThrownBy(() -> builder.wallClock(null));
    assertThatNullPointerException().isThrownBy(() -> builder.executor(null));
  }
}
