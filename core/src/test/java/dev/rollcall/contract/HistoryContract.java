package dev.rollcall.contract;

import static dev.rollcall.contract.RegistryFixture.aService;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.history.EventQuery;
import dev.rollcall.history.History;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.history.ServiceMark;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a registry tells of what happened, if it keeps a history. */
public interface HistoryContract extends RegistryFixture {

  /** Returns whether the registry keeps a history. Without one it says so, and nothing else. */
  default boolean keepsHistory() {
    return false;
  }

  /**
   * Returns by which events a lease ends on its own. Where {@link #elapse} only shortens leases, an
   * end comes before it can have come, which is a loss.
   */
  default Set<ServiceEvent.Type> endsOfLeases() {
    return Set.of(ServiceEvent.Type.EXPIRED);
  }

  private History history() {
    assumeTrue(keepsHistory(), "keeps no history");
    return registry().history().orElseThrow();
  }

  private List<ServiceEvent.Type> typesOf(String id) {
    return history().of(id).stream().map(ServiceEvent::type).toList();
  }

  private static String leaseId(Lease lease) {
    return lease.leaseId().orElseThrow();
  }

  @Test
  default void aRegistrySaysWhetherItKeepsAHistory() {
    assertThat(registry().history().isPresent()).isEqualTo(keepsHistory());
  }

  @Test
  default void aRegistrationAnUpdateAndADeregistrationAreKeptNewestFirst() {
    History history = history();
    Lease lease = registry().register(aService("a").name("orders").build());
    registry()
        .register(
            Registration.builder("http://moved:1")
                .id("a")
                .name("payments")
                .leaseId(leaseId(lease))
                .ttl(TTL)
                .build());
    registry().deregister("a", leaseId(lease));

    List<ServiceEvent> events = history.of("a");
    assertThat(events)
        .extracting(ServiceEvent::type)
        .containsExactly(
            ServiceEvent.Type.DEREGISTERED,
            ServiceEvent.Type.UPDATED,
            ServiceEvent.Type.REGISTERED);
    assertThat(events).extracting(ServiceEvent::id).containsOnly("a");
    assertThat(events)
        .extracting(ServiceEvent::name)
        .containsExactly("payments", "payments", "orders");
    assertThat(events).allSatisfy(event -> assertThat(event.leaseId()).contains(leaseId(lease)));
    assertThat(events.get(0).isByLease()).isTrue();
    assertThat(events.get(1).url()).contains("http://moved:1");
    assertThat(events.get(2).url()).contains("http://my-service:8000");
    assertThat(events.get(2).isAgain()).isFalse();
    assertThat(events).isUnmodifiable();
  }

  @Test
  default void aDeregistrationByTheIdAloneIsToldFromOneByTheLease() {
    History history = history();
    registry().register(aService("a").build());
    registry().deregister("a");

    assertThat(history.of("a").get(0).type()).isEqualTo(ServiceEvent.Type.DEREGISTERED);
    assertThat(history.of("a").get(0).isByLease()).isFalse();
  }

  @Test
  default void theEndOfALeaseIsKeptOnceHoweverItIsNoticed() {
    History history = history();
    Instant before = registeredAt("a");
    registeredAt("b");
    registeredAt("c");
    elapse(TTL);

    registry().find("a");
    registry().ping("a");
    registry().list();
    ServiceEvent end = history.of("a").get(0);
    assertThat(history.of("a")).hasSize(2);
    assertThat(end.type()).isIn(endsOfLeases());
    if (end.type() == ServiceEvent.Type.EXPIRED) {
      assertThat(end.at()).isEqualTo(before.plus(TTL));
      assertThat(end.lastPingAt()).contains(before);
    }
    assertThat(history.of("b")).hasSize(2); // read by nobody before

    registry().register(aService("c").build()); // nor was this
    assertThat(history.of("c"))
        .extracting(ServiceEvent::type)
        .startsWith(ServiceEvent.Type.REGISTERED)
        .endsWith(ServiceEvent.Type.REGISTERED)
        .hasSize(3);
    assertThat(history.of("c").get(1).type()).isIn(endsOfLeases());
    assertThat(history.of("c").get(0).isAgain()).isTrue();
    assertThat(history.of("c").get(2).isAgain()).isFalse();
  }

  private Instant registeredAt(String id) {
    registry().register(aService(id).build());
    return registry().find(id).orElseThrow().registeredAt();
  }

  @Test
  default void anotherRegistrationOfALiveIdSupersedesIt() {
    registry().register(aService("a").build());
    Lease second = registry().register(Registration.builder("http://two").id("a").build());

    assertThat(typesOf("a"))
        .containsExactly(ServiceEvent.Type.SUPERSEDED, ServiceEvent.Type.REGISTERED);
    assertThat(history().of("a").get(0).leaseId()).contains(leaseId(second));
    assertThat(history().of("a").get(0).url()).contains("http://two");
  }

  @Test
  default void ofAnIdThatNobodyRegisteredNothingIsKnown() {
    assertThat(history().of("nope")).isEmpty();
    assertThatNullPointerException().isThrownBy(() -> history().of(null));
    assertThatNullPointerException().isThrownBy(() -> history().newest(null));
  }

