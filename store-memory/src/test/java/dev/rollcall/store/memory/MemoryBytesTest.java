package dev.rollcall.store.memory;

import static dev.rollcall.contract.StoreFixture.aClaim;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Fence;
import dev.rollcall.Registration;
import dev.rollcall.RegistryFullException;
import dev.rollcall.Service;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.ManualExecutor;
import dev.rollcall.contract.Race;
import dev.rollcall.spi.Claim;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bound on the heap that services take. */
class MemoryBytesTest {
  private static final Duration TTL = Duration.ofSeconds(30);
  private static final Duration TWO_SECONDS = Duration.ofSeconds(2);
  private static final long MAX = 10_000;

  private final Locale locale = Locale.getDefault();
  private final ManualClock clock = new ManualClock();
  private final ManualExecutor executor = new ManualExecutor(clock);
  private final MemoryTtlStore store = builder().maxBytes(MAX).build();

  @AfterEach
  void close() {
    store.close();
    Locale.setDefault(locale);
  }

  private MemoryTtlStore.Builder builder() {
    return MemoryTtlStore.builder().nanoTime(clock).wallClock(clock).executor(executor);
  }

  private static Claim aClaimOf(String id, int characters) {
    return aClaim(
        Registration.builder("http://h")
            .id(id)
            .info(Map.of("text", "x".repeat(characters)))
            .build(),
        TTL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"en", "ar-EG-u-nu-arab", "tr"})
  void beyondTheBoundARegistrationIsRefusedAndTheMessageSaysWhatToDo(String language) {
    Locale.setDefault(Locale.forLanguageTag(language));
    store.put(aClaimOf("a", 8_000));
    long held = store.bytes();

    assertThatThrownBy(() -> store.put(aClaimOf("b", 2_000)))
        .isInstanceOf(RegistryFullException.class)
        .hasMessageMatching(
            "'b' was not registered: it takes 2[0-9]{3} bytes of heap, and the store holds "
                + held
                + " of its maximum of 10000; deregister services, register less info, or raise"
                + " max-bytes");
    assertThat(store.list()).extracting(Service::id).containsExactly("a");
    assertThat(store.bytes()).isEqualTo(held);
    assertThat(store.held()).isEqualTo(1);
  }

  @Test
  void aLiveServiceMayRegisterAgainWithNoMoreThanItHasHoweverFullTheStoreIs() {
    store.put(aClaimOf("a", 4_000));
    store.put(aClaimOf("b", 4_000));
    fill();
    long full = store.bytes();

    store.put(aClaimOf("a", 4_000));
    assertThat(store.bytes()).isEqualTo(full);
    store.put(aClaimOf("a", 2_000));
    assertThat(store.bytes()).isEqualTo(full - 2_000);
    store.put(aClaimOf("a", 3_992)); // back into the room that there is
    assertThatThrownBy(() -> store.put(aClaimOf("b", 6_000)))
        .isInstanceOf(RegistryFullException.class);
    assertThat(store.find("b").orElseThrow().info().toString()).hasSizeLessThan(4_100);
  }

  private void fill() {
    for (int i = 0; ; i++) {
      try {
        store.put(aClaim("small-" + i));
      } catch (RegistryFullException e) {
        return;
      }
    }
  }

  @Test
  void aRefusedReplacementLeavesTheLiveServiceAndItsLease() {
    Claim claim = aClaimOf("a", 1_000);
    store.put(claim);

    assertThatThrownBy(() -> store.put(aClaimOf("a", 20_000)))
        .isInstanceOf(RegistryFullException.class);

    assertThat(store.renew("a", Fence.of(claim.leaseId().toString()))).isPresent();
  }

  @Test
  void whatIsRemovedExpiresOrIsReplacedGivesItsBytesBack() {
    store.put(aClaimOf("removed", 9_000));
    store.remove("removed", Fence.none());
    assertThat(store.bytes()).isZero();

    store.put(aClaimOf("read", 9_000));
    clock.advance(TTL);
    assertThat(store.find("read")).isEmpty();
    assertThat(store.bytes()).isZero();

    store.put(aClaimOf("swept", 9_000));
    executor.elapse(TTL.plus(TWO_SECONDS));
    assertThat(store.bytes()).isZero();

    store.put(aClaimOf("in-the-way", 9_000));
    clock.advance(TTL); // no sweep runs
    store.put(aClaimOf("next", 9_000));
    store.put(aClaimOf("next", 1_000));
    assertThat(store.bytes()).isBetween(1_000L, 1_600L);
  }

  @Test
  void whateverRacesNoByteIsLostOrCountedTwice() {
    Callable<Boolean> register =
        () -> {
          store.put(aClaimOf(anId(), (int) (System.nanoTime() & 2_047)));
          return true;
        };
    Callable<Boolean> registerMore =
        () -> {
          store.put(aClaimOf(anId(), 4_000));
          return true;
        };
    Callable<Boolean> remove = () -> store.remove(anId(), Fence.none()).isPresent();
    Callable<Boolean> expire =
        () -> {
          clock.advance(TTL.dividedBy(2));
          boolean found = store.find("1").isPresent();
          return store.list().isEmpty() && !found;
        };
    Callable<Boolean> sweep =
        () -> {
          executor.elapse(TWO_SECONDS);
          return true;
        };

    try (Race race = new Race()) {
      for (int round = 0; round < 5_000; round++) {
        race.run(register, registerMore, remove, expire, registerMore, sweep)
            .forEach(outcome -> outcome.threw(RegistryFullException.class));
        assertThat(store.bytes()).isBetween(0L, MAX);
      }
    }
    executor.elapse(TTL.plus(TWO_SECONDS));

    assertThat(store.bytes()).isZero();
    assertThat(store.held()).isZero();
    executor.elapse(Duration.ofMinutes(3)); // a turn of the ring
    assertThat(store.linked()).isZero();
  }

  private static String anId() {
    return String.valueOf(1 + (int) (System.nanoTime() & 1));
  }

  @Test
  void theBoundIsExactUnderThreads() {
    Callable<Boolean> third =
        () -> {
          store.put(aClaimOf("t" + Thread.currentThread().getId(), 2_600));
          return true;
        };
    try (Race race = new Race()) {
      for (int round = 0; round < 1_000; round++) {
        race.run(third, third, third, third)
            .forEach(outcome -> outcome.threw(RegistryFullException.class));
        assertThat(store.held()).isEqualTo(3);
        store.list().forEach(service -> store.remove(service.id(), Fence.none()));
        assertThat(store.bytes()).isZero();
      }
    }
  }
}
