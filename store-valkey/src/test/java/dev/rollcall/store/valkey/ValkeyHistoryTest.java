package dev.rollcall.store.valkey;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.Race;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.Watch;
import dev.rollcall.history.EventQuery;
import dev.rollcall.history.History;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.history.ServiceMark;
import dev.rollcall.spi.ServiceCounts;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.util.JedisClusterCRC16;

/** The history in Valkey: where it is, how long, and what may go wrong with it. */
class ValkeyHistoryTest {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  private static final String KEY = "history:{service:a}";
  private static final String LEASE = "01M84S401H4R260E75QAS22SQ3";
  private static final Duration A_DAY = Duration.ofDays(1);

  private TtlStore store;
  private ServiceRegistry registry;
  private History history;

  @BeforeEach
  void open() {
    store = TtlStore.open(VALKEY.uri());
    registry = ServiceRegistry.over(store);
    history = registry.history().orElseThrow();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void register(String id) {
    registry.register(Registration.builder("http://h").id(id).ttl(Duration.ofSeconds(30)).build());
  }

  private List<ServiceEvent.Type> types(String id) {
    return history.of(id).stream().map(ServiceEvent::type).toList();
  }

  private Duration timeLeft() {
    return Duration.ofMillis(VALKEY.client().pttl(KEY));
  }

  @Test
  void itIsUnderAKeyThatIsNoServicesAndEndsByItself() {
    register("a");

    assertThat(VALKEY.client().keys("*")).containsExactlyInAnyOrder("service:a", KEY);
    assertThat(VALKEY.client().keys("service:*")).containsExactly("service:a");
    assertThat(registry.list()).hasSize(1);
    assertThat(timeLeft()).isBetween(A_DAY.multipliedBy(3).minusMinutes(1), A_DAY.multipliedBy(3));

    registry.deregister("a");
    assertThat(VALKEY.client().keys("*")).containsExactly(KEY);
    assertThat(timeLeft()).isBetween(A_DAY.minusMinutes(1), A_DAY);
  }

  @Test
  void aLiveServiceRenewsItWithItsFirstPingsOfADay() {
    // With a lease of a day every ping is one of the first of a day.
    String lease =
        registry
            .register(Registration.builder("http://h").id("a").ttl(A_DAY).build())
            .leaseId()
            .orElseThrow();
    for (Runnable ping :
        List.<Runnable>of(() -> registry.ping("a"), () -> registry.ping("a", lease))) {
      VALKEY.client().pexpire(KEY, 1_000_000);
      ping.run();
      assertThat(timeLeft()).isGreaterThan(A_DAY.multipliedBy(2));
    }
  }

  @Test
  void anotherPingLeavesItAlone() {
    register("a");
    VALKEY.client().pexpire(KEY, 1_000_000);
    VALKEY.client().set("service:b", "x"); // another script run
    long secondOfDay = System.currentTimeMillis() / 1_000 % A_DAY.toSeconds();
    registry.ping("a");

    if (secondOfDay > 60 && secondOfDay < A_DAY.toSeconds() - 60) {
      assertThat(timeLeft()).isLessThanOrEqualTo(Duration.ofSeconds(1_000));
    }
  }

  @Test
  void aLeaseThatEndedInRealTimeHasExpired() {
    registry.register(Registration.builder("http://h").id("a").ttl(Duration.ofSeconds(1)).build());

    Eventually.await(
        "the end of the lease", Duration.ofSeconds(30), () -> registry.find("a").isEmpty());
    assertThat(types("a")).containsExactly(ServiceEvent.Type.EXPIRED, ServiceEvent.Type.REGISTERED);
    assertThat(timeLeft()).isBetween(A_DAY.minusMinutes(1), A_DAY);
  }

  @Test
  void whoeverWatchesRecordsWhenALeaseEndedAndThatAServiceIsLost() {
    AtomicInteger known = new AtomicInteger();
    try (Watch watch =
        registry.watch(Query.all(), (view, changes) -> known.set(view.services().size()))) {
      assertThat(watch).isNotNull();
      Lease lease =
          registry.register(
              Registration.builder("http://h").id("a").ttl(Duration.ofSeconds(4)).build());
      lease = registry.ping("a").orElse(lease);
      registry.register(Registration.builder("http://h").id("b").ttl(Duration.ofHours(1)).build());
      // As if it had been pinged for years: by the history alone, its lease could have ended.
      String started = VALKEY.client().lindex("history:{service:b}", 0);
      String longAgo = started.replaceFirst("\"at\":[0-9]+", "\"at\":1000000000000");
      VALKEY.client().lset("history:{service:b}", 0, longAgo);
      Eventually.await("both are known", Duration.ofSeconds(30), () -> known.get() == 2);
      VALKEY.client().del("service:b");

      // The lists themselves: reading a history would record an end.
      Eventually.await(
          "both events",
          Duration.ofSeconds(30),
          () -> VALKEY.client().llen(KEY) == 2 && VALKEY.client().llen("history:{service:b}") == 2);
      ServiceEvent end = history.of("a").get(0);
      assertThat(end.type()).isEqualTo(ServiceEvent.Type.EXPIRED);
      assertThat(end.at()).isEqualTo(lease.expiresAt());
      assertThat(end.lastPingAt()).contains(lease.expiresAt().minusSeconds(4));
      assertThat(types("b")).startsWith(ServiceEvent.Type.LOST);
    }
  }

  @Test
  void anEndThatWasSeenIsRecordedOnceAndNeverForAServiceThatIsAlive() {
    ServiceEvent end =
        ServiceEvent.builder(ServiceEvent.Type.EXPIRED, "a", "a", Instant.now().plusSeconds(60))
            .build();
    store.noteEnd(end); // of an id that nobody knows
    register("a");
    store.noteEnd(end);
    registry.deregister("a");
    store.noteEnd(end);
    register("a");
    VALKEY.client().del("service:a");
    store.noteEnd(ServiceEvent.builder(end.type(), "a", "a", Instant.EPOCH).build()); // before
    store.noteEnd(end);
    store.noteEnd(end);

    Eventually.await("the end", Duration.ofSeconds(30), () -> VALKEY.client().llen(KEY) == 4);
    assertThat(types("a"))
        .containsExactly(
            ServiceEvent.Type.EXPIRED,
            ServiceEvent.Type.REGISTERED,
            ServiceEvent.Type.DEREGISTERED,
            ServiceEvent.Type.REGISTERED);
  }

  @Test
  void aServiceThatAnotherProgramRemovedIsLost() {
    register("a");
    VALKEY.client().del("service:a");

    assertThat(types("a")).containsExactly(ServiceEvent.Type.LOST, ServiceEvent.Type.REGISTERED);
    assertThat(history.newest(EventQuery.newest())).hasSize(2);
  }

  @Test
  void anInfoCannotSayThatItsServiceIsFlapping() {
    Map<String, Object> info = new LinkedHashMap<>();
    info.put("a", 1);
    info.put("flapping_until", 9_999_999_999_999L);
    info.put("id", "a");
    Registration registration = Registration.builder("http://h").id("a").info(info).build();
    registry.register(registration);
    registry.register(registration);
    assertThat(registry.find("a").orElseThrow().marks()).isEmpty();
    registry.register(registration);

    assertThat(registry.find("a").orElseThrow().marks()).isEmpty();
    assertThat(VALKEY.client().get("service:a")).containsOnlyOnce("flapping_until");
  }

  @Test
  void aServiceThatStaysIsNotFlappingForLong() {
    for (int i = 0; i < 5; i++) {
      register("a");
      registry.deregister("a");
    }
    register("a");
    assertThat(registry.find("a").orElseThrow().marks()).containsExactly(ServiceMark.FLAPPING);
    register("b");
    assertThat(store.counts())
        .isEqualTo(new ServiceCounts(2, Map.of(ServiceMark.FLAPPING, 1L, ServiceMark.LATE, 0L)));

    String value = VALKEY.client().get("service:a");
    String later = value.replaceFirst("\"flapping_until\":[0-9]{13},", "\"flapping_until\":%s,");
    assertThat(later).isNotEqualTo(value);
    for (String passed : List.of("1000", "-1", "1e-999999999", "\"x\"", "null")) {
      VALKEY.client().set("service:a", later.formatted(passed), SetParams.setParams().keepTtl());
      assertThat(registry.find("a").orElseThrow().marks()).as(passed).isEmpty();
    }
  }

  @Test
  void theEndIsRecordedOnceWhicheverServerNoticesItFirst() {
    try (TtlStore other = TtlStore.open(VALKEY.uri());
        Race race = new Race()) {
      History others = other.history().orElseThrow();
      for (int round = 0; round < 200; round++) {
        String id = "r" + round;
        register(id);
        VALKEY.client().del("service:" + id);
        race.run(
            () -> history.of(id),
            () -> others.of(id),
            () -> others.newest(EventQuery.newest(1)),
            () -> ServiceRegistry.over(other).list());
        assertThat(types(id)).containsExactly(ServiceEvent.Type.LOST, ServiceEvent.Type.REGISTERED);
      }
    }
  }

  @Test
  void itHasABoundInEventsAndBytes() {
    String url = "http://h/12" + "\u8336".repeat(163); // 500 bytes
    for (int i = 0; i < 500; i++) {
      registry.register(Registration.builder(url).id("a").name("n".repeat(128)).build());
    }
    registry.register(Registration.builder(url + "x").id("a").build());

    assertThat(VALKEY.client().llen(KEY)).isBetween(17L, 32L);
    long bytes =
        VALKEY.client().lrange(KEY, 0, -1).stream()
            .mapToLong(event -> event.getBytes(UTF_8).length)
            .sum();
    assertThat(bytes).isLessThan(32 * 1024);
    assertThat(history.of("a")).hasSize(16);
    assertThat(history.of("a").get(0).url()).isEmpty();
    assertThat(history.of("a").get(1).url()).contains(url);
  }

  @Test
  void theOldestEventThatIsShownIsTheFirstOnlyIfNothingWasBefore() {
    for (int i = 0; i < 60; i++) {
      register("a");
      registry.deregister("a");
      register("a");
      List<ServiceEvent> events = history.of("a");
      ServiceEvent oldest = events.get(events.size() - 1);
      boolean isFirst = i < 7;
      assertThat(oldest.isAgain())
          .as("%s of %s", oldest, i)
          .isEqualTo(oldest.type() == ServiceEvent.Type.REGISTERED && !isFirst);
      assertThat(events).extracting(ServiceEvent::leaseId).doesNotContain(Optional.empty());
      registry.deregister("a");
    }
  }

  @Test
  void aLiveServiceThatRegistersAgainAndAgainAndNeverPingsRenewsIt() {
    Duration aDay = A_DAY; // Each registration is one of the first of a day.
    for (int i = 0; i < 3; i++) {
      registry.register(Registration.builder("http://h").id("a").ttl(aDay).build());
      assertThat(timeLeft()).isGreaterThan(A_DAY.multipliedBy(2));
      VALKEY.client().pexpire(KEY, 1_000_000);
    }
  }

  @Test
  void aTimeThatNoDateHasIsNoEvent() {
    register("a");
    for (String at : List.of("9223372036854775807", "253402300800000", "-1", "1e300", "\"x\"")) {
      VALKEY.client().lpush(KEY, "{\"type\":\"expired\",\"at\":" + at + "}");
    }

    assertThat(types("a")).containsExactly(ServiceEvent.Type.REGISTERED);
  }

  @Test
  void anotherValueAtItsKeyFailsNoChange() {
    VALKEY.client().set(KEY, "not ours");
    register("a");
    registry.ping("a");
    isRefused(store, "a", LEASE);

    assertThat(history.of("a")).isEmpty();
    assertThat(history.newest(EventQuery.newest())).isEmpty();
    assertThat(registry.deregister("a")).isPresent();
    assertThat(VALKEY.client().get(KEY)).isEqualTo("not ours");
  }

  @Test
  void anEventThatIsNotOursIsSkipped() {
    register("a");
    for (String value :
        List.of("", "{", "[]", "7", "{\"type\":\"new\",\"at\":1}", "{\"type\":\"expired\"}")) {
      VALKEY.client().lpush(KEY, value);
    }
    VALKEY.client().rpush("history:{service:}", "x");
    VALKEY.client().rpush("history:{service:b/c}", "x");

    assertThat(types("a")).containsExactly(ServiceEvent.Type.REGISTERED);
    assertThat(history.newest(EventQuery.newest())).hasSize(1);
  }

  private static void isRefused(TtlStore by, String id, String lease) {
    assertThatThrownBy(() -> by.renew(id, Fence.of(lease)))
        .isInstanceOf(LeaseSupersededException.class);
  }

  private ServiceEvent newest(String id) {
    return history.of(id).get(0);
  }

  private void awaitRefusals(String id, long count) {
    Eventually.await(
        count + " refused calls",
        Duration.ofSeconds(30),
        () ->
            newest(id).type() == ServiceEvent.Type.REFUSED
                && newest(id).count().orElseThrow() == count);
  }

  /** As if the holder had registered long ago. */
  private static void startedLongAgo() {
    String started = VALKEY.client().lindex(KEY, 0);
    VALKEY.client().lset(KEY, 0, started.replaceFirst("\"at\":[0-9]+", "\"at\":1000000000000"));
  }

  @Test
  void refusedCallsAreCountedInMemoryForTenSecondsAndThenRecordedTogether() {
    ManualClock clock = new ManualClock();
    try (TtlStore timed = ValkeyTtlStore.builder(VALKEY.client()).nanoTime(clock).build()) {
      register("a");
      String held = newest("a").leaseId().orElseThrow();
      startedLongAgo();
      isRefused(timed, "a", LEASE);
      awaitRefusals("a", 1);
      Instant first = newest("a").at();
      for (int i = 0; i < 10; i++) {
        isRefused(timed, "a", LEASE);
      }
      assertThat(newest("a").count()).hasValue(1);
      clock.advance(Duration.ofSeconds(10));
      assertThatThrownBy(() -> timed.remove("a", Fence.of("no <lease>"), "192.0.2.7\"}"))
          .isInstanceOf(LeaseSupersededException.class);
      awaitRefusals("a", 12);

      assertThat(newest("a").call()).contains(ServiceEvent.Call.DEREGISTER);
      assertThat(newest("a").leaseId()).isEmpty();
      assertThat(newest("a").client()).contains("192.0.2.7\"}");
      assertThat(newest("a").at()).isAfterOrEqualTo(first);
      clock.advance(Duration.ofSeconds(10));
      isRefused(timed, "a", LEASE); // after a client that looks like the end of JSON
      awaitRefusals("a", 13);
      assertThat(newest("a").client()).isEmpty();
      assertThat(newest("a").leaseId()).contains(LEASE);
      assertThat(VALKEY.client().llen(KEY)).isEqualTo(1);
      assertThat(VALKEY.client().lindex(KEY, 0)).contains(held).endsWith("\"" + LEASE + "\"}}");
    }
  }

  @Test
  void whatAHolderBeforeHasRefusedIsNotCountedForTheNextOne() {
    ManualClock clock = new ManualClock();
    try (TtlStore timed = ValkeyTtlStore.builder(VALKEY.client()).nanoTime(clock).build()) {
      register("a");
      isRefused(timed, "a", LEASE);
      awaitRefusals("a", 1);
      isRefused(timed, "a", LEASE);
      isRefused(timed, "a", LEASE);
      register("a"); // within the ten seconds that have passed for the records
      clock.advance(Duration.ofSeconds(10));
      isRefused(timed, "a", LEASE);

      awaitRefusals("a", 1);
      assertThat(types("a"))
          .containsExactly(
              ServiceEvent.Type.REFUSED,
              ServiceEvent.Type.SUPERSEDED,
              ServiceEvent.Type.REFUSED,
              ServiceEvent.Type.REGISTERED);
    }
  }

  @Test
  void aRefusalThatIsNotOursOrOfAnEndIsSkipped() {
    register("a");
    String started = VALKEY.client().lindex(KEY, 0);
    String open = started.substring(0, started.length() - 1) + ",\"refused\":";
    for (String refused :
        List.of(
            "7",
            "[]",
            "{}",
            "{\"count\":3}",
            "{\"count\":0,\"at\":5}",
            "{\"count\":-1,\"at\":5}",
            "{\"count\":\"x\",\"at\":5}",
            "{\"count\":2,\"at\":1e300}")) {
      VALKEY.client().lset(KEY, 0, open + refused + "}");
      assertThat(types("a")).as(refused).containsExactly(ServiceEvent.Type.REGISTERED);
    }
    VALKEY.client().lset(KEY, 0, open + "{\"count\":2,\"at\":5,\"call\":\"new\",\"x\":1}}");
    assertThat(newest("a").count()).hasValue(2);
    assertThat(newest("a").call()).isEmpty();
    VALKEY.client().lpush(KEY, "{\"type\":\"refused\",\"at\":5}");
    assertThat(types("a")).hasSize(2);
  }

  @Test
  void theNewestSixteenEventsAreShownRefusalsAmongThemWithinTheBoundOfBytes() {
    ManualClock clock = new ManualClock();
    String url = "http://h/12" + "\u8336".repeat(163); // 500 bytes
    try (TtlStore timed = ValkeyTtlStore.builder(VALKEY.client()).nanoTime(clock).build()) {
      for (int i = 0; i < 31; i++) {
        registry.register(Registration.builder(url).id("a").name("n".repeat(128)).build());
        assertThatThrownBy(() -> timed.remove("a", Fence.of(LEASE), "c".repeat(100)))
            .isInstanceOf(LeaseSupersededException.class);
        awaitRefusals("a", 1);
        clock.advance(Duration.ofSeconds(10));
      }
    }

    assertThat(VALKEY.client().llen(KEY)).isEqualTo(31);
    long bytes =
        VALKEY.client().lrange(KEY, 0, -1).stream()
            .mapToLong(event -> event.getBytes(UTF_8).length)
            .sum();
    assertThat(bytes).isLessThan(31 * 1024);
    assertThat(types("a"))
        .hasSize(16)
        .startsWith(ServiceEvent.Type.REFUSED, ServiceEvent.Type.SUPERSEDED)
        .endsWith(ServiceEvent.Type.REFUSED, ServiceEvent.Type.SUPERSEDED);
  }

  @Test
  void aRefusalOfAHolderThatIsNotInTheHistoryIsNotKept() {
    VALKEY
        .client()
        .set(
            "service:a",
            "{\"lease_id\":\"theirs\",\"ttl_seconds\":30,"
                + "\"registered_at\":\"2026-11-23T18:01:32.977000+00:00\","
                + "\"last_updated\":\"2026-11-23T18:01:32.977000+00:00\","
                + "\"id\":\"a\",\"url\":\"http://h\",\"info\":{}}",
            SetParams.setParams().ex(30));
    isRefused(store, "a", LEASE);
    register("b");
    isRefused(store, "b", LEASE); // recorded after the other one
    awaitRefusals("b", 1);

    assertThat(VALKEY.client().exists(KEY)).isFalse();
    assertThat(registry.find("a")).isPresent();
  }

  private static void registerByAnotherProgram() {
    VALKEY
        .client()
        .set(
            "service:a",
            "{\"id\":\"a\",\"url\":\"http://h\",\"info\":{},"
                + "\"registered_at\":\"2026-11-23T18:01:32.977000+00:00\","
                + "\"last_updated\":\"2026-11-23T18:01:32.977000+00:00\"}",
            SetParams.setParams().ex(30));
  }

  @Test
  void theRemovalOfWhatAnotherProgramRegisteredIsRecorded() {
    registerByAnotherProgram();
    assertThat(store.remove("a", Fence.none(), "192.0.2.7")).isPresent();

    ServiceEvent event = history.of("a").get(0);
    assertThat(event.type()).isEqualTo(ServiceEvent.Type.DEREGISTERED);
    assertThat(event.client()).contains("192.0.2.7");
    assertThat(event.isByLease()).isFalse();
    assertThat(event.name()).isEqualTo("a");
  }

  @Test
  void removalsAloneKeepTheBoundToo() {
    for (int i = 0; i < 100; i++) {
      registerByAnotherProgram();
      assertThat(registry.deregister("a")).isPresent();
    }

    assertThat(VALKEY.client().llen(KEY)).isLessThanOrEqualTo(32);
    assertThat(history.of("a")).hasSize(16);
  }

  @Test
  void withoutThePermissionEverythingElseWorks() {
    CommandArguments acl = new CommandArguments(Protocol.Command.ACL).add("SETUSER");
    for (String word :
        List.of("limited", "reset", "on", ">password", "~service:*", "&*", "+@all")) {
      acl.add(word);
    }
    var unused = VALKEY.client().executeCommand(acl);
    String address = VALKEY.server().host() + ":" + VALKEY.server().port();
    try (TtlStore limited = TtlStore.open("valkey://limited:password@" + address)) {
      ServiceRegistry other = ServiceRegistry.over(limited);
      other.register(Registration.builder("http://h").id("a").ttl(A_DAY).build());
      other.register(Registration.builder("http://h").id("a").ttl(A_DAY).build());
      assertThat(other.ping("a")).isPresent();
      isRefused(limited, "a", LEASE);
      assertThat(other.history().orElseThrow().of("a")).isEmpty();
      assertThat(other.deregister("a")).isPresent();
    }
    assertThat(VALKEY.client().keys("*")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "{app}service:, history:{app}service:a",
    "app{x}y:, history:app{x}y:a",
    "{}:, ''",
    "a}b:, ''",
    "{open:, history:{{open:a}",
    "*?[x]:, history:{*?[x]:a}",
    "h, history:{ha}"
  })
  void whateverThePrefixItIsInTheSlotOfTheServiceOrNowhere(String prefix, String key) {
    try (TtlStore other = ValkeyTtlStore.builder(VALKEY.client()).prefix(prefix).build()) {
      ServiceRegistry prefixed = ServiceRegistry.over(other);
      prefixed.register(Registration.builder("http://h").id("a").build());
      assertThat(prefixed.ping("a")).isPresent();
      isRefused(other, "a", LEASE);

      assertThat(prefixed.history().isPresent()).isEqualTo(!key.isEmpty());
      if (!key.isEmpty()) {
        assertThat(VALKEY.client().keys("*")).containsExactlyInAnyOrder(prefix + "a", key);
        assertThat(JedisClusterCRC16.getSlot(key))
            .isEqualTo(JedisClusterCRC16.getSlot(prefix + "a"));
        History kept = prefixed.history().orElseThrow();
        Eventually.await(
            "the refused call", Duration.ofSeconds(30), () -> kept.of("a").size() == 2);
        assertThat(kept.newest(EventQuery.newest())).hasSize(2);
      }
      assertThat(prefixed.list()).hasSize(1);
    }
  }

  @Test
  void aHistoryThatIsKeptForNoTimeIsNoHistory() {
    try (TtlStore without =
        ValkeyTtlStore.builder(VALKEY.client()).keepHistory(Duration.ZERO).build()) {
      ServiceRegistry other = ServiceRegistry.over(without);
      other.register(Registration.builder("http://h").id("a").ttl(A_DAY).build());
      other.ping("a");
      assertThat(without.history()).isEmpty();
      assertThat(VALKEY.client().keys("*")).containsExactly("service:a");
      other.deregister("a");
      assertThat(VALKEY.client().keys("*")).isEmpty();
    }
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> ValkeyTtlStore.builder(VALKEY.client()).keepHistory(Duration.ofSeconds(-1)))
        .withMessage("a history is kept for zero to 30 days, not PT-1S");
  }

  @Test
  void theNewestOfManyServicesAreFound() {
    IntStream.range(0, 2_500).forEach(i -> register("s" + i));

    assertThat(history.newest(EventQuery.newest(1_000)))
        .hasSize(1_000)
        .isSortedAccordingTo((x, y) -> y.at().compareTo(x.at()));
    assertThat(history.newest(EventQuery.newest(1_000).named("s7"))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "WRONGPASS invalid username-password pair or user is disabled.",
        "NOAUTH Authentication required.",
        "NOPERM User u has no permissions to run the 'evalsha' command"
      })
  void onlyAHistoryWhoseKeyIsForbiddenIsEmpty(String refusal) {
    assertThatThrownBy(() -> ValkeyHistory.readable(() -> refuse(refusal)))
        .isInstanceOf(JedisAccessControlException.class);
    assertThat(
            ValkeyHistory.readable(() -> refuse("NOPERM No permissions to access a key, script")))
        .isEqualTo(List.of());
  }

  private static Object refuse(String refusal) {
    throw new JedisAccessControlException(refusal);
  }
}
