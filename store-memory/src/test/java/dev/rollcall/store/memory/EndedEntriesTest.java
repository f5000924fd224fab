package dev.rollcall.store.memory;

import static dev.rollcall.contract.StoreFixture.aClaim;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Fence;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.ManualExecutor;
import dev.rollcall.contract.Race;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Entries that ended before their time are never many beside the live ones, sweep or no sweep. */
class EndedEntriesTest {
  private static final int REGISTRATIONS = 50_000;
  private static final int FEW = ExpiryWheel.FEW_ENDED;

  private final ManualClock clock = new ManualClock();
  private final ManualExecutor executor = new ManualExecutor(clock);
  private final MemoryTtlStore store =
      MemoryTtlStore.builder().nanoTime(clock).wallClock(clock).executor(executor).build();

  @AfterEach
  void close() {
    store.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 30, 86_400})
  void ofOneIdThatRegistersAgainAndAgain(long ttlSeconds) {
    Duration ttl = Duration.ofSeconds(ttlSeconds);
    for (int i = 0; i < REGISTRATIONS; i++) {
      store.put(aClaim("a", ttl));
      assertThat(store.linked()).isLessThanOrEqualTo(2 + FEW);
    }
    assertThat(store.find("a")).isPresent();
    executor.elapse(ttl.plusSeconds(2));
    assertThat(store.held()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, REGISTRATIONS})
  void ofIdsThatRegisterAndDeregister(int ids) {
    for (int i = 0; i < REGISTRATIONS; i++) {
      String id = "s" + i % ids;
      store.put(aClaim(id, Duration.ofDays(1)));
      assertThat(store.remove(id, Fence.none())).isPresent();
      assertThat(store.linked()).isLessThanOrEqualTo(2 + FEW);
    }
  }

  @Test
  void ofAFleetThatRegistersAgainAndAgainAndItsLiveOnesStillExpire() {
    int fleet = 2_000;
    for (int i = 0; i < REGISTRATIONS; i++) {
      store.put(aClaim("s" + i % fleet, Duration.ofSeconds(1 + i % 300)));
      assertThat(store.linked()).isLessThanOrEqualTo(2 * fleet + FEW);
    }
    assertThat(store.list()).hasSize(fleet);
    executor.elapse(Duration.ofSeconds(302));
    assertThat(store.held()).isZero();
  }

  @Test
  void underThreadsNoneIsLostFromTheWheel() {
    Callable<Boolean> churn =
        () -> {
          String name = Thread.currentThread().getId() + "-";
          for (int i = 0; i < 500; i++) {
            store.put(aClaim(name + i % 3, Duration.ofSeconds(1 + i)));
          }
          return true;
        };
    Callable<Boolean> sweep =
        () -> {
          executor.elapse(Duration.ofSeconds(1));
          return true;
        };
    try (Race race = new Race()) {
      for (int round = 0; round < 50; round++) {
        race.run(churn, churn, churn, sweep).forEach(Race.Outcome::get);
      }
    }
    assertThat(store.linked()).isLessThanOrEqualTo(2 * store.held() + FEW);
    executor.elapse(Duration.ofSeconds(700));
    assertThat(store.held()).isZero();
    assertThat(store.linked()).isZero();
  }
}
