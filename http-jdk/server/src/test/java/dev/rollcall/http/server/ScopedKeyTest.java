package dev.rollcall.http.server;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.control.AsyncStore;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.http.server.request.KeyScope;
import dev.rollcall.store.memory.MemoryTtlStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that may not write everything, and the two headers that carry a key. */
class ScopedKeyTest {
  private static final String ALL = "X-Service-Key: all";
  private static final String ORDERS = "X-Service-Key: for-orders";
  private static final String READS = "X-Service-Key: for-reads";
  private static final String JSON = "Content-Type: application/json";

  private static final String KEYS =
      "all\nfor-reads read-only\nfor-orders \t services=orders,orders-*\n";

  @TempDir private Path folder;
  private ServiceKeys keys;
  private ServedRegistry served;
  private Wire wire;

  @BeforeEach
  void serve() throws IOException {
    keys = inFile(KEYS);
    served =
        new ServedRegistry(handler -> handler.serviceKeys(keys).keyForReads(), server -> server);
    wire = served.wire();
  }

  @AfterEach
  void close() {
    served.close();
  }

  private ServiceKeys inFile(String text) throws IOException {
    return ServiceKeys.inFile(Files.writeString(folder.resolve("keys"), text));
  }

  private static String body(String members) {
    return "{" + members + "\"url\":\"http://h\",\"info\":{}}";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"id\":\"orders-1\",\"name\":\"orders\",'",
        "'\"id\":\"orders-1\",'",
        "'\"id\":\"orders\",'",
        "'\"id\":\"orders\",\"name\":\"orders-eu\",'"
      })
  void aKeyForSomeServicesRegistersThem(String members) {
    assertThat(wire.register(body(members), ORDERS).status()).isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"id\":\"payments\",' | 'payments'",
        "'\"id\":\"orders-1\",\"name\":\"payments\",' | 'payments'",
        "'\"id\":\"payments\",\"name\":\"orders\",' | 'payments'",
        "'\"id\":\"order\",' | 'order'",
        "'\"id\":\"ordersx\",' | 'ordersx'",
        "'\"name\":\"orders\",' | 'give the service an id that matches'",
        "'' | 'give the service an id that matches'"
      })
  void aKeyForSomeServicesRegistersNoOther(String members, String fault) {
    Answer answer = wire.register(body(members), ORDERS);

    assertProblem(answer, 403, "out-of-scope");
    assertThat(answer.text()).contains("orders or orders-*", fault);
    assertThat(served.registry().list()).isEmpty();
  }

  @Test
  void aKeyForSomeServicesPingsAndDeregistersThemAlone() {
    for (String id : List.of("orders-1", "payments")) {
      wire.register(body("\"id\":\"" + id + "\","), ALL);
    }

    assertThat(wire.send("PUT", "/services/orders-1/$ping", ORDERS).status()).isEqualTo(200);
    assertProblem(wire.send("PUT", "/services/payments/$ping", ORDERS), 403, "out-of-scope");
    assertProblem(wire.send("DELETE", "/services/payments", ORDERS), 403, "out-of-scope");
    assertProblem(wire.send("DELETE", "/services/%70ayments", ORDERS), 403, "out-of-scope");
    assertThat(wire.send("GET", "/services/payments", ORDERS).status()).isEqualTo(200);
    assertThat(wire.send("DELETE", "/services/orders-1", ORDERS).status()).isEqualTo(200);
  }

  @Test
  void theNameInTheInfoIsChecked() {
    byte[] joins =
        "{\"id\":\"orders-1\",\"url\":\"http://h\",\"info\":{\"name\":\"payments\"}}"
            .getBytes(UTF_8);

    assertProblem(
        wire.send("POST", "/services/$register", joins, JSON, ORDERS), 403, "out-of-scope");
  }

  @Test
  void aLeaseIdThatTheHistoryShowsIsNoKey() {
    wire.register(body("\"id\":\"payments\","), ALL);
    Answer history = wire.send("GET", "/services/payments/$history", ORDERS);
    String lease = history.json().path("events").path(0).path("lease_id").textValue();

    for (String key : List.of(ORDERS, READS)) {
      Answer ping = wire.send("PUT", "/services/payments/$ping?lease=" + lease, key);
      assertProblem(ping, 403, "out-of-scope");
      Answer end = wire.send("DELETE", "/services/payments?lease=" + lease, key);
      assertProblem(end, 403, "out-of-scope");
    }
    String batch = "{\"leases\":[{\"id\":\"payments\",\"lease_id\":\"" + lease + "\"}]}";
    assertThat(statuses(wire, batch, ORDERS)).containsExactly(403);
    assertThat(served.registry().list()).hasSize(1);
  }

  @Test
  void anyLeaseIdWouldHoldAServiceThatHasNone() {
    wire.register(body("\"id\":\"payments\","), ALL);

    Answer end = wire.send("DELETE", "/services/payments?lease=made-up", ORDERS);

    assertProblem(end, 403, "out-of-scope"); // not 409, by which a store says that it has looked
  }

  @Test
  void aBatchChecksEachOfItsPings() {
    assertBatchIsCheckedBy(wire);
  }

  @Test
  void aBatchChecksEachOfItsPingsWhereNoThreadWaits() {
    ExecutorService threads = Executors.newCachedThreadPool();
    try (var store = new AsyncStore(MemoryTtlStore.builder().build(), threads);
        var server =
            RegistryHttpServer.builder(
                    RegistryEndpoints.builder(ServiceRegistry.over(store))
                        .serviceKeys(keys)
                        .build())
                .start()) {
      assertBatchIsCheckedBy(new Wire(server.address()));
    } finally {
      threads.shutdownNow();
    }
  }

  private static void assertBatchIsCheckedBy(Wire wire) {
    for (String id : List.of("orders-1", "payments")) {
      wire.register(body("\"id\":\"" + id + "\","), ALL);
    }
    String leases =
        "{\"leases\":[{\"id\":\"payments\"},{\"id\":\"orders-1\"},{\"id\":\"orders-2\"},"
            + "{\"id\":\"payments\",\"lease_id\":\"x\"}]}";

    assertThat(statuses(wire, leases, ORDERS)).containsExactly(403, 200, 404, 403);
    assertThat(statuses(wire, "{\"leases\":[{\"id\":\"payments\"}]}", ORDERS)).containsExactly(403);
    assertProblem(
        wire.send("PUT", "/services/$ping", leases.getBytes(UTF_8), JSON, READS),
        403,
        "out-of-scope");
  }

  private static List<Integer> statuses(Wire wire, String batch, String key) {
    Answer answer = wire.send("PUT", "/services/$ping", batch.getBytes(UTF_8), JSON, key);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json().path("outcomes").findValues("status").stream()
        .map(status -> status.intValue())
        .toList();
  }

  @Test
  void aKeyForReadsWritesNothing() {
    wire.register(body("\"id\":\"a\","), ALL);

    assertThat(wire.send("GET", "/services", READS).status()).isEqualTo(200);
    for (Answer answer :
        List.of(
            wire.register(body("\"id\":\"b\","), READS),
            wire.send("PUT", "/services/a/$ping", READS),
            wire.send("DELETE", "/services/a", READS))) {
      assertProblem(answer, 403, "out-of-scope");
      assertThat(answer.text()).contains("may only read");
    }
    assertThat(served.registry().list()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization: Bearer all",
        "authorization: bearer  all",
        "Authorization: Basic eDp5\r\nX-Service-Key: all",
        "Authorization: Bearer for-a-gateway\r\nX-Service-Key: all",
        "Authorization: Bearer for-orders\r\nX-Service-Key: all"
      })
  void aBearerTokenIsAKeyTooUnlessThereIsOne(String headers) {
    assertThat(wire.register(body(""), headers).status()).isEqualTo(201);
  }

  @Tag("not-on-jetty")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization: all",
        "Authorization: Bearer",
        "Authorization: Bearer other",
        "Authorization: Basic all",
        "Authorization: Bearer all\r\nX-Service-Key: wrong",
        "Authorization: Bearer all\r\nAuthorization: Bearer other",
        "Authorization: Bearer all\r\nX-Service-Key:",
        "Authorization: Bearer all\r\nX-Service-Key: all\r\nX-Service-Key: all"
      })
  void severalKeysAndAWrongOneBesideATokenAreNone(String headers) {
    Answer answer = wire.register(body(""), headers);

    assertProblem(answer, 401, "unauthorized");
    assertThat(answer.header("WWW-Authenticate"))
        .isEqualTo("ServiceKey realm=\"rollcall\", Bearer realm=\"rollcall\"");
  }

  @Test
  void aTokenThatMayDoMoreWidensNoKey() {
    Answer answer =
        wire.register(body("\"id\":\"payments\","), ORDERS + "\r\nAuthorization: Bearer all");

    assertProblem(answer, 403, "out-of-scope");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hunter2 readonly",
        "hunter2 services=",
        "hunter2 services=*",
        "hunter2 services=a,,b",
        "hunter2 services=a*b",
        "hunter2 read-only services=a",
        "hunter2 hunter3"
      })
  void aScopeThatIsNoneIsRefusedByItsLineWithoutBeingRepeated(String line) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> inFile("good\n" + line + "\n"))
        .withMessageContainingAll("line 2: after a service key may follow read-only, or services=")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter"));
  }

  @Test
  void oneKeyWithTwoScopesIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> inFile("hunter2\nhunter2 read-only\n"))
        .withMessageContaining("twice, with two scopes")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2"));
  }

  @Test
  void aKeyOfTwoSourcesMayDoWhatEitherLetsIt() throws Exception {
    ServiceKeys both = inFile("k read-only\n").and(ServiceKeys.of(List.of("k")));
    try (var other = new ServedRegistry(handler -> handler.serviceKeys(both), server -> server)) {
      assertThat(other.wire().register(body(""), "X-Service-Key: k").status()).isEqualTo(201);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hunter2 read-only", "hunter2 services=a,b*"})
  void aFileThatLimitsAKeyFromElsewhereIsRefusedByTheNameOfThatPlace(String line)
      throws IOException {
    Path file = Files.writeString(folder.resolve("keys"), "other\n" + line + "\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServiceKeys.inFile(file, Map.of("THE_KEY", "hunter2")))
        .withMessageContainingAll(
            file.toString(), "the key in THE_KEY has a scope", "unset THE_KEY")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2", "services="));
  }

  @Test
  void aKeyFromElsewhereMayDoEverythingAndStandInTheFileAsWell() throws Exception {
    Path file = Files.writeString(folder.resolve("keys"), "k\nr read-only\n");
    ServiceKeys both = ServiceKeys.inFile(file, Map.of("ONE", "k", "OTHER", "l"));

    assertThat(both.scopeOf("k")).hasValueSatisfying(scope -> scope.check("anything"));
    assertThat(both.scopeOf("l")).contains(KeyScope.ALL);
    assertThat(both.scopeOf("r")).contains(KeyScope.READ_ONLY);
    assertThat(both.scopeOf("x")).isEmpty();
  }

  @Test
  void aKeyFromElsewhereThatIsNoneIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("keys"), "k\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServiceKeys.inFile(file, Map.of("THE_KEY", "two words")))
        .withMessageContaining("a service key is 1 to 512 characters")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("words"));
  }
}
