package dev.rollcall.contract;

import static dev.rollcall.contract.RegistryFixture.aService;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.history.EventQuery;
import dev.rollcall.history.History;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.spi.AsyncRegistry;
import dev.rollcall.spi.LeasePing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * What a history tells of calls that were refused because another lease holds the id. Each test has
 * ids of its own: a store need not record each refusal of an id at once.
 */
public interface RefusedCallsContract extends HistoryContract {

  /**
   * Returns whether each refusal is in the history when the call returns. Otherwise the first one
   * of an id is there soon afterwards, and the number of the others is at most what it is.
   */
  default boolean recordsEachRefusal() {
    return true;
  }

  private History history() {
    assumeTrue(keepsHistory(), "keeps no history");
    return registry().history().orElseThrow();
  }

  private String registered(String id) {
    return registry().register(aService(id).name("orders").build()).leaseId().orElseThrow();
  }

  private void refusedPing(String id, String leaseId) {
    assertThatThrownBy(() -> registry().ping(id, leaseId))
        .isInstanceOf(LeaseSupersededException.class);
  }

  /** Returns the history of an id once the refusal is in it that is recorded at once, or soon. */
  private List<ServiceEvent> historyWithRefusal(String id) {
    long deadline = System.nanoTime() + (recordsEachRefusal() ? 0 : patience().toNanos());
    List<ServiceEvent> events = history().of(id);
    while (refusals(events).isEmpty() && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(5_000_000);
      events = history().of(id);
    }
    return events;
  }

  private static List<ServiceEvent> refusals(List<ServiceEvent> events) {
    return events.stream().filter(event -> event.type() == ServiceEvent.Type.REFUSED).toList();
  }

  @Test
  default void aPingThatIsRefusedIsKeptWithTheLeaseThatItNamed() {
    history();
    String old = registered("rc-ping");
    String held = registered("rc-ping");
    refusedPing("rc-ping", old);

    List<ServiceEvent> events = historyWithRefusal("rc-ping");
    assertThat(events)
        .extracting(ServiceEvent::type)
        .containsExactly(
            ServiceEvent.Type.REFUSED, ServiceEvent.Type.SUPERSEDED, ServiceEvent.Type.REGISTERED);
    ServiceEvent refused = events.get(0);
    assertThat(refused.id()).isEqualTo("rc-ping");
    assertThat(refused.name()).isEqualTo("orders");
    assertThat(refused.leaseId()).contains(old);
    assertThat(refused.count()).hasValue(1);
    assertThat(refused.call()).contains(ServiceEvent.Call.PING);
    assertThat(refused.at()).isAfterOrEqualTo(events.get(1).at());
    assertThat(refused.url()).isEmpty();
    assertThat(refused.client()).isEmpty();
    assertThat(events.get(1).leaseId()).contains(held);
    assertThat(registry().ping("rc-ping", held)).isPresent();
  }

  @Test
  default void aDeregistrationAndAnUpdateThatAreRefusedAreKept() {
    history();
    String old = registered("rc-deregister");
    registered("rc-deregister");
    assertThatThrownBy(() -> registry().deregister("rc-deregister", Fence.of(old), "192.0.2.7"))
        .isInstanceOf(LeaseSupersededException.class);
    ServiceEvent deregistration = historyWithRefusal("rc-deregister").get(0);
    assertThat(deregistration.call()).contains(ServiceEvent.Call.DEREGISTER);
    assertThat(deregistration.leaseId()).contains(old);
    // A server says from which address it was asked.
    assertThat(deregistration.client().orElseThrow()).isIn("192.0.2.7", "127.0.0.1");

    String older = registered("rc-update");
    registered("rc-update");
    assertThatThrownBy(() -> registry().register(aService("rc-update").leaseId(older).build()))
        .isInstanceOf(LeaseSupersededException.class);
    ServiceEvent update = historyWithRefusal("rc-update").get(0);
    assertThat(update.call()).contains(ServiceEvent.Call.UPDATE);
    assertThat(update.leaseId()).contains(older);
    assertThat(registry().find("rc-update")).isPresent();
  }

