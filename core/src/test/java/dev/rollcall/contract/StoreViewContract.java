package dev.rollcall.contract;

import static dev.rollcall.contract.StoreFixture.aClaim;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Fence;
import dev.rollcall.Service;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.HintListener;
import dev.rollcall.spi.HintSubscription;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a store gives to those who keep a view of it. */
public interface StoreViewContract extends StoreFixture {
  /** How long a hint may be on its way, before a test gives up. */
  Duration PATIENCE = Duration.ofSeconds(30);

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
  default void theTimeIsThatOfTheClockWhichDatesTheEntries() {
    store().put(aClaim("a"));
    Duration left = Duration.between(store().time(), store().find("a").orElseThrow().expiresAt());

    assertThat(left).isBetween(TTL.minusSeconds(5).minus(clockTolerance()), TTL.plusMillis(1));
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

  /** Keeps hints in their order. */
  final class Heard implements HintListener {
    private final LinkedBlockingQueue<String> hints = new LinkedBlockingQueue<>();

    @Override
    public void registered(String id) {
      hints.add("registered " + id);
    }

    @Override
    public void deregistered(String id) {
      hints.add("deregistered " + id);
    }

    @Override
    public void touched(String id) {
      hints.add("touched " + id);
    }

    @Override
    public void missed() {
      hints.add("missed");
    }

    /** Returns the next hint about an id. */
    String next(String id) {
      try {
        String hint = "";
        while (!hint.endsWith(" " + id)) {
          hint = hints.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
          assertThat(hint).as("a hint in time").isNotNull();
        }
        return hint.substring(0, hint.indexOf(' '));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
    }

    /** Registers until a hint of it comes: a subscription may take a moment until it hears. */
    void awaitHearing(StoreFixture fixture) {
      long end = System.nanoTime() + PATIENCE.toNanos();
      String hint = null;
      try {
        while (hint == null && System.nanoTime() - end < 0) {
          fixture.store().put(aClaim("heard"));
          do {
            hint = hints.poll(100, TimeUnit.MILLISECONDS);
          } while (hint != null && !hint.equals("registered heard"));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
      assertThat(hint).as("a hint in time").isNotNull();
    }
  }

  @Test
  default void aStoreThatHintsTellsOfEachChangeAfterItCanBeRead() {
    Heard heard = new Heard();
    Optional<HintSubscription> subscription = store().subscribe(heard);
    if (subscription.isEmpty()) {
      return; // It does not learn of changes, and says so.
    }
    try {
      heard.awaitHearing(this);
      Claim claim = aClaim("a");
      store().put(claim);
      assertThat(heard.next("a")).isEqualTo("registered");
      store().put(aClaim("a"));
      assertThat(heard.next("a")).isEqualTo("registered");
      store().renew("a", Fence.none());
      store().remove("a", Fence.none());
      assertThat(heard.next("a")).isEqualTo("deregistered");
    } finally {
      subscription.get().close();
    }
  }

  @Test
  default void aClosedSubscriptionIsToldNothingMore() {
    Heard closed = new Heard();
    Heard open = new Heard();
    Optional<HintSubscription> first = store().subscribe(closed);
    if (first.isEmpty()) {
      return;
    }
    HintSubscription second = store().subscribe(open).orElseThrow();
    try {
      closed.awaitHearing(this);
      open.awaitHearing(this);
      first.get().close();
      first.get().close();
      closed.hints.clear();

      store().put(aClaim("a"));

      assertThat(open.next("a")).isEqualTo("registered");
      assertThat(closed.hints).isEmpty();
    } finally {
      second.close();
    }
  }
}
