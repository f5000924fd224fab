package dev.rollcall.http.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ScriptedRegistry;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.http.server.routing.BuiltInEndpoints;
import dev.rollcall.http.server.routing.HealthEndpoints;
import dev.rollcall.http.server.routing.OutageLog;
import dev.rollcall.http.server.routing.ReadinessProbe;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The description of the API, held against the API. */
class OpenApiTest {
  private static final String BODY = "{\"id\":\"a\",\"url\":\"http://h:1\",\"info\":{\"n\":1.50}}";
  private static final String REGISTER = "/services/$register";
  private static final String SERVICE = "/services/{id}";
  private static final String PING = "/services/{id}/$ping";
  private static final String PING_BATCH = "/services/$ping";
  private static final String STATUS = "/services/$status";
  private static final String PROMETHEUS = "/services/$prometheus";
  private static final String HISTORY = "/services/{id}/$history";
  private static final String EVENTS = "/services/$events";

  private final ServedRegistry served =
      new ServedRegistry(handler -> handler.metrics(() -> "up 1\n"), server -> server);
  private final Wire wire = served.wire();
  private ApiDocument api;

  @BeforeEach
  void read() {
    api = new ApiDocument(wire.get("/openapi.json").json());
  }

  @AfterEach
  void close() {
    served.close();
  }

  @Test
  void itIsOpenApiByTheOfficialSchema() {
    api.assertIsOpenApi();
  }

  @Test
  void eachPathHasTheMethodsThatItIsSaidToHave() {
    for (String path : api.paths()) {
      Answer refusal = wire.send("BREW", path.replace("{id}", "a"));
      Set<String> real = new TreeSet<>(List.of(refusal.header("Allow").split(", ")));
      if (real.contains("GET")) {
        assertThat(real.remove("HEAD")).as(path).isTrue(); // said once, for all of them
      }
      assertThat(api.methodsOf(path)).as(path).isEqualTo(real);
    }
  }

  @Test
  void noPathIsLeftOutButThePagesFiles() {
    Set<String> real =
        new TreeSet<>(
            Set.of(
                "/services",
                REGISTER,
                SERVICE,
                PING,
                PING_BATCH,
                PROMETHEUS,
                STATUS,
                HISTORY,
                EVENTS));
    var outage = new OutageLog(LoggerFactory.getLogger(OpenApiTest.class), System::nanoTime);
    var probe = new ReadinessProbe(served.registry(), outage, System::nanoTime);
    Stream.of(
            Set.of("metrics"),
            BuiltInEndpoints.document().keySet(),
            BuiltInEndpoints.page().keySet(),
            new HealthEndpoints(probe, new AtomicBoolean()).resources().keySet())
        .flatMap(Set::stream)
        .filter(path -> !path.startsWith("assets/"))
        .forEach(path -> real.add("/" + path));

    assertThat(api.paths()).isEqualTo(real);
  }

  @Test
  void eachOperationAnswersAsItIsSaidTo() {
    api.assertPromises("POST", REGISTER, wire.register(BODY));
    api.assertPromises("GET", "/services", wire.get("/services"));
    api.assertPromises("GET", PROMETHEUS, wire.get(PROMETHEUS));
    api.assertPromises("GET", STATUS, wire.get(STATUS));
    api.assertPromises("GET", SERVICE, wire.get("/services/a"));
    api.assertPromises("PUT", PING, wire.put("/services/a/$ping"));
    api.assertPromises("PUT", PING_BATCH, pingBatch(wire, "a"));
    api.assertPromises("DELETE", SERVICE, wire.delete("/services/a"));
    wire.register(BODY);
    served.clock().advance(Duration.ofSeconds(25));
    wire.put("/services/a/$ping");
    Answer late = wire.get("/services/a");
    assertThat(late.text()).endsWith(",\"ttl_seconds\":30,\"marks\":[\"late\"]}");
    api.assertPromises("GET", SERVICE, late);
    served.clock().advance(Duration.ofMinutes(1));
    api.assertPromises("GET", HISTORY, wire.get("/services/a/$history"));
    api.assertPromises("GET", EVENTS, wire.get(EVENTS));
    for (String path :
        List.of("/health", "/health/live", "/health/ready", "/metrics", "/openapi.json", "/")) {
      Answer answer = wire.get(path);
      assertThat(answer.status()).as(path).isEqualTo(200);
      api.assertPromises("GET", path, answer);
    }
  }

