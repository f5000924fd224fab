package dev.rollcall.store.valkey;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.params.SetParams;

/** Services, and what stands in their places, made to do harm to the others. */
@Timeout(60)
class HostileValuesTest {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  private static final int INNOCENTS = 300;

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

  /** Names of one length that a hash by groups of four bytes, from the fourth on, cannot tell. */
  private static List<String> collidingNames(int count) {
    List<String> names = new ArrayList<>();
    permute(new ArrayList<>(List.of("aaaa", "bbbb", "cccc", "dddd", "eeee", "ffff")), "", names);
    return names.subList(0, count);
  }

  private static void permute(List<String> groups, String name, List<String> names) {
    if (groups.isEmpty()) {
      names.add("twelve-bytes" + name);
    }
    for (String group : List.copyOf(groups)) {
      List<String> others = new ArrayList<>(groups);
      others.remove(group);
      permute(others, name + group, names);
    }
  }

  @Test
  void namesThatWereChosenToCollideHarmNoServiceBesideThem() {
    for (int i = 0; i < INNOCENTS; i++) {
      Map<String, Object> info = new HashMap<>();
      for (int j = 0; j < 5; j++) {
        info.put("own" + i + "-" + j, i);
      }
      registry.register(Registration.builder("http://h").id("innocent" + i).info(info).build());
    }
    List<String> names = collidingNames(700);
    for (int i = 0; i < 60; i++) {
      Map<String, Object> info = new LinkedHashMap<>();
      for (String name : names) {
        info.put(name.replace("twelve-bytes", String.format("%012d", i)), 1);
      }
      registry.register(Registration.builder("http://h").id("hostile" + i).info(info).build());
    }
    for (int round = 0; round < 3; round++) {
      assertThat(registry.list()).hasSize(INNOCENTS + 60);
      for (int i = 0; i < INNOCENTS; i++) {
        Service innocent = registry.find("innocent" + i).orElseThrow();
        assertThat(innocent.info()).hasSize(5).containsEntry("own" + i + "-0", i);
      }
    }
    assertThat(registry.find("hostile0").orElseThrow().info()).hasSize(700);
  }

  private static String value(String fields) {
    return "{\"id\": \"x\", \"url\": \"http://x\", \"registered_at\":"
        + " \"2026-11-23T18:01:32.977123+00:00\", \"last_updated\":"
        + " \"2026-11-23T18:01:33+00:00\", "
        + fields
        + "}";
  }

  private static String nested(int depth) {
    return "[".repeat(depth) + "]".repeat(depth);
  }

  private static void put(byte[] value) {
    VALKEY.client().set("service:x".getBytes(UTF_8), value, SetParams.setParams().ex(30));
  }

