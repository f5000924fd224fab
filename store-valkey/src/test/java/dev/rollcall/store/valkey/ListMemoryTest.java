package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Registration;
import dev.rollcall.RegistryBusyException;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.FailingConnections;
import dev.rollcall.store.valkey.harness.ValkeyCluster;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import dev.rollcall.store.valkey.pipeline.Script;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** What lists hold, and what one round trip of them brings, is bounded in bytes. */
@Timeout(120)
class ListMemoryTest {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  private static final int MB = 1_000_000;
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private static void register(ServiceRegistry registry, String id, int length) {
    registry.register(
        Registration.builder("http://h/" + id)
            .id(id)
            .ttl(Duration.ofHours(1))
            .info(Map.of("text", "x".repeat(length)))
            .build());
  }

  private static String[] ids(int count) {
    return IntStream.range(0, count).mapToObj(i -> "s" + i).toArray(String[]::new);
  }

  /** Lists in a JVM of its own. */
  static final class Lister {
    private Lister() {}

    public static void main(String[] args) {
      // A JVM that starts beside others may take long for its first list.
      try (TtlStore store = TtlStore.open(args[0] + "?timeout-ms=30000")) {
        System.out.println("listed " + store.list().size());
      } catch (RegistryBusyException e) {
        System.out.println("refused: " + e.getMessage());
      }
    }
  }