  private static Answer pingBatch(Wire wire, String id) {
    byte[] body = ("{\"leases\":[{\"id\":\"" + id + "\"}]}").getBytes(UTF_8);
    return wire.send("PUT", PING_BATCH, body, "Content-Type: application/json");
  }

  @Test
  void errorsAreAsTheyAreSaidToBe() {
    api.assertPromises("POST", REGISTER, wire.register("["));
    api.assertPromises("POST", REGISTER, wire.register("x".repeat((1 << 20) + 1)));
    api.assertPromises("POST", REGISTER, wire.register(BODY, "Content-Type: text/plain"));
    api.assertPromises("POST", REGISTER, wire.register("{\"id\":\"-\",\"url\":\"h\"}"));
    api.assertPromises("GET", "/services", wire.get("/services?limit=0&nme=a"));
    byte[] tooLong = new byte[(1 << 20) + 2];
    api.assertPromises(
        "GET", "/services", wire.send("GET", "/services?wait=1", tooLong, "If-None-Match: x"));
    api.assertPromises("GET", PROMETHEUS, wire.get(PROMETHEUS + "?limit=1"));
    api.assertPromises("GET", SERVICE, wire.get("/services/nobody"));
    api.assertPromises("PUT", PING, wire.put("/services/nobody/$ping"));
    api.assertPromises("PUT", PING_BATCH, pingBatch(wire, "nobody"));
    api.assertPromises("PUT", PING_BATCH, pingBatch(wire, "-"));
    api.assertPromises("PUT", PING_BATCH, pingBatch(wire, "\""));
    api.assertPromises("PUT", PING_BATCH, pingBatch(wire, "x".repeat(1 << 20)));
    api.assertPromises("PUT", PING_BATCH, wire.put(PING_BATCH));
    api.assertPromises("DELETE", SERVICE, wire.delete("/services/nobody"));
    String old = wire.registered("a");
    wire.registered("a");
    api.assertPromises("PUT", PING, wire.put("/services/a/$ping?lease=" + old));
    api.assertPromises("DELETE", SERVICE, wire.delete("/services/a?lease=" + old));
    for (String id : List.of("a", "nobody")) {
      String update =
          "{\"id\":\"%s\",\"url\":\"http://h\",\"info\":{},\"lease_id\":\"%s\"}".formatted(id, old);
      api.assertPromises("POST", REGISTER, wire.register(update));
    }
    for (int i = 0; i < 99; i++) {
      wire.registered("s" + i);
    }
    Answer full = wire.register("{\"url\":\"http://h\",\"info\":{}}");
    assertThat(full.status()).isEqualTo(503);
    api.assertPromises("POST", REGISTER, full);
  }

  @Test
  void refusalsForWantOfAKeyOrByTheRateAreAsTheyAreSaidToBe() {
    ServiceKeys keys = ServiceKeys.of(List.of("sesame"));
    try (var locked =
            new ServedRegistry(
                handler -> handler.serviceKeys(keys).keyForReads(), server -> server);
        var hurried =
            new ServedRegistry(
                handler ->
                    handler
                        .limits(RequestLimits.builder().rateLimit(1).build())
                        .nanoTime(new ManualClock()),
                server -> server)) {
      hurried.wire().get("/services");
      for (ServedRegistry refusing : List.of(locked, hurried)) {
        assertEachIsRefused(refusing.wire());
      }
    }
  }

  @Test
  void refusalsOfForeignHostsAndOriginsAreAsTheyAreSaidToBe() {
    String host = "Host: evil.example";
    assertForbidden("POST", REGISTER, wire.register(BODY, host));
    assertForbidden("POST", REGISTER, wire.register(BODY, "Origin: http://evil.example"));
    assertForbidden("GET", "/services", wire.send("GET", "/services", host));
    assertForbidden("GET", PROMETHEUS, wire.send("GET", PROMETHEUS, host));
    assertForbidden("GET", STATUS, wire.send("GET", STATUS, host));
    assertForbidden("GET", SERVICE, wire.send("GET", "/services/a", host));
    assertForbidden("PUT", PING, wire.send("PUT", "/services/a/$ping", host));
    assertForbidden("PUT", PING_BATCH, wire.send("PUT", PING_BATCH, host));
    assertForbidden("DELETE", SERVICE, wire.send("DELETE", "/services/a", host));
    for (String path : List.of("/metrics", "/openapi.json", "/")) {
      assertForbidden("GET", path, wire.send("GET", path, host));
    }
  }