  /** Whatever is at the key of x, the other is found, and whoever has the key can be told so. */
  private void assertCostsOnlyItself() {
    registry.register(Registration.builder("http://h").id("other").build());
    long start = System.nanoTime();
    for (int i = 0; i < 3; i++) {
      assertThat(registry.list()).extracting(Service::id).contains("other").hasSizeLessThan(3);
      var found = registry.find("x");
      assertThat(found.isEmpty() || found.get().id().equals("x")).isTrue();
      var pinged = registry.ping("x");
      assertThat(pinged.isEmpty() || pinged.get().ttl().compareTo(Duration.ofDays(1)) <= 0)
          .isTrue();
      var fenced = registry.ping("x", "a lease");
      assertThat(fenced.isEmpty() || fenced.get().ttl().compareTo(Duration.ofDays(1)) <= 0)
          .isTrue();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    var removed = registry.deregister("x");
    assertThat(removed.isEmpty() || removed.get().id().equals("x")).isTrue();
    assertThat(registry.find("other")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"info\": {\"n\": 1e99999999999}",
        "\"info\": {\"n\": 1e999999999}",
        "\"info\": {\"n\": 1e-2147483648}",
        "\"info\": {}, \"ttl_seconds\": 1e999999999",
        "\"info\": {}, \"ttl_seconds\": 1e99999999999",
        "\"info\": {}, \"ttl_seconds\": 1e-999999999",
        "\"info\": {}, \"ttl_seconds\": -1e400",
        "\"info\": {}, \"ttl_seconds\": inf",
        "\"info\": {}, \"ttl_seconds\": nan",
        "\"info\": {}, \"ttl_seconds\": 0x7fffffffffffffff",
        "\"info\": {}, \"ttl_seconds\": {\"a\": [1]}",
        "\"info\": {}, \"registered_at\": \"+999999999-12-31T23:59:59Z\"",
        "\"info\": {}, \"last_updated\": \"-999999999-01-01T00:00:00Z\"",
        "\"info\": {}, \"registered_at\": 5",
        "\"info\": {}, \"expires_at\": \"9999-99-99T99:99:99.999999+00:00\"",
        "\"info\": [], \"url\": {\"a\": 1}",
        "\"info\": {\"half\": \"\\ud800\"}",
        "\"info\": {}, \"lease_id\": {\"a\": 1}",
        "\"info\""
      })
  void aValueThatIsAbsurdCostsItsOwnEntryAlone(String fields) {
    put(value(fields).getBytes(UTF_8));

    assertCostsOnlyItself();
  }

  @Test
  void aValueThatIsTooDeepTooLongOrMalformedCostsItsOwnEntryAlone() {
    List<String> fields =
        List.of(
            "\"info\": {\"n\": " + nested(900) + "}",
            "\"info\": {\"n\": " + nested(100_000) + "}",
            "\"info\": {}, \"n\": " + nested(100_000),
            "\"info\": {\"n\": " + "9".repeat(1_000_000) + "}",
            "\"info\": {\"n\": 1." + "9".repeat(1_000_000) + "}",
            "\"info\": {}, \"ttl_seconds\": " + "9".repeat(1_000_000),
            "\"info\": {}, \"ttl_seconds\": 2." + "9".repeat(1_000_000),
            "\"info\": {\"" + "n".repeat(1_000_000) + "\": 1}");
    for (String each : fields) {
      put(value(each).getBytes(UTF_8));
      assertCostsOnlyItself();
    }
    byte[] malformed = value("\"info\": {\"n\": \"??\"}").getBytes(UTF_8);
    malformed[malformed.length - 4] = (byte) 0xff;
    put(malformed);
    assertThat(registry.find("x")).isEmpty();
    assertCostsOnlyItself();
  }

  @Test
  void theReplacementCharacterIsOneLikeAnyOther() {
    Map<String, Object> info = Map.of("\uFFFD", "a\uFFFDb");
    registry.register(Registration.builder("http://h").id("x").info(info).build());

    assertThat(registry.find("x").orElseThrow().info()).isEqualTo(info);
  }

  @Test
  void aLeaseThatEndsInAnAbsurdYearCostsItsOwnEntryAlone() {
    put(value("\"info\": {}").getBytes(UTF_8));
    VALKEY.client().pexpireAt("service:x", Instant.parse("9999-12-31T23:59:59Z").toEpochMilli());
    assertThat(registry.find("x")).isPresent();
    VALKEY.client().pexpireAt("service:x", 1L << 56);

    assertThat(registry.find("x")).isEmpty();
    assertCostsOnlyItself();
  }

  @Test
  void theLongestNumbersThatARegistrationTakesAreReadBack() {
    BigInteger big = new BigInteger("7".repeat(1_000));
    BigDecimal far = new BigDecimal("1E+999999999");
    Map<String, Object> info = Map.of("big", big, "far", far, "text", "x".repeat(50_000));
    registry.register(Registration.builder("http://h").id("x").info(info).build());

    assertThat(registry.find("x").orElseThrow().info()).isEqualTo(info);
    assertThat(registry.list()).hasSize(1);
  }
}
