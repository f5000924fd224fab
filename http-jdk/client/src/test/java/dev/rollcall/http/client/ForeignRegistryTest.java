package dev.rollcall.http.client;

import static dev.rollcall.http.client.harness.FakeRegistry.well;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.AccessDeniedException;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.Ulid;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.http.client.harness.FakeRegistry;
import dev.rollcall.http.client.json.LenientJson;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers of registries that say less than Rollcall's, or say it in another way. */
class ForeignRegistryTest {
  private static final Duration DEFAULT_TTL = Duration.ofSeconds(30);
  private static final Registration WITH_ID =
      Registration.builder("http://h").id("a").ttl(Duration.ofSeconds(60)).build();

  private static final String LARGE = "x".repeat(17 << 20);

  private final ManualClock clock = new ManualClock();
  private final FakeRegistry fake = FakeRegistry.hung();
  private final ServiceRegistry registry =
      HttpServiceRegistry.builder(fake.url()).wallClock(clock).build();

  @AfterEach
  void close() {
    registry.close();
    fake.close();
  }

  @Test
  void aPythonOrchestratorIsSpokenTo() {
    fake.then(
        200,
        """
        {"id":"01M84S401H4R260E75QAS22SQ3","status":"registered","service_url":"http://h",
        "message":"Service registered successfully","ttl_seconds":30,"x":[{}],
        "ping_url":"/services/01M84S401H4R260E75QAS22SQ3/$ping"}
        """);
    Lease lease = registry.register(WITH_ID);
    fake.then(
        200,
        """
        {"id":"01M84S401H4R260E75QAS22SQ3","status":"alive",
        "last_ping_at":"2026-11-23T18:01:32.977123+00:00",
        "expires_at":"2026-11-23T18:02:02.977123+00:00"}
        """);
    Lease renewed = registry.ping(lease.id()).orElseThrow();

    assertThat(lease.id()).isEqualTo("01M84S401H4R260E75QAS22SQ3");
    assertThat(lease.leaseId()).isEmpty();
    assertThat(lease.ttl()).isEqualTo(DEFAULT_TTL);
    assertThat(lease.expiresAt()).isEqualTo(clock.instant().plus(DEFAULT_TTL));
    assertThat(renewed.ttl()).isEqualTo(DEFAULT_TTL);
    assertThat(renewed.expiresAt()).isEqualTo(Instant.parse("2026-11-23T18:02:02.977123Z"));
    assertThat(fake.lastAsked().target()).isEqualTo("/services/01M84S401H4R260E75QAS22SQ3/$ping");
  }

  @Test
  void aRegistrationIsSentAsTheProtocolHasIt() {
    fake.then(well());
    registry.register(
        Registration.builder("http://h")
            .info(Map.of("id", "a", "n", List.of(new BigDecimal("1.50"))))
            .ttl(Duration.ofMillis(1_500))
            .build());

    FakeRegistry.Asked asked = fake.lastAsked();
    assertThat(asked.method()).isEqualTo("POST");
    assertThat(asked.target()).isEqualTo("/services/$register");
    assertThat(asked.headers()).containsEntry("content-type", "application/json");
    assertThat(asked.body())
        .startsWith("{\"id\":\"a\",\"url\":\"http://h\",\"info\":{")
        .contains("\"n\":[1.50]")
        .endsWith("},\"ttl_seconds\":1.5}");
  }

  @Test
  void chapCoreIsSpokenTo() {
    fake.then(
        200,
        """
        {"id":"a","status":"registered","service_url":"http://h",
        "message":"Service registration updated","ttl_seconds":30,"ping_url":"/services/a/$ping"}
        """);
    assertThat(registry.register(WITH_ID).ttl()).isEqualTo(DEFAULT_TTL);
    fake.then(404, "{\"detail\":\"Service a not found\"}");
    assertThat(registry.ping("a")).isEmpty();
    assertThat(registry.find("a")).isEmpty();
    fake.then(401, "{\"detail\":\"Invalid service key\"}");
    assertThatThrownBy(() -> registry.register(WITH_ID)).isInstanceOf(AccessDeniedException.class);
    fake.then(204, "");
    assertThat(registry.deregister("a")).isPresent();
  }

