package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.RejectedException;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.params.SetParams;

/** One Valkey, shared with Python orchestrators and with others. */
class PythonLayoutTest {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  /** As {@code json.dumps} and {@code isoformat} write it. */
  private static final String WRITTEN =
      "{\"id\": \"py\", \"url\": \"http://py:8000\", \"info\": {\"display_name\":"
          + " \"D\\u00e9j\\u00e0 \\ud83d\\ude00\", \"none\": null, \"n\": 1.50},"
          + " \"registered_at\": \"2026-11-23T18:01:32.977123+00:00\", \"last_updated\":"
          + " \"2026-11-23T18:01:33+00:00\", \"last_ping_at\":"
          + " \"2026-11-23T18:01:33+00:00\", \"expires_at\": \"2026-11-23T18:02:03+00:00\"}";

  private TtlStore store;
  private ServiceRegistry registry;

  @BeforeEach
  void open() {
    store = TtlStore.open(VALKEY.uri());
    registry = ServiceRegistry.over(store);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static void put(String id, String value) {
    VALKEY.client().set("service:" + id, value, SetParams.setParams().ex(30));
  }

  @Test
  void whatPythonRegisteredIsReadPingedListedAndDeregistered() {
    put("py", WRITTEN);
    VALKEY.elapse(Duration.ofSeconds(20));

    Service service = registry.find("py").orElseThrow();
    assertThat(service.url()).isEqualTo("http://py:8000");
    assertThat(service.info()).containsEntry("display_name", "Déjà 😀").containsEntry("none", null);
    assertThat(service.registeredAt()).isEqualTo(Instant.parse("2026-11-23T18:01:32.977Z"));
    assertThat(service.lastUpdated()).isEqualTo(Instant.parse("2026-11-23T18:01:33Z"));
    assertThat(registry.ping("py", "any lease").orElseThrow().ttl())
        .isEqualTo(Duration.ofSeconds(30));
    assertThat(VALKEY.client().ttl("service:py")).isGreaterThan(25);
    assertThat(registry.list()).hasSize(1);
    assertThat(registry.deregister("py", "any lease")).isPresent();
    assertThat(VALKEY.client().exists("service:py")).isFalse();
  }

  @Test
  void aServiceThatPythonHoldsKeepsItsRegistrationTime() {
    put("py", WRITTEN);
    registry.register(Registration.builder("http://new").id("py").build());

    assertThat(registry.find("py").orElseThrow().registeredAt())
        .isEqualTo(Instant.parse("2026-11-23T18:01:32.977Z"));
  }

  @Test
  void whatWeWriteHasEveryFieldThatPythonNeeds() throws IOException {
    registry.register(Registration.builder("http://h").id("a").build());

    JsonNode written = new ObjectMapper().readTree(VALKEY.client().get("service:a"));
    assertThat(written.get("id").asText()).isEqualTo("a");
    assertThat(written.get("url").asText()).isEqualTo("http://h");
    assertThat(written.get("info").isObject()).isTrue();
    for (String time : List.of("registered_at", "last_updated", "last_ping_at", "expires_at")) {
      assertThat(OffsetDateTime.parse(written.get(time).asText())).isNotNull();
      assertThat(written.get(time).asText()).endsWith("+00:00");
    }
    Service service = registry.find("a").orElseThrow();
    assertThat(OffsetDateTime.parse(written.get("expires_at").asText()).toInstant())
        .isEqualTo(service.expiresAt());
  }

  @Test
  void anUpdateKeepsTheFirstFieldsAndAddsItsOwnIdBehindTheTimes() {
    String lease =
        registry.register(Registration.builder("http://h").id("a").build()).leaseId().orElseThrow();
    Registration update = Registration.builder("http://new").id("a").leaseId(lease).build();
    registry.register(update);
    registry.register(update);

    assertThat(VALKEY.client().get("service:a"))
        .startsWith("{\"lease_id\":\"" + lease + "\",\"ttl_seconds\":30,\"registered_at\":\"")
        .matches(
            ".*\"expires_at\":\"[^\"]+\",\"update_id\":\"[0-9A-Z]{26}\",\"id\":\"a\","
                + "\"url\":\"http://new\",\"info\":\\{}}");
    registry.register(Registration.builder("http://h").id("a").build());
    assertThat(VALKEY.client().get("service:a")).doesNotContain("update_id", lease);
  }

  @Test
  void anUpdateOfWhatPythonHoldsGivesItALease() {
    put("py", WRITTEN);

    Lease lease =
        registry.register(Registration.builder("http://new").id("py").leaseId("any lease").build());

    assertThat(lease.leaseId()).isPresent().isNotEqualTo(Optional.of("any lease"));
    Service service = registry.find("py").orElseThrow();
    assertThat(service.url()).isEqualTo("http://new");
    assertThat(service.registeredAt()).isEqualTo(Instant.parse("2026-11-23T18:01:32.977Z"));
    assertThat(registry.ping("py", lease.leaseId().orElseThrow())).isPresent();
    assertThatThrownBy(() -> registry.ping("py", "any lease"))
        .isInstanceOf(LeaseSupersededException.class);
  }

  @Test
  void anUpdateKeepsALeaseIdThatAnotherWriterChoseWhateverItHolds() {
    String lease = "\"},\\/\u00fc";
    put("py", WRITTEN.replace("{\"id\"", "{\"lease_id\": \"\\\"},\\\\/\u00fc\", \"id\""));

    registry.register(Registration.builder("http://new").id("py").leaseId(lease).build());

    assertThat(registry.find("py").map(Service::url)).contains("http://new");
    assertThat(registry.ping("py", lease)).isPresent();
    assertThatThrownBy(() -> registry.ping("py", "another"))
        .isInstanceOf(LeaseSupersededException.class);
  }

  @Test
  void anUpdateNeverTouchesWhatIsNoService() {
    put("a", "{\"lease_id\":\"l\"}");
    VALKEY.client().set("service:b", WRITTEN); // without an expiry

    for (String id : List.of("a", "b")) {
      assertThatThrownBy(
              () -> registry.register(Registration.builder("http://h").id(id).leaseId("l").build()))
          .isInstanceOf(RejectedException.class)
          .hasMessageContaining("is not a service");
    }
    assertThat(VALKEY.client().get("service:a")).isEqualTo("{\"lease_id\":\"l\"}");
  }

  @Test
  void aNameIsStoredBetweenIdAndUrlOnlyIfTheInfoDoesNotGiveIt() {
    registry.register(Registration.builder("http://h").id("a").name("orders").build());
    registry.register(
        Registration.builder("http://h")
            .id("b")
            .name("orders")
            .info(Map.of("name", "orders"))
            .build());
    registry.register(Registration.builder("http://h").id("c").build());

    assertThat(VALKEY.client().get("service:a"))
        .endsWith("\"id\":\"a\",\"name\":\"orders\",\"url\":\"http://h\",\"info\":{}}");
    assertThat(VALKEY.client().get("service:b"))
        .endsWith("\"id\":\"b\",\"url\":\"http://h\",\"info\":{\"name\":\"orders\"}}");
    assertThat(VALKEY.client().get("service:c")).doesNotContain("\"name\"");
    assertThat(registry.find("a").orElseThrow().name()).isEqualTo("orders");
    assertThat(registry.find("b").orElseThrow().name()).isEqualTo("orders");
    assertThat(registry.find("c").orElseThrow().name()).isEqualTo("c");
  }

  @Test
  void aNameThatPythonCarriesAlongAtItsPingIsKept() {
    registry.register(Registration.builder("http://h").id("a").name("orders").build());
    rewriteAtPing("a", Instant.now().truncatedTo(ChronoUnit.SECONDS));
    String dumped = VALKEY.client().get("service:a").replace("\":", "\": ").replace(",\"", ", \"");
    put("a", dumped);

    assertThat(registry.find("a").orElseThrow().name()).isEqualTo("orders");
    assertThat(registry.ping("a")).isPresent();
    assertThat(registry.list()).extracting(Service::name).containsExactly("orders");
  }

  @Test
  void aServiceOfPythonsHasTheNameThatItsInfoGivesOrItsId() {
    put("py", WRITTEN);
    put(
        "named",
        WRITTEN.replace("\"py\"", "\"named\"").replace("\"n\"", "\"name\": \"orders\", \"n\""));

    assertThat(registry.find("py").orElseThrow().name()).isEqualTo("py");
    assertThat(registry.find("named").orElseThrow().name()).isEqualTo("orders");
  }

  @Test
  void whatPythonWroteAnewAfterItsPingKeepsItsLeaseAndTtl() {
    String lease =
        registry
            .register(Registration.builder("http://h").id("a").ttl(Duration.ofSeconds(90)).build())
            .leaseId()
            .orElseThrow();
    String dumped = VALKEY.client().get("service:a").replace("\":", "\": ").replace(",\"", ", \"");
    put("a", dumped);

    assertThat(registry.ping("a", lease).orElseThrow().ttl()).isEqualTo(Duration.ofSeconds(90));
    assertThat(registry.find("a").orElseThrow().ttl()).isEqualTo(Duration.ofSeconds(90));
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 90})
  void aPingOfPythonIsTheLastPingUntilThatOfOurs(int ttl) {
    Registration registration =
        Registration.builder("http://h").id("a").ttl(Duration.ofSeconds(ttl)).build();
    registry.register(registration);
    Instant ping = Instant.now().plusSeconds(2).truncatedTo(ChronoUnit.SECONDS);
    rewriteAtPing("a", ping);

    Service pingedByPython = registry.find("a").orElseThrow();
    assertThat(registry.ping("a")).isPresent();
    Service pingedByUs = registry.find("a").orElseThrow();

    assertThat(pingedByPython.lastPingAt()).isEqualTo(ping);
    assertThat(pingedByPython.expiresAt()).isEqualTo(ping.plusSeconds(30));
    assertThat(pingedByUs.ttl()).isEqualTo(Duration.ofSeconds(ttl));
  }