  @Test
  default void manyCallsThatAHolderHasRefusedAreOneEvent() {
    history();
    String first = registered("rc-many");
    String second = registered("rc-many");
    registered("rc-many");
    refusedPing("rc-many", second);
    for (int i = 0; i < 10; i++) {
      refusedPing("rc-many", first);
    }
    assertThatThrownBy(() -> registry().deregister("rc-many", first))
        .isInstanceOf(LeaseSupersededException.class);

    List<ServiceEvent> events = historyWithRefusal("rc-many");
    assertThat(events).hasSize(4);
    assertThat(refusals(events)).hasSize(1);
    ServiceEvent refused = events.get(0);
    if (recordsEachRefusal()) {
      assertThat(refused.count()).hasValue(12);
      assertThat(refused.leaseId()).contains(first);
      assertThat(refused.call()).contains(ServiceEvent.Call.DEREGISTER);
    } else {
      assertThat(refused.count().orElseThrow()).isBetween(1L, 12L);
      assertThat(refused.leaseId().orElseThrow()).isIn(first, second);
    }
  }

  @Test
  default void whatIsRefusedToOneHolderStaysWhenThereIsAnother() {
    history();
    String old = registered("rc-next");
    String held = registered("rc-next");
    refusedPing("rc-next", old);
    historyWithRefusal("rc-next");
    elapse(Duration.ofSeconds(1));
    registry().register(aService("rc-next").leaseId(held).build());
    String next = registered("rc-next");

    List<ServiceEvent> events = history().of("rc-next");
    assertThat(events)
        .extracting(ServiceEvent::type)
        .containsExactly(
            ServiceEvent.Type.SUPERSEDED,
            ServiceEvent.Type.UPDATED,
            ServiceEvent.Type.REFUSED,
            ServiceEvent.Type.SUPERSEDED,
            ServiceEvent.Type.REGISTERED);
    assertThat(events.get(0).leaseId()).contains(next);
    assertThat(events.get(2).leaseId()).contains(old);
    if (recordsEachRefusal()) {
      refusedPing("rc-next", held);
      refusedPing("rc-next", held);
      ServiceEvent refused = history().of("rc-next").get(0);
      assertThat(refused.type()).isEqualTo(ServiceEvent.Type.REFUSED);
      assertThat(refused.count()).hasValue(2);
      assertThat(history().of("rc-next").subList(1, 6)).isEqualTo(events);
    }
  }

  @Test
  default void anEndFollowsWhatWasRefusedAndIsOfTheHolder() {
    history();
    String old = registered("rc-end");
    String held = registered("rc-end");
    refusedPing("rc-end", old);
    historyWithRefusal("rc-end");
    registry().deregister("rc-end", held);
    assertThat(registry().ping("rc-end", old)).isEmpty(); // nobody holds it: that is no refusal

    List<ServiceEvent> events = history().of("rc-end");
    assertThat(events)
        .extracting(ServiceEvent::type)
        .containsExactly(
            ServiceEvent.Type.DEREGISTERED,
            ServiceEvent.Type.REFUSED,
            ServiceEvent.Type.SUPERSEDED,
            ServiceEvent.Type.REGISTERED);
    assertThat(events.get(0).leaseId()).contains(held);
    assertThat(events.get(0).name()).isEqualTo("orders");
    assertThat(events).isSortedAccordingTo((x, y) -> y.at().compareTo(x.at()));

    String third = registered("rc-end");
    ServiceEvent again = history().of("rc-end").get(0);
    assertThat(again.isAgain()).isTrue();
    assertThat(again.leaseId()).contains(third);
    assertThat(history().of("rc-end")).hasSize(5);
  }

  @Test
  default void theEndOfALeaseFollowsWhatWasRefused() {
    history();
    String old = registered("rc-expired");
    registered("rc-expired");
    refusedPing("rc-expired", old);
    historyWithRefusal("rc-expired");
    elapse(TTL);

    List<ServiceEvent> events = history().of("rc-expired");
    assertThat(events).hasSize(4);
    assertThat(events.get(0).type()).isIn(endsOfLeases());
    assertThat(events.get(1).type()).isEqualTo(ServiceEvent.Type.REFUSED);
    assertThat(events).isSortedAccordingTo((x, y) -> y.at().compareTo(x.at()));
  }

  @Test
  default void ofAnIdThatIsNotAliveNothingIsRefused() {
    History history = history();
    String lease = registered("rc-gone");
    registry().deregister("rc-gone");
    registry().ping("rc-gone", lease);
    registry().deregister("rc-gone", lease);
    registry().ping("rc-nobody", lease);
    registry().deregister("rc-nobody", lease);
    registry().ping("rc-gone"); // a call without a lease is never refused

    assertThat(history.of("rc-gone")).hasSize(2);
    assertThat(history.of("rc-nobody")).isEmpty();
  }