  @Test
  void aServicekitOrchestratorsProblemIsARegistrysWord() {
    fake.then(
        404,
        """
        {"type":"urn:servicekit:error:not-found","title":"Resource Not Found","status":404,
        "detail":"Service with ID a not found","instance":"/services/a/$ping"}
        """);

    assertThat(registry.ping("a")).isEmpty();
    assertThat(registry.deregister("a")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\"ttl_seconds\":-1,",
        "\"ttl_seconds\":1e300,",
        "\"ttl_seconds\":1e-999999999,"
      })
  void aRegistrationWithoutWordsOnTheLeaseGetsWhatWasAskedFor(String fields) {
    fake.then(well(fields));
    Lease lease = registry.register(WITH_ID);

    assertThat(lease.id()).isEqualTo("a");
    assertThat(lease.leaseId()).isEmpty();
    assertThat(lease.ttl()).isEqualTo(Duration.ofSeconds(60));
    assertThat(lease.expiresAt()).isEqualTo(clock.instant().plusSeconds(60));
  }

  @Test
  void aLeaseOfNoTimeLastsAMillisecondAndOneForEverIsNotBelieved() {
    fake.then(well("\"ttl_seconds\":1e-9,"));
    assertThat(registry.register(WITH_ID).ttl()).isEqualTo(Duration.ofMillis(1));
    fake.then(
        well("\"last_ping_at\":\"2026-11-23T18:01:32Z\",\"expires_at\":\"9999-11-23T18:01:32Z\","));
    assertThat(registry.ping("b").orElseThrow().ttl()).isEqualTo(DEFAULT_TTL);
  }