  private void assertForbidden(String method, String path, Answer answer) {
    assertThat(answer.status()).isEqualTo(403);
    api.assertPromises(method, path, answer);
  }

  private void assertEachIsRefused(Wire refusing) {
    api.assertPromises("POST", REGISTER, refusing.register(BODY));
    api.assertPromises("GET", "/services", refusing.get("/services"));
    api.assertPromises("GET", PROMETHEUS, refusing.get(PROMETHEUS));
    api.assertPromises("GET", STATUS, refusing.get(STATUS));
    api.assertPromises("GET", SERVICE, refusing.get("/services/a"));
    api.assertPromises("PUT", PING, refusing.put("/services/a/$ping"));
    api.assertPromises("PUT", PING_BATCH, refusing.put(PING_BATCH));
    api.assertPromises("DELETE", SERVICE, refusing.delete("/services/a"));
    for (String path : List.of("/openapi.json", "/")) {
      api.assertPromises("GET", path, refusing.get(path));
    }
    assertThat(refusing.get("/services").status()).isIn(401, 429);
  }

  @Test
  void anOutageOfTheStoreIsAsItIsSaidToBe() {
    var registry = new ScriptedRegistry();
    registry.failWith(new StoreUnavailableException("down", null, null));
    try (var server = RegistryHttpServer.builder(registry).start()) {
      Wire down = new Wire(server.address());
      api.assertPromises("POST", REGISTER, down.register(BODY));
      api.assertPromises("GET", "/services", down.get("/services"));
      api.assertPromises("GET", PROMETHEUS, down.get(PROMETHEUS));
      api.assertPromises("GET", STATUS, down.get(STATUS));
      api.assertPromises("GET", SERVICE, down.get("/services/a"));
      api.assertPromises("PUT", PING, down.put("/services/a/$ping"));
      api.assertPromises("PUT", PING_BATCH, pingBatch(down, "a"));
      api.assertPromises("DELETE", SERVICE, down.delete("/services/a"));
      api.assertPromises("GET", "/health", down.get("/health"));
      api.assertPromises("GET", "/health/ready", down.get("/health/ready"));
      assertThat(down.get("/services").status()).isEqualTo(503);
      assertThat(down.get(PROMETHEUS).status()).isEqualTo(503);
    }
  }

  @Test
  void theRequestOfTheExampleIsARegistration() {
    String example =
        wire.get("/openapi.json")
            .json()
            .at("/paths/~1services~1$register/post/requestBody/content/application~1json/example")
            .toString();

    assertThat(wire.register(example.getBytes(UTF_8)).status()).isEqualTo(201);
  }

  @Test
  void theRequestOfTheExampleIsABatchOfPings() {
    String example =
        wire.get("/openapi.json")
            .json()
            .at("/paths/~1services~1$ping/put/requestBody/content/application~1json/example")
            .toString();

    Answer answer =
        wire.send("PUT", PING_BATCH, example.getBytes(UTF_8), "Content-Type: application/json");
    assertThat(answer.status()).isEqualTo(200);
    api.assertPromises("PUT", PING_BATCH, answer);
  }

  @Test
  void itsServerIsWhereItStandsWhateverTheBasePath() {
    assertThat(wire.get("/openapi.json").json().at("/servers/0/url").textValue()).isEqualTo(".");
  }

  @Test
  void theOfficialSchemaAndTheDocumentsOwnBothBite() {
    ObjectNode untitled = wire.get("/openapi.json").json().deepCopy();
    untitled.remove("info");
    Answer extraField =
        new Answer(200, wire.get("/health").headers(), "{\"status\":\"healthy\",\"x\":1}");

    assertThatThrownBy(() -> new ApiDocument(untitled).assertIsOpenApi())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("info");
    assertThatThrownBy(() -> api.assertPromises("GET", "/health", extraField))
        .isInstanceOf(AssertionError.class);
  }
}