  @Test
  default void ofTextThatIsNoLeaseNothingIsKept() {
    history();
    registered("rc-text");
    refusedPing("rc-text", "<b>\"\\},{\"refused\":{" + "x".repeat(100));

    ServiceEvent refused = historyWithRefusal("rc-text").get(0);
    assertThat(refused.type()).isEqualTo(ServiceEvent.Type.REFUSED);
    assertThat(refused.leaseId()).isEmpty();
    assertThat(refused.count()).hasValue(1);
  }

  @Test
  default void pingsThatHoldNoThreadAreCountedToo() {
    history();
    List<String> olds = List.of(registered("rc-a1"), registered("rc-a2"), registered("rc-a3"));
    List.of("rc-a1", "rc-a2", "rc-a3").forEach(this::registered);
    List<LeasePing> pings =
        List.of(
            new LeasePing("rc-a1", Fence.of(olds.get(0))),
            new LeasePing("rc-a2", Fence.of(olds.get(1))));
    ServiceRegistry registry = registry();
    assumeTrue(registry instanceof AsyncRegistry, "has no asynchronous calls");
    AsyncRegistry calls = (AsyncRegistry) registry;
    Duration timeout = Duration.ofSeconds(30);
    for (CompletableFuture<?> answer : calls.pingAllAsync(pings, timeout)) {
      assertThatThrownBy(answer::join).cause().isInstanceOf(LeaseSupersededException.class);
    }
    assertThatThrownBy(() -> calls.deregisterAsync("rc-a3", Fence.of(olds.get(2)), timeout).join())
        .cause()
        .isInstanceOf(LeaseSupersededException.class);

    assertThat(historyWithRefusal("rc-a1").get(0).call()).contains(ServiceEvent.Call.PING);
    assertThat(historyWithRefusal("rc-a2").get(0).leaseId()).contains(olds.get(1));
    assertThat(historyWithRefusal("rc-a3").get(0).call()).contains(ServiceEvent.Call.DEREGISTER);
  }

  @Test
  default void whatWasRefusedIsAmongTheNewestEventsByTheTimeOfTheLastCall() {
    History history = history();
    String old = registered("rc-newest");
    registered("rc-newest");
    elapse(Duration.ofSeconds(1));
    registered("rc-other");
    elapse(Duration.ofSeconds(1));
    TimeFixture.awaitNextMillisecond();
    refusedPing("rc-newest", old);
    ServiceEvent refused = historyWithRefusal("rc-newest").get(0);

    List<ServiceEvent> newest = history.newest(EventQuery.newest());
    assertThat(newest).hasSize(4).contains(refused);
    assertThat(newest).isSortedAccordingTo((x, y) -> y.at().compareTo(x.at()));
    assertThat(newest.get(0).type()).isEqualTo(ServiceEvent.Type.REFUSED);
    Instant at = refused.at();
    assertThat(history.newest(EventQuery.newest().since(at))).contains(refused);
    assertThat(history.newest(EventQuery.newest().since(at.plusNanos(1)))).isEmpty();
  }

  @Test
  default void whateverRacesARefusalFollowsTheStartOfItsHolder() {
    History history = history();
    try (Race race = new Race()) {
      for (int round = 0; round < rounds() / 20; round++) {
        String id = "rc-race-" + round;
        String old = registered(id);
        Lease held = registry().register(aService(id).build());
        race.run(
            () -> registry().ping(id, old),
            () -> registry().deregister(id, old),
            () -> registry().register(aService(id).build()),
            () -> registry().deregister(id),
            () -> registry().ping(id, held.leaseId().orElseThrow()),
            () -> history.of(id));
        List<ServiceEvent> events = history.of(id);
        for (int i = 0; i < events.size(); i++) {
          if (events.get(i).type() == ServiceEvent.Type.REFUSED) {
            ServiceEvent before = events.get(i + 1);
            assertThat(before.type().isEnd()).as("%s", events).isFalse();
            assertThat(before.type()).as("%s", events).isNotEqualTo(ServiceEvent.Type.REFUSED);
          }
        }
      }
    }
  }
}