  @Test
  default void theNewestEventsOfAllIdsComeByNameAndNumber() {
    History history = history();
    registry().register(aService("a").name("orders").build());
    elapse(Duration.ofSeconds(1));
    registry().register(aService("b").name("payments").build());
    elapse(Duration.ofSeconds(1));
    registry().register(aService("c").name("orders").build());
    registry().deregister("a");

    assertThat(history.newest(EventQuery.newest())).hasSize(4).isUnmodifiable();
    assertThat(history.newest(EventQuery.newest().named("orders")))
        .extracting(ServiceEvent::id)
        .containsExactlyInAnyOrder("a", "a", "c");
    assertThat(history.newest(EventQuery.newest().named("payments").named("x")))
        .extracting(ServiceEvent::id)
        .containsExactly("b");
    assertThat(history.newest(EventQuery.newest(1))).hasSize(1);
    List<ServiceEvent> ordered = history.newest(EventQuery.newest());
    assertThat(ordered).isSortedAccordingTo((x, y) -> y.at().compareTo(x.at()));
    Instant last = ordered.get(0).at();
    assertThat(history.newest(EventQuery.newest().since(last))).isNotEmpty();
    assertThat(history.newest(EventQuery.newest().since(last.plusNanos(1)))).isEmpty();
  }

  @Test
  default void theEndOfALeaseIsAmongTheNewestEventsThoughNobodyAskedForTheId() {
    History history = history();
    registry().register(aService("a").build());
    elapse(TTL);

    ServiceEvent newest = history.newest(EventQuery.newest()).get(0);
    assertThat(newest.id()).isEqualTo("a");
    assertThat(newest.type()).isIn(endsOfLeases());
  }

  @Test
  default void anIdThatComesAndGoesAgainAndAgainKeepsABoundedHistory() {
    History history = history();
    IntStream.range(0, 200)
        .forEach(
            i -> {
              registry()
                  .register(
                      Registration.builder("http://h-" + i)
                          .id("a")
                          .info(Map.of("i", i))
                          .ttl(TTL)
                          .build());
              registry().deregister("a");
            });

    assertThat(history.of("a")).hasSizeBetween(8, 50);
    assertThat(history.of("a").get(1).url()).contains("http://h-199");
    assertThat(history.of("a").get(1).isAgain()).isTrue();
  }

  @Test
  default void anIdThatComesBackThreeTimesIsMarkedAsFlapping() {
    history();
    for (int comebacks = 0; comebacks < 6; comebacks++) {
      Lease lease = registry().register(aService("a").build());
      registry().register(aService("steady").build()); // superseded each time, and never gone
      Set<ServiceMark> expected = comebacks < 3 ? Set.of() : Set.of(ServiceMark.FLAPPING);
      assertThat(registry().find("a").orElseThrow().marks()).isEqualTo(expected);
      registry().register(aService("a").leaseId(leaseId(lease)).build());
      assertThat(registry().find("a").orElseThrow().marks()).isEqualTo(expected);
      registry().ping("a");
      assertThat(registry().list()).extracting(Service::marks).containsExactly(expected, Set.of());
      if (comebacks % 2 == 0) {
        assertThat(registry().deregister("a").orElseThrow().marks()).isEqualTo(expected);
      } else {
        elapse(TTL);
      }
    }
  }

  @Test
  default void aServiceWhoseNextPingIsLateIsMarked() {
    history();
    registry().register(aService("a").build());
    elapse(TTL.dividedBy(2));
    registry().register(aService("b").build());
    assertThat(registry().find("a").orElseThrow().marks()).isEmpty();

    elapse(TTL.dividedBy(4)); // a's lease: three quarters have passed
    assertThat(registry().find("a").orElseThrow().marks()).containsExactly(ServiceMark.LATE);
    assertThat(registry().list())
        .extracting(Service::marks)
        .containsExactly(Set.of(ServiceMark.LATE), Set.of());

    registry().ping("a");
    elapse(TTL.dividedBy(4));
    registry().ping("a"); // This one is in time.
    assertThat(registry().find("a").orElseThrow().marks()).isEmpty();
  }

  @Test
  default void hostileTextsAreKeptAsTheyAre() {
    History history = history();
    String url = "http://h/<script>?q='\"&x=\u2028".replace("\u2028", "%E2%80%A8");
    registry().register(Registration.builder(url).id("a").build());
    registry().deregister("a", Fence.none(), "<b>\"\\");

    assertThat(history.of("a").get(1).url()).contains(url);
    // A server says from which address it was asked.
    assertThat(history.of("a").get(0).client().orElseThrow()).isIn("<b>\"\\", "127.0.0.1");
  }

  @Test
  default void anAddressThatIsTooLongIsNotKept() {
    History history = history();
    registry().register(aService("a").build());
    registry().deregister("a", Fence.none(), "x".repeat(ServiceEvent.MAX_CLIENT_LENGTH + 1));

    // A server says from which address it was asked.
    assertThat(history.of("a").get(0).client().orElse("127.0.0.1")).isEqualTo("127.0.0.1");
  }

  @Test
  default void ofSeveralDeregistrationsAtOnceOneIsKeptAndOfSeveralReadsOneEnd() {
    History history = history();
    try (Race race = new Race()) {
      for (int round = 0; round < rounds() / 20; round++) {
        String id = "r" + round;
        registry().register(aService(id).build());
        race.run(
            () -> registry().deregister(id),
            () -> registry().deregister(id),
            () -> registry().find(id));
        assertThat(typesOf(id))
            .containsExactly(ServiceEvent.Type.DEREGISTERED, ServiceEvent.Type.REGISTERED);

        registry().register(aService(id).build());
        elapse(TTL);
        race.run(
            () -> history.of(id),
            () -> registry().find(id).isPresent(),
            () -> registry().register(aService(id).build()),
            () -> history.newest(EventQuery.newest(1)));
        assertThat(typesOf(id)).hasSize(5).startsWith(ServiceEvent.Type.REGISTERED);
        registry().deregister(id);
      }
    }
  }
}
