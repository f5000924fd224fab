package dev.rollcall.store.memory;

import static dev.rollcall.contract.StoreFixture.aClaim;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Fence;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.ManualExecutor;
import dev.rollcall.contract.Race;
import dev.rollcall.history.EventQuery;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.history.ServiceMark;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How much of what happened is kept, and for how long. */
class HistoryBoundsTest {
  private static final Duration TTL = Duration.ofSeconds(30);
  private static final Duration TWO_SECONDS = Duration.ofSeconds(2);

  private final ManualClock clock = new ManualClock();
  private final ManualExecutor executor = new ManualExecutor(clock);
  private final MemoryTtlStore store = builder().build();

  private MemoryTtlStore.Builder builder() {
    return MemoryTtlStore.builder().nanoTime(clock).wallClock(clock).executor(executor);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void comeAndGo(MemoryTtlStore to, String id, String url) {
    to.put(aClaim(Registration.builder(url).id(id).build(), TTL));
    to.remove(id, Fence.none());
  }

  @Test
  void anIdThatComesAndGoesAMillionTimesKeepsItsBound() {
    for (int i = 0; i < 1_000_000; i++) {
      comeAndGo(store, "a", "http://host");
    }

    assertThat(store.history().orElseThrow().of("a")).hasSize(PastEvents.MAX_EVENTS);
    assertThat(store.gone()).isEqualTo(1);
    assertThat(store.historyBytes()).isLessThan(2 * 4_096);
    assertThat(store.bytes()).isZero();
  }

  private void isRefused(MemoryTtlStore by, String id, String lease) {
    assertThatThrownBy(() -> by.renew(id, Fence.of(lease)))
        .isInstanceOf(LeaseSupersededException.class);
  }

  @Test
  void aMillionRefusedCallsAreOneEventAndKeepTheBound() {
    String old = store.put(aClaim("a")).leaseId().orElseThrow();
    store.put(aClaim("a"));
    isRefused(store, "a", old);
    long bytes = store.historyBytes();
    int refused = 0;
    for (int i = 0; i < 1_000_000; i++) {
      try {
        store.renew("a", i % 2 == 0 ? Fence.of(old) : Fence.of("no lease " + i));
      } catch (LeaseSupersededException e) {
        refused++;
      }
    }

    assertThat(refused).isEqualTo(1_000_000);
    assertThat(store.historyBytes()).isEqualTo(bytes).isLessThan(1_000);
    assertThat(store.history().orElseThrow().of("a")).hasSize(3);
    assertThat(store.history().orElseThrow().of("a").get(0).count()).hasValue(1_000_001);
    store.remove("a", Fence.none());
    clock.advance(Duration.ofDays(2));
    executor.elapse(TWO_SECONDS);
    assertThat(store.historyBytes()).isZero();
  }

  @Test
  void refusalsOfManyHoldersAndClientsKeepTheBoundOfAnId() {
    String old = store.put(aClaim("a")).leaseId().orElseThrow();
    for (int i = 0; i < 1_000; i++) {
      store.put(aClaim(Registration.builder("http://h" + i).id("a").name("n" + i).build(), TTL));
      for (int j = 0; j < 3; j++) {
        String client = "\u8336".repeat(i % 100) + j;
        assertThatThrownBy(() -> store.remove("a", Fence.of(old), client))
            .isInstanceOf(LeaseSupersededException.class);
      }
      assertThat(store.historyBytes()).isBetween(1L, 4_096L);
    }

    var events = store.history().orElseThrow().of("a");
    assertThat(events.size()).isBetween(3, PastEvents.MAX_EVENTS);
    assertThat(events.get(0).client().orElseThrow()).endsWith("2");
    assertThat(events.get(0).count()).hasValue(3);
    assertThat(events.get(0).name()).isEqualTo("n999");
    assertThat(events.get(1).url()).contains("http://h999");
    assertThatThrownBy(() -> store.remove("a", Fence.of(old), "x".repeat(101)))
        .isInstanceOf(LeaseSupersededException.class);
    assertThat(store.history().orElseThrow().of("a").get(0).client()).isEmpty();
  }

  @Test
  void anAddressThatIsTheSameObjectAsAUrlIsCountedLikeAnother() {
    try (MemoryTtlStore other = builder().build()) {
      for (int i = 10; i < 100; i++) {
        String url = "http://host-" + i;
        refuseAndGo(store, url, url);
        refuseAndGo(other, url, String.valueOf(url.toCharArray()));
      }

      assertThat(store.historyBytes()).isEqualTo(other.historyBytes()).isGreaterThan(1_000);
    }
  }

  private void refuseAndGo(MemoryTtlStore in, String url, String client) {
    in.put(aClaim(Registration.builder(url).id("a").build(), TTL));
    assertThatThrownBy(() -> in.remove("a", Fence.of("no lease"), client))
        .isInstanceOf(LeaseSupersededException.class);
    in.remove("a", Fence.none(), client);
  }

  @Test
  void theNewestSixteenEventsAreShownRefusalsAmongThem() {
    String old = store.put(aClaim("a")).leaseId().orElseThrow();
    for (int i = 0; i < 30; i++) {
      store.put(aClaim("a"));
      isRefused(store, "a", old);
      var live = store.history().orElseThrow().of("a");
      assertThat(live).hasSize(Math.min(PastEvents.MAX_EVENTS, 3 + 2 * i));
      for (int j = 0; j < Math.min(live.size(), 1 + 2 * i); j++) {
        assertThat(live.get(j).type())
            .isEqualTo(j % 2 == 0 ? ServiceEvent.Type.REFUSED : ServiceEvent.Type.SUPERSEDED);
      }
    }
    store.remove("a", Fence.none());
    assertThat(store.history().orElseThrow().of("a"))
        .hasSize(PastEvents.MAX_EVENTS)
        .extracting(ServiceEvent::type)
        .startsWith(
            ServiceEvent.Type.DEREGISTERED,
            ServiceEvent.Type.REFUSED,
            ServiceEvent.Type.SUPERSEDED,
            ServiceEvent.Type.REFUSED);
  }

  @Test
  void withoutRoomForARefusalTheCallIsRefusedAndNothingElseIsForgotten() {
    try (MemoryTtlStore small = builder().maxBytes(4_800).build()) {
      String old = small.put(aClaim("a")).leaseId().orElseThrow();
      small.put(aClaim("a"));
      for (int i = 0; i < 10; i++) {
        isRefused(small, "a", old);
        assertThat(small.historyBytes()).isBetween(1L, 300L);
        assertThat(small.history().orElseThrow().of("a"))
            .extracting(ServiceEvent::type)
            .containsExactly(ServiceEvent.Type.SUPERSEDED, ServiceEvent.Type.REGISTERED);
      }
    }
  }

  @Test
  void aServiceThatHasRefusedNothingTakesNothingOfTheHistory() {
    String lease = store.put(aClaim("a")).leaseId().orElseThrow();
    store.renew("a", Fence.of(lease));
    store.renew("a", Fence.none());
    store.renew("b", Fence.of(lease));
    assertThat(store.historyBytes()).isZero();
  }

  @Test
  void longUrlsLeaveFewerEventsOfAnId() {
    for (int i = 0; i < 100; i++) {
      comeAndGo(store, "a", "http://host/" + "x".repeat(1_500) + i);
    }

    assertThat(store.history().orElseThrow().of("a")).hasSizeBetween(3, 12);
    assertThat(store.historyBytes()).isLessThan(2 * 4_096 + 2_000);
  }

  @Test
  void inAllTheHistoryTakesAnEighthAndForgetsWhatWentFirst() {
    long max = 800_000;
    try (MemoryTtlStore small = builder().maxBytes(max).build()) {
      for (int i = 0; i < 10_000; i++) {
        comeAndGo(small, "id-" + i, "http://host-" + i);
        assertThat(small.historyBytes()).isBetween(1L, max / 8);
      }
      assertThat(small.history().orElseThrow().of("id-0")).isEmpty();
      assertThat(small.history().orElseThrow().of("id-9999")).hasSize(2);
      assertThat(small.gone()).isGreaterThan(100);
    }
  }

  @Test
  void withoutRoomForOlderEventsALiveServiceHasItsNewestAndIsNeverRefused() {
    try (MemoryTtlStore small = builder().maxBytes(4_000).build()) {
      for (int i = 0; i < 100; i++) {
        small.put(aClaim("a"));
        small.put(aClaim("b"));
        assertThat(small.historyBytes()).isBetween(0L, 500L);
      }
      assertThat(small.history().orElseThrow().of("a").get(0).type())
          .isEqualTo(ServiceEvent.Type.SUPERSEDED);
    }
  }

  @Test
  void theHistoryOfLiveServicesLeavesRoomForHowOthersEnded() {
    try (MemoryTtlStore small = builder().maxBytes(200_000).build()) {
      for (int i = 0; i < 2_000; i++) {
        small.put(aClaim("live-" + i % 100));
      }
      for (int i = 0; i < 10; i++) {
        comeAndGo(small, "gone-" + i, "http://host");
      }

      for (int i = 0; i < 10; i++) {
        assertThat(small.history().orElseThrow().of("gone-" + i)).hasSize(2);
      }
    }
  }

  @Test
  void idsThatAreNewEachTimePushOutNothingOfALiveService() {
    try (MemoryTtlStore small = builder().maxBytes(200_000).build()) {
      small.put(aClaim("live"));
      small.put(aClaim("live"));
      for (int i = 0; i < 1_000; i++) {
        comeAndGo(small, "stranger-" + i, "http://host");
      }
      small.put(aClaim("live"));

      assertThat(small.history().orElseThrow().of("live")).hasSize(3);
    }
  }

  @Test
  void whatHasEndedIsFreedThoughThereIsNoMemoryForItsHistory() {
    AtomicInteger failing = new AtomicInteger();
    LongSupplier time =
        () -> {
          if (failing.get() > 0 && failing.decrementAndGet() == 0) {
            throw new OutOfMemoryError("of the test");
          }
          return clock.getAsLong();
        };
    try (MemoryTtlStore failed =
        MemoryTtlStore.builder().nanoTime(time).wallClock(clock).executor(executor).build()) {
      failed.put(aClaim("a"));
      clock.advance(TTL);
      failing.set(2); // after the one of the call
      // JUnit would end its JVM at the Error itself.
      assertThatCode(() -> failed.find("a")).doesNotThrowAnyException();
      assertThat(failing.get()).isZero();
      assertThat(failed.held()).isZero();
      assertThat(failed.bytes()).isZero();
      assertThat(failed.historyBytes()).isZero();
    }
  }

  @Test
  void whatIsGoneIsKeptForADayAndThenForgotten() {
    comeAndGo(store, "a", "http://host");
    store.put(aClaim("b"));
    executor.elapse(TTL.plus(TWO_SECONDS));
    executor.elapse(Duration.ofDays(1).minusMinutes(1));
    assertThat(store.history().orElseThrow().of("a")).hasSize(2);
    assertThat(store.history().orElseThrow().of("b")).hasSize(2);

    executor.elapse(Duration.ofMinutes(2));
    assertThat(store.history().orElseThrow().of("a")).isEmpty();
    assertThat(store.history().orElseThrow().of("b")).isEmpty();
    assertThat(store.gone()).isZero();
    assertThat(store.historyBytes()).isZero();
  }

  @Test
  void aHistoryThatIsKeptForNoTimeIsNoHistory() {
    try (MemoryTtlStore without = builder().keepHistory(Duration.ZERO).build()) {
      comeAndGo(without, "a", "http://host");
      without.put(aClaim("a"));
      without.put(aClaim("a"));
      clock.advance(TTL);
      without.put(aClaim("a"));

      assertThat(without.history()).isEmpty();
      assertThat(without.historyBytes()).isZero();
      assertThat(without.gone()).isZero();
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().keepHistory(Duration.ofSeconds(-1)))
        .withMessage("a history is kept for zero to 30 days, not PT-1S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().keepHistory(Duration.ofDays(31)));
  }

  @Test
  void theEndSaysWhenTheLastPingCameAndHowLateItWas() {
    store.put(aClaim("late"));
    store.put(aClaim("in-time"));
    for (int i = 0; i < 3; i++) {
      clock.advance(Duration.ofSeconds(25));
      store.renew("late", Fence.none());
      store.renew("in-time", Fence.none());
    }
    clock.advance(Duration.ofSeconds(10));
    store.renew("in-time", Fence.none());
    clock.advance(TTL.plus(TTL));

    ServiceEvent late = store.history().orElseThrow().of("late").get(0);
    ServiceEvent inTime = store.history().orElseThrow().of("in-time").get(0);
    assertThat(late.lateness()).contains(Duration.ofSeconds(5));
    assertThat(late.lastPingAt()).contains(late.at().minus(TTL));
    assertThat(late.at()).isEqualTo(clock.instant().minusSeconds(40));
    assertThat(inTime.lateness()).isEmpty();
    assertThat(inTime.at()).isEqualTo(clock.instant().minusSeconds(30));
  }

  @Test
  void aLatePingIsAMarkUntilOneIsInTime() {
    store.put(aClaim("a"));
    assertThat(marks()).isEmpty();
    clock.advance(Duration.ofSeconds(20));
    store.renew("a", Fence.none());
    assertThat(marks()).isEmpty();
    clock.advance(Duration.ofMillis(19_999));
    assertThat(marks()).isEmpty(); // the last ping was in time
    clock.advance(Duration.ofMillis(2));
    assertThat(marks()).containsExactly(ServiceMark.LATE); // the next one is late
    store.renew("a", Fence.none());
    clock.advance(Duration.ofSeconds(10));
    assertThat(marks()).containsExactly(ServiceMark.LATE); // it was late
    store.renew("a", Fence.none());
    assertThat(marks()).isEmpty();
  }

  @Test
  void aServiceThatHasExpiredIsNotCountedAsLate() {
    store.put(aClaim("a"));
    clock.advance(TTL.minusMillis(1));
    assertThat(store.counts().marked()).containsEntry(ServiceMark.LATE, 1L);
    clock.advance(Duration.ofMillis(1));
    assertThat(store.counts().marked()).containsEntry(ServiceMark.LATE, 0L);
  }

  @Test
  void aServiceThatStaysIsNotFlappingAfterTenMinutes() {
    for (int i = 0; i < 4; i++) {
      comeAndGo(store, "a", "http://host");
    }
    store.put(aClaim("a", Duration.ofDays(1)));
    assertThat(marks()).containsExactly(ServiceMark.FLAPPING);
    clock.advance(Duration.ofMinutes(10));
    assertThat(marks()).isEmpty();
  }

  private Set<ServiceMark> marks() {
    return store.find("a").orElseThrow().marks();
  }

  @Test
  void whoAskedForADeregistrationIsKept() {
    store.put(aClaim("a"));
    store.remove("a", Fence.none(), "192.0.2.7");

    assertThat(store.history().orElseThrow().of("a").get(0).client()).contains("192.0.2.7");
  }

  @Test
  void whateverRacesNoByteOfTheHistoryIsLostOrCountedTwice() {
    Callable<Boolean> register =
        () -> {
          store.put(aClaim(Registration.builder(aUrl()).id(anId()).build(), TTL));
          return true;
        };
    Callable<Boolean> remove = () -> store.remove(anId(), Fence.none()).isPresent();
    Callable<Boolean> expire =
        () -> {
          clock.advance(TTL.dividedBy(2));
          return store.find("1").isPresent();
        };
    Callable<Boolean> refuse =
        () -> {
          try {
            return store.renew(anId(), Fence.of("no lease")).isPresent()
                || store.remove(anId(), Fence.of("no lease"), aUrl()).isPresent();
          } catch (LeaseSupersededException e) {
            return false;
          }
        };
    Callable<Boolean> read =
        () ->
            store.history().orElseThrow().of(anId()).isEmpty()
                || store.history().orElseThrow().newest(EventQuery.newest()).isEmpty();
    Callable<Boolean> sweep =
        () -> {
          executor.elapse(TWO_SECONDS);
          return true;
        };
    try (Race race = new Race()) {
      for (int round = 0; round < 3_000; round++) {
        race.run(register, remove, expire, read, register, sweep, refuse, refuse)
            .forEach(Race.Outcome::get);
        assertThat(store.historyBytes()).isBetween(0L, 2L * (2 * 4_096 + 2_000));
      }
    }
    executor.elapse(TTL.plus(TWO_SECONDS));
    executor.elapse(Duration.ofDays(2));

    assertThat(store.historyBytes()).isZero();
    assertThat(store.gone()).isZero();
  }

  private static String anId() {
    return String.valueOf(1 + (int) (System.nanoTime() & 1));
  }

  private static String aUrl() {
    return "http://host-" + (System.nanoTime() & 3);
  }
}