  private static String list(String uri) throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Lister.class.getName(),
                uri)
            .redirectErrorStream(true)
            .start();
    try {
      return new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } finally {
      child.destroyForcibly();
    }
  }

  @Test
  void aListOfFarMoreThanASmallHeapHoldsIsRefusedAndOneThatFitsIsServed() throws Exception {
    try (TtlStore store = TtlStore.open(VALKEY.uri())) {
      ServiceRegistry registry = ServiceRegistry.over(store);
      for (int i = 0; i < 56; i++) {
        register(registry, "s" + i, MB);
      }
      assertThat(list(VALKEY.uri()))
          .contains("refused: the services were not listed", "max-list-bytes", "16777216 bytes")
          .doesNotContain("OutOfMemoryError");
      for (int i = 5; i < 56; i++) {
        assertThat(registry.deregister("s" + i)).isPresent();
      }
      assertThat(list(VALKEY.uri())).contains("listed 5");
    }
  }

  private static long sent() {
    return VALKEY
        .client()
        .info("commandstats")
        .lines()
        .filter(line -> line.startsWith("cmdstat_evalsha:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^=]*=(\\d+).*", "$1")))
        .sum();
  }

  @Test
  void longValuesAmongShortOnesAreAllReadInRoundTripsThatAreBounded() {
    try (TtlStore store = ValkeyTtlStore.builder(VALKEY.client()).maxListBytes(40 * MB).build()) {
      ServiceRegistry registry = ServiceRegistry.over(store);
      for (int i = 0; i < 1_500; i++) {
        register(registry, "s" + i, i % 100 == 7 ? MB : i % 10 == 3 ? 20_000 : 10);
      }
      VALKEY.client().lpush("service:list", "x");
      VALKEY.client().set("service:long", "x".repeat(10 * MB));
      long before = sent();

      List<Service> services = registry.list();

      assertThat(services).extracting(Service::id).containsExactlyInAnyOrder(ids(1_500));
      assertThat(services).allSatisfy(s -> assertThat(s.url()).isEqualTo("http://h/" + s.id()));
      // Some 5 MB a round trip, of 31 MB.
      assertThat(sent() - before).isGreaterThan(25);
    }
  }

  @Test
  void aCallForManyValuesReturnsTheFirstThatFitTheLengthOfTheNextAndTheTime() {
    RedisClient client = VALKEY.client();
    List<byte[]> keys =
        IntStream.range(0, 30)
            .mapToObj(i -> ("service:" + i).getBytes(StandardCharsets.UTF_8))
            .toList();
    for (int i = 0; i < 25; i++) {
      client.set("service:" + i, "x".repeat(100));
    }
    byte[] script = Script.READ.source();

    assertThat((List<?>) client.eval(script, keys, bytes("1250")))
        .hasSize(27)
        .element(24)
        .isEqualTo(100L);
    assertThat((List<?>) client.eval(script, keys, bytes("99")))
        .hasSize(3)
        .element(0)
        .isEqualTo(100L);
    assertThat((List<?>) client.eval(script, keys, bytes("2500"))).hasSize(61);
    assertThat((List<?>) client.eval(script, keys, List.of())).hasSize(61).element(58).isNull();
  }

  private static List<byte[]> bytes(String text) {
    return List.of(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aListBeyondTheBoundIsRefusedTheNextThatFitsIsServedAndNothingStaysCounted() {
    try (TtlStore store = TtlStore.open(VALKEY.uri() + "?max-list-bytes=100k")) {
      ServiceRegistry registry = ServiceRegistry.over(store);
      for (int i = 0; i < 10; i++) {
        register(registry, "s" + i, 15_000);
      }
      for (int i = 0; i < 20; i++) {
        assertThatThrownBy(registry::list)
            .isInstanceOf(RegistryBusyException.class)
            .hasMessageContaining("102400 bytes")
            .hasMessageContaining("max-list-bytes");
      }
      assertThat(registry.find("s1")).isPresent();
      for (int i = 5; i < 10; i++) {
        assertThat(registry.deregister("s" + i)).isPresent();
      }
      for (int i = 0; i < 20; i++) {
        assertThat(registry.list()).hasSize(5);
      }
      VALKEY.client().set("service:long", "x".repeat(102_401));
      assertThatThrownBy(registry::list)
          .isInstanceOf(RegistryBusyException.class)
          .hasMessageContaining("'long' alone has 102401 bytes");
      VALKEY.client().del("service:long");
      assertThat(registry.list()).hasSize(5);
    }
  }

  @Test
  void whatAListCountedIsGivenBackAtWhateverStepItFails() {
    FailingConnections connections = new FailingConnections(VALKEY.server());
    try (RedisClient client = connections.client(4);
        TtlStore store = ValkeyTtlStore.builder(client).maxListBytes(1_500_000).build()) {
      ServiceRegistry registry = ServiceRegistry.over(store);
      for (int i = 0; i < 1_100; i++) {
        register(registry, "s" + i, 500);
      }
      for (var failure :
          List.<Supplier<Throwable>>of(
              () -> new JedisConnectionException("injected"),
              () -> new OutOfMemoryError("injected"))) {
        boolean failed = true;
        for (int steps = 0; failed; steps += 3) {
          connections.failAfter(steps, failure);
          try {
            var unused = store.list();
          } catch (RuntimeException | OutOfMemoryError e) {
            assertThat(e).isNotInstanceOf(RegistryBusyException.class);
          }
          failed = connections.disarm();
          assertThat(store.list()).hasSize(1_100);
        }
      }
    }
  }

  @Test
  void aRoundTripIsReadWhenNothingRefersToTheOneBeforeAnyMore() {
    FailingConnections connections = new FailingConnections(VALKEY.server());
    try (RedisClient client = connections.client(4);
        TtlStore store = ValkeyTtlStore.builder(client).build()) {
      ServiceRegistry registry = ServiceRegistry.over(store);
      for (int i = 0; i < 3_000; i++) {
        register(registry, "s" + i, 10);
      }
      List<WeakReference<Object>> former = new ArrayList<>();
      List<WeakReference<Object>> current = new ArrayList<>();
      List<Long> stillThere = new ArrayList<>();
      connections.showReplies(
          reply -> {
            if (!isPage(reply)) {
              current.add(new WeakReference<>(reply));
              return;
            }
            System.gc();
            stillThere.add(former.stream().filter(each -> each.get() != null).count());
            former.clear();
            former.addAll(current);
            current.clear();
          });

      assertThat(store.list()).hasSize(3_000);
      assertThat(stillThere).hasSizeGreaterThan(3).containsOnly(0L);
    }
  }

  /** Returns whether a reply is that of {@code SCAN}, which comes last in a round trip. */
  private static boolean isPage(Object reply) {
    return reply instanceof List<?> parts && parts.size() == 2 && parts.get(1) instanceof List<?>;
  }

  @Test
  void listsUnderWayShareTheBoundAndAnEndedOneTakesNoMore() {
    ListMemory memory = new ListMemory(100);
    ListMemory.Share one = memory.open();
    ListMemory.Share other = memory.open();
    one.add(60);
    assertThatThrownBy(() -> other.add(41)).isInstanceOf(RegistryBusyException.class);
    other.add(40);
    one.remove(10);
    other.add(10);
    one.close();
    one.close();
    one.remove(10);
    assertThat(memory.used()).isEqualTo(50);
    assertThatThrownBy(() -> one.add(1)).isInstanceOf(CancellationException.class);
    other.close();
    assertThat(memory.used()).isZero();
  }

  @Test
  void aClusterListsLongValuesInBoundedRoundTripsAndRefusesWhatIsTooMuch() {
    try (ValkeyCluster cluster = new ValkeyCluster();
        TtlStore ample = TtlStore.open(cluster.uri() + "?max-list-bytes=40m");
        TtlStore scarce = TtlStore.open(cluster.uri() + "?max-list-bytes=4m")) {
      ServiceRegistry registry = ServiceRegistry.over(ample);
      for (int i = 0; i < 300; i++) {
        register(registry, "s" + i, i % 20 == 7 ? MB : i % 10 == 3 ? 20_000 : 10);
      }
      Eventually.await("listed", LIMIT, () -> outcomeOfList(ample).equals("300"));
      for (int i = 0; i < 5; i++) {
        awaitRefusal(scarce);
      }
      for (int i = 7; i < 300; i += 20) {
        assertThat(registry.deregister("s" + i)).isPresent();
      }
      Eventually.await("listed", LIMIT, () -> outcomeOfList(scarce).equals("285"));
    }
  }

  private static void awaitRefusal(TtlStore store) {
    Eventually.await("refused", LIMIT, () -> outcomeOfList(store).equals("busy"));
  }

  /** A cluster on a busy machine may take itself for down for a moment. */
  private static String outcomeOfList(TtlStore store) {
    try {
      return Integer.toString(store.list().size());
    } catch (RegistryBusyException e) {
      return "busy";
    } catch (StoreUnavailableException e) {
      return "down";
    }
  }

  @Test
  void aBoundOfNothingIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ValkeyTtlStore.builder(VALKEY.client()).maxListBytes(0));
    for (long wrong : LongStream.of(0, -1).toArray()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> TtlStore.open(VALKEY.uri() + "?max-list-bytes=" + wrong))
          .withMessageContaining("max-list-bytes is a size");
    }
  }
}