  @Test
  void aPingWithoutTimesIsCountedFromTheCallByTheLastKnownTtl() {
    fake.then(well("\"ttl_seconds\":45.5,")).then(well());
    registry.register(WITH_ID);
    clock.advance(Duration.ofSeconds(10));

    Lease pingDetails = registry.ping("a", "L").orElseThrow();
    Lease unknown = registry.ping("b").orElseThrow();

    assertThat(pingDetails.ttl()).isEqualTo(Duration.ofMillis(45_500));
    assertThat(pingDetails.expiresAt()).isEqualTo(clock.instant().plusMillis(45_500));
    assertThat(pingDetails.leaseId()).contains("L");
    assertThat(unknown.expiresAt()).isEqualTo(clock.instant().plus(DEFAULT_TTL));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-23T18:01:32Z",
        "2026-11-23T18:01:32.0+00:00",
        "2026-11-23T18:01:32.000000000Z",
        "2026-11-23T19:01:32.000+01:00"
      })
  void aTimeMayHaveAnyOffsetAndUpToNineDigits(String time) {
    fake.then(well("\"expires_at\":\"%s\",".formatted(time)));

    assertThat(registry.ping("a").orElseThrow().expiresAt()).isEqualTo("2026-11-23T18:01:32Z");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "2026-11-23T18:01:32", "+999999999-12-31T23:59:59Z"})
  void aTimeThatIsNoneCountsAsMissing(String time) {
    fake.then(well("\"expires_at\":\"%s\",\"last_ping_at\":7,".formatted(time)));

    assertThat(registry.ping("a").orElseThrow().expiresAt())
        .isEqualTo(clock.instant().plus(DEFAULT_TTL));
  }

  @Test
  void aServiceIsReadWithWhatItHas() {
    fake.then(200, "{\"id\":\"a\",\"url\":\"http://h\",\"later\":{\"x\":1},\"info\":null}");
    Service bare = registry.find("a").orElseThrow();
    fake.then(
        200,
        """
        {"id":"a","url":"http://h","info":{"n":1.50},"registered_at":"2026-11-23T18:00:00Z",
        "ttl_seconds":20,"expires_at":"2026-11-23T18:01:00Z"}
        """);
    Service half = registry.find("a").orElseThrow();

    assertThat(bare.info()).isEmpty();
    assertThat(bare.registeredAt()).isEqualTo(clock.instant());
    assertThat(bare.expiresAt()).isEqualTo(clock.instant().plus(DEFAULT_TTL));
    assertThat(half.info()).isEqualTo(Map.of("n", new BigDecimal("1.50")));
    assertThat(half.lastUpdated()).isEqualTo("2026-11-23T18:00:00Z");
    assertThat(half.lastPingAt()).isEqualTo("2026-11-23T18:00:40Z");
    assertThat(half.ttl()).isEqualTo(Duration.ofSeconds(20));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "<html>", "null", "{\"id\":\"a\"}", "{\"url\":\"http://h\"}"})
  void whatIsNoServiceIsUnavailableAndNotGone(String body) {
    fake.then(body.isEmpty() ? 204 : 200, body);

    assertThatThrownBy(() -> registry.find("a"))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining("what answered there is not a registry");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"n\":%1$s}", // a number of 1,001 digits
        "{\"n\":0.%1$s}",
        "{\"n\":1e99999999999}",
        "{\"n\":1e-99999999999}",
        "{\"n\":NaN}",
        "{\"n\":-Infinity}",
        "{\"n\":01}",
        "{\"n\":+1}",
        "{\"n\":.5}",
        "{\"n\":0x10}",
        "{\"n\":undefined}",
        "{\"n\":'x'}",
        "{n:1}",
        "{\"n\" 1}",
        "{\"n\":1,}",
        "{\"n\":\"\\x\"}",
        "{\"n\":\"\\ud83d\"}",
        "{\"n\":\"\t\u0001\"}",
        "{\"n\":/* comment */1}",
        "{\"%2$s\":1}", // a name of 60,000 characters
        "{\"n\":%3$s1%4$s}", // 2,000 levels
        "{\"n\":\"%5$s\"}", // 17 MB
      })
  void anEntryThatCannotBeReadCostsItselfAlone(String info) {
    String bad =
        info.formatted(
            "9".repeat(1_001), "k".repeat(60_000), "[".repeat(2_000), "]".repeat(2_000), LARGE);
    String good = "{\"id\":\"%s\",\"url\":\"http://h\",\"info\":{}}";
    fake.then(
        200,
        "{\"count\":3,\"services\":[%s,{\"id\":\"bad\",\"url\":\"http://h\",\"info\":%s} ,\n%s]}"
            .formatted(good.formatted("a"), bad, good.formatted("b")));

    assertThat(registry.list()).extracting(Service::id).containsExactly("a", "b");
  }

  @Test
  void anEntryThatIsNoUtf8CostsItselfAlone() {
    byte[] list =
        "{\"services\":[{\"id\":\"a\",\"url\":\"http://h\",\"info\":{\"x\":\"\u00e9\ufffd\"}},{\"id\":\"b\",\"url\":\"http://\u00e9\"}]}"
            .getBytes(StandardCharsets.UTF_8);
    list[new String(list, StandardCharsets.ISO_8859_1).lastIndexOf("\u00a9")] = 'x';
    fake.then(
        socket -> {
          FakeRegistry.raw("HTTP/1.1 200 OK\r\nContent-Length: " + list.length + "\r\n\r\n")
              .play(socket);
          socket.getOutputStream().write(list);
        });

    assertThat(registry.list()).extracting(Service::id).containsExactly("a");
    assertThat(registry.list().get(0).info()).containsEntry("x", "\u00e9\ufffd");
  }

  @Test
  void aListMayHaveAnySpacesAndOtherFieldsAndComeInAnyPieces() {
    String list =
        " {\n\"\\u0073ervices\" :\t[ {\"id\":\"a\",\"url\":\"http://h\",\"info\":{\"s\":\"]}\\\\\\\",{[\"}} , 7,\"]\", null , true ] , \"x\" : \"}\",\"y\":{\"services\":[1]},\"z\":-1.5e3 } ";
    fake.then(
        socket -> {
          FakeRegistry.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").play(socket);
          for (int i = 0; i < list.length(); i++) {
            FakeRegistry.raw("1\r\n" + list.charAt(i) + "\r\n").play(socket);
          }
          FakeRegistry.raw("0\r\n\r\n").play(socket);
        });

    assertThat(registry.list()).extracting(Service::id).containsExactly("a");
    assertThat(registry.list().get(0).info()).containsEntry("s", "]}\\\",{[");
    fake.then(200, "{\"services\":[]}");
    assertThat(registry.list()).isEmpty();
  }

  @Test
  void aListKeepsWhatIsAServiceInTheOrderOfIds() {
    String good = "{\"id\":\"%s\",\"url\":\"http://h\",\"info\":{}}";
    String deep = "{\"id\":\"d\",\"url\":\"http://h\",\"info\":{\"x\":%s1%s}}";
    fake.then(
        200,
        "{\"x\":{\"services\":[1]},\"count\":3,\"services\":["
            + String.join(
                ",",
                good.formatted("b"),
                "null",
                "7",
                "[]",
                "{\"id\":\"no url\"}",
                "{\"id\":\"half\",\"url\":\"http://h\",\"info\":{\"x\":\"\\ud83d\"}}",
                deep.formatted("[".repeat(200), "]".repeat(200)),
                good.formatted("c").replace("{}", "{\"k\":1,\"k\":2}"),
                good.formatted("a"))
            + "],\"more\":[]}");

    assertThat(registry.list()).extracting(Service::id).containsExactly("a", "b", "c");
    assertThat(registry.list()).isUnmodifiable();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "[]", "{}", "<html>", "{\"services\":{}}", "{\"services\":[{\"id\":", "null"})
  void whatIsNoListIsUnavailableAndNotEmpty(String body) {
    fake.then(200, body);

    assertThatThrownBy(registry::list)
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining("what answered there is not a registry");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"status\":\"deregistered\",\"service\":{}}"})
  void aRemovalWithoutTheServiceStillSaysThatItWasRemoved(String body) {
    fake.then(body.isEmpty() ? 204 : 200, body);
    Service removed = registry.deregister("a", "L").orElseThrow();

    assertThat(removed.id()).isEqualTo("a");
    assertThat(removed.url()).isEmpty();
    assertThat(removed.info()).isEmpty();
    assertThat(removed.expiresAt()).isEqualTo(clock.instant());
    assertThat(fake.lastAsked().method()).isEqualTo("DELETE");
    assertThat(fake.lastAsked().target()).isEqualTo("/services/a?lease=L");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"status\":\"deregistered\",\"service\":%s}", "%s"})
  void aRemovalMayShowTheServiceWithinOrAlone(String body) {
    fake.then(200, body.formatted("{\"id\":\"a\",\"url\":\"http://h\"}"));

    assertThat(registry.deregister("a").map(Service::url)).contains("http://h");
  }

  @Test
  void aRegistrationWithoutAnIdThatIsSentTwiceIsOne() {
    fake.then(FakeRegistry.well());
    registry.ping("a"); // leaves a connection in the pool
    fake.then(FakeRegistry.thenReset(socket -> {})).then(FakeRegistry.well());

    registry.register(Registration.builder("http://h").info(Map.of("id", "", "name", "n")).build());

    List<Map<?, ?>> sent =
        fake.asked().stream()
            .filter(asked -> asked.method().equals("POST"))
            .<Map<?, ?>>map(
                asked -> LenientJson.object(asked.body().getBytes(StandardCharsets.UTF_8)))
            .toList();
    assertThat(sent).hasSize(2);
    assertThat(sent.get(0).get("id")).isEqualTo(sent.get(1).get("id"));
    assertThat(Ulid.parse(String.valueOf(sent.get(0).get("id")))).isPresent();
    assertThat(sent.get(0).containsKey("name")).isFalse();
  }
}
