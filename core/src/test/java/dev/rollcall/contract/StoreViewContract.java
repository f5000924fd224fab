package dev.rollcall.contract;

import static dev.rollcall.contract.StoreFixture.aClaim;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Fence;
import dev.rollcall.Service;
import dev.rollcall.spi.HintSubscription;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a store gives to those who keep a view of it. */
public interface StoreViewContract extends StoreFixture {
  @Test
  default void findAllReturnsThoseThatAreAliveAndNoOthers() {
    store().put(aClaim("a"));
    store().put(aClaim("b"));
    store().put(aClaim("brief", MILLI.multipliedBy(1_000)));
    elapse(Duration.ofSeconds(1));

    Collection<Service> found = store().findAll(List.of("a", "brief", "absent", "b"));

    assertThat(found).extracting(Service::id).containsExactlyInAnyOrder("a", "b");
    assertThat(found).contains(store().find("a").orElseThrow());
    assertThat(store().findAll(List.of())).isEmpty();
  }

  @Test
  default void readersSeeWhenALeaseEndsByTheStoresOwnTime() {
    Instant before = store().time().truncatedTo(ChronoUnit.MILLIS);
    store().put(aClaim("a"));
    Instant after = store().time();
    Instant end = store().find("a").orElseThrow().expiresAt();
    assertThat(end).isBetween(before.plus(TTL), after.plus(TTL));
    assertThat(store().list()).extracting(Service::expiresAt).containsExactly(end);
    assertThat(store().findAll(List.of("a"))).extracting(Service::expiresAt).containsExactly(end);

    before = store().time().truncatedTo(ChronoUnit.MILLIS);
    store().renew("a", Fence.none());
    after = store().time();

    end = store().find("a").orElseThrow().expiresAt();
    assertThat(end).isBetween(before.plus(TTL), after.plus(TTL));
  }

  @Test
  default void eachRegistrationHasARevisionOfItsOwnThatPingsDoNotChange() {
    store().put(aClaim("a"));
    long first = store().find("a").orElseThrow().revision();
    store().renew("a", Fence.none());
    assertThat(store().find("a").orElseThrow().revision()).isEqualTo(first).isNotZero();
    assertThat(store().list()).extracting(Service::revision).containsExactly(first);

    store().put(aClaim("a"));

    assertThat(store().find("a").orElseThrow().revision()).isNotEqualTo(first).isNotZero();
  }

  /**
   * Returns whether the store tells of changes. A store that does overrides this, so that it is
   * tested.
   */
  default boolean tellsOfChanges() {
    return false;
  }

  @Test
  default void aStoreSaysWhetherItTellsOfChanges() {
    Optional<HintSubscription> subscription = store().subscribe(new HintRecorder(patience()));

    assertThat(subscription.isPresent()).isEqualTo(tellsOfChanges());
    subscription.ifPresent(HintSubscription::close);
  }

  @Test
  default void eachChangeIsToldAfterItCanBeRead() {
    // Of no other test: in a cluster, hints of one that has ended may come after those of this one.
    String id = "told";
    HintRecorder recorder = new HintRecorder(patience());
    Optional<HintSubscription> subscription = store().subscribe(recorder);
    if (!tellsOfChanges()) {
      return;
    }
    try {
      awaitHearing(recorder);
      store().put(aClaim(id));
      recorder.await("registered " + id);
      store().put(aClaim(id));
      recorder.await("registered " + id);
      store().renew(id, Fence.none());
      store().remove(id, Fence.none());

      String next = recorder.next();
      while (next != null && !next.endsWith(" " + id)) {
        next = recorder.next();
      }
      assertThat(next).isEqualTo("deregistered " + id);
    } finally {
      subscription.ifPresent(HintSubscription::close);
    }
  }

  @Test
  default void aClosedSubscriptionIsToldNothingMore() {
    if (!tellsOfChanges()) {
      return;
    }
    HintRecorder closed = new HintRecorder(patience());
    HintRecorder open = new HintRecorder(patience());
    HintSubscription first = store().subscribe(closed).orElseThrow();
    HintSubscription second = store().subscribe(open).orElseThrow();
    try {
      awaitHearing(closed);
      awaitHearing(open);
      first.close();
      first.close();
      store().put(aClaim("between")); // A call that had begun may end after the close.
      open.await("registered between");
      List<String> told = closed.untold();

      store().put(aClaim("a"));

      open.await("registered a");
      assertThat(closed.untold()).isEqualTo(told);
    } finally {
      second.close();
    }
  }

  /** Registers until a hint of it comes: a subscription may take a moment until it hears. */
  private void awaitHearing(HintRecorder recorder) {
    long end = System.nanoTime() + patience().toNanos();
    boolean isHeard = false;
    for (int i = 0; !isHeard && System.nanoTime() - end < 0; i++) {
      String id = "heard" + i;
      store().put(aClaim(id));
      String hint = recorder.next(Duration.ofMillis(100));
      while (hint != null && !hint.equals("registered " + id)) {
        hint = recorder.next(Duration.ofMillis(100));
      }
      isHeard = hint != null;
    }
    assertThat(isHeard).as("a hint in time").isTrue();
  }
}