  /** As Python's ping does: whatever the ttl, the lease is 30 seconds. */
  private static void rewriteAtPing(String id, Instant ping) {
    String now = ping.toString().replace("Z", "+00:00");
    Instant end = ping.plusSeconds(30);
    String value = VALKEY.client().get("service:" + id);
    for (String time : List.of("last_ping_at", "last_updated")) {
      value = value.replaceFirst("\"" + time + "\":\"[^\"]*", "\"" + time + "\": \"" + now);
    }
    String expires = end.toString().replace("Z", "+00:00");
    value = value.replaceFirst("\"expires_at\":\"[^\"]*", "\"expires_at\": \"" + expires);
    VALKEY.client().set("service:" + id, value, SetParams.setParams().pxAt(end.toEpochMilli()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "7", "\"\"", "\"soon\"", "\"9999-12-31T23:59:59+00:00\""})
  void anEndThatNobodyCanReadIsNotNeeded(String end) {
    put("py", WRITTEN.replaceFirst("\"2026-11-23T18:02:03[^}]*", end + ", \"ttl_seconds\": 90"));

    assertThat(registry.find("py").orElseThrow().ttl()).isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void valuesThatAreNotOursAreSkippedAndLeftAlone() {
    put("text", "hello");
    put("number", "42");
    put("array", "[1]");
    put("half", WRITTEN.substring(0, 60));
    put("other", "{\"id\": \"other\", \"url\": 1}");
    VALKEY.client().lpush("service:list", "x");
    VALKEY.client().set("service:for-ever", WRITTEN);
    put("a:b", WRITTEN);
    VALKEY.client().set("elsewhere", "x");
    long keys = VALKEY.client().dbSize();

    assertThat(registry.list()).isEmpty();
    for (String id : List.of("text", "number", "array", "half", "other", "list", "for-ever")) {
      assertThat(registry.find(id)).as(id).isEmpty();
      assertThat(registry.ping(id)).as(id).isEmpty();
      assertThat(registry.deregister(id)).as(id).isEmpty();
      assertThatThrownBy(() -> registry.register(Registration.builder("http://h").id(id).build()))
          .as(id)
          .isInstanceOf(RejectedException.class)
          .hasMessageContaining("'" + id + "' was not registered");
    }
    assertThat(VALKEY.client().get("service:text")).isEqualTo("hello");
    assertThat(VALKEY.client().dbSize()).isEqualTo(keys);
    assertThat(VALKEY.client().ttl("service:for-ever")).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-23T18:01:32Z",
        "2026-11-23t18:01:32.5z",
        "2026-11-23T18:01:32.123456789+05:30",
        "2026-11-23T18:01:32.1234567890+00:00",
        "2026-11-23T18:01:32-00:00",
        "2026-11-23T18:01:32+18:00",
        "2026-11-23T18:01:32+18:01",
        "2026-11-23T18:01:32+19:00",
        "2026-11-23T18:01:32+05:60",
        "2026-11-23T18:01:32+0530",
        "2026-11-23T18:01:32+05",
        "2026-11-23T18:01:32",
        "2026-11-23T18:01:32.977123",
        "2026-11-23T18:01:32.977123+00:00 ",
        "2026-11-23T18:01:32.+00:00",
        "2026-11-23T18:01:32977123+00:00",
        "2026-11-23T18:01Z",
        "2026-11-23 18:01:32Z",
        "2026-11-23",
        "2026-02-28T23:59:59Z",
        "2026-02-29T00:00:00Z",
        "2024-02-29T00:00:00.000000+00:00",
        "2000-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-02-30T00:00:00.000000+00:00",
        "2026-04-31T00:00:00Z",
        "2026-07-31T00:00:00Z",
        "2026-08-31T00:00:00Z",
        "2026-09-31T00:00:00Z",
        "2026-12-31T00:00:00Z",
        "2026-12-32T00:00:00Z",
        "2026-13-01T00:00:00.000000+00:00",
        "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-11-23T24:00:00.000000+00:00",
        "2026-11-23T23:60:00Z",
        "2026-11-23T23:59:60Z",
        "9999-12-31T23:59:59.999Z",
        "9999-12-31T23:59:59-01:00",
        "0000-01-01T00:00:00Z",
        "0000-01-01T00:00:00+01:00",
        "+10000-01-01T00:00:00Z",
        "soon",
        ""
      })
  void theScriptsTakeTheSameTimesForTimesAsTheReader(String time) {
    for (String field : List.of("registered_at", "last_updated")) {
      String ours = ours("py", Map.of());
      String member = "(\"" + field + "\": ?\")[^\"]*";
      for (String value : List.of(WRITTEN, ours)) {
        assertTheScriptsAgree(value.replaceFirst(member, "$1" + time), value.equals(ours));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"id\": \"other\", #",
        "\"id\": 7, #",
        "\"id\": \"py\", \"url\": 7, #",
        "\"id\": \"py\", \"url\": null, #",
        "\"id\": \"py\", \"info\": [], #",
        "\"id\": \"py\", \"info\": [{}], #",
        "\"id\": \"py\", \"info\": \"{}\", #",
        "\"id\": \"py\", \"info\": null, #",
        "\"id\": \"py\", \"info\": {\"info\": []}, #",
        "\"id\": \"py\", \"info\": {\"a\": \"\\\"info\\\": []\"}, #",
        "\"id\": \"py\", \"registered_at\": 7, #",
        "\"id\": \"py\", \"last_updated\": null, #",
        "\"id\": \"py\", #} {}",
        "\"id\": \"py\", #"
      })
  void theScriptsTakeTheSameValuesForServicesAsTheReader(String form) {
    StringBuilder fields = new StringBuilder();
    Map<String, String> all =
        Map.of(
            "url", "\"http://h\"",
            "info", "{}",
            "registered_at", "\"2026-11-23T18:01:32Z\"",
            "last_updated", "\"2026-11-23T18:01:32Z\"");
    all.forEach(
        (name, value) -> {
          if (!form.contains(", \"" + name + "\":")) {
            fields.append("\"" + name + "\": " + value + ", ");
          }
        });

    assertTheScriptsAgree("{" + form.replace("#", fields + "\"last_ping_at\": \"\"") + "}", false);
  }

  @Test
  void aValueThatStartsAsOursAndIsNoServiceIsLeftAlone() {
    String ours = ours("py", Map.of("a", 1));
    for (String value :
        List.of(
            ours.replace("\"id\":\"py\"", "\"id\":\"copied\""),
            ours.replaceFirst("\"last_updated\":\"[^\"]*\",", ""),
            ours.replaceFirst("(\"registered_at\":\"[^+]*)\\+00:00", "$1"),
            ours.replaceFirst("(\"last_updated\":\"[^+]*)\\+00:00", "$1"))) {
      assertTheScriptsAgree(value, true);
      assertThat(registry.find("py")).isEmpty();
    }
    // The start is that of a service: what a registration reads, and no more.
    for (String value :
        List.of(
            ours.replaceFirst("\"url\":\"[^\"]*\",", ""),
            ours.replaceFirst("\"info\".*", "\"info\":[]}"),
            ours + "{}",
            ours.substring(0, ours.length() - 1))) {
      put("py", value);
      assertThat(registry.deregister("py")).isEmpty();
      assertThat(VALKEY.client().get("service:py")).isEqualTo(value);
    }
  }

  @Test
  void aLeaseThatEndsInAYearThatNobodyCanReadIsLeftAlone() {
    for (String value : List.of(WRITTEN, ours("py", Map.of()))) {
      VALKEY.client().set("service:py", value, SetParams.setParams().pxAt(1L << 56));
      assertThat(registry.find("py")).isEmpty();

      assertThat(registry.deregister("py")).isEmpty();
      assertRegistrationIsRefused();
      assertThat(VALKEY.client().get("service:py")).isEqualTo(value);
      VALKEY.client().del("service:py");
    }
  }

  /** Returns what the scripts write for a registration. */
  private String ours(String id, Map<String, Object> info) {
    VALKEY.client().del("service:" + id);
    registry.register(Registration.builder("http://h").id(id).info(info).build());
    return VALKEY.client().get("service:" + id);
  }

  /** What can be read can be registered anew and removed; what cannot is left as it is. */
  private void assertTheScriptsAgree(String value, boolean startsAsOurs) {
    put("py", value);
    Optional<Service> read = registry.find("py");
    if (!startsAsOurs) {
      assertThat(registry.ping("py").isPresent()).as(value).isEqualTo(read.isPresent());
    }
    if (read.isEmpty()) {
      assertThat(registry.deregister("py")).isEmpty();
      assertRegistrationIsRefused();
      assertThat(VALKEY.client().get("service:py")).isEqualTo(value);
      return;
    }
    registry.register(Registration.builder("http://new").id("py").build());
    assertThat(registry.find("py").orElseThrow().registeredAt())
        .isEqualTo(read.get().registeredAt());
    put("py", value);
    assertThat(registry.deregister("py")).as(value).isPresent();
  }

  private void assertRegistrationIsRefused() {
    assertThatThrownBy(() -> registry.register(Registration.builder("http://h").id("py").build()))
        .isInstanceOf(RejectedException.class)
        .hasMessageContaining("is not a service");
  }

  @Test
  void aPrefixWithPatternCharactersIsTakenAsItStands() {
    try (TtlStore other = TtlStore.open(VALKEY.uri() + "?prefix=%5Ba%5D*%3A")) {
      ServiceRegistry there = ServiceRegistry.over(other);
      there.register(Registration.builder("http://h").id("a").build());
      registry.register(Registration.builder("http://h").id("b").build());

      assertThat(there.list()).extracting(Service::id).containsExactly("a");
      assertThat(VALKEY.client().exists("[a]*:a")).isTrue();
    }
  }
}
