package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Fence;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.FailingConnections;
import dev.rollcall.store.valkey.harness.Renewals;
import dev.rollcall.store.valkey.harness.ValkeyCluster;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.util.JedisClusterCRC16;

/** However a call ends, the next ones get the replies to themselves. */
@Timeout(240)
class UnreadRepliesTest {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  /** Enough for a list to read while the server is at the next page, twice. */
  private static final int SERVICES = 1_200;

  private static final List<Supplier<Throwable>> FAILURES =
      List.of(
          () -> new IllegalStateException("injected"),
          () -> new JedisConnectionException("injected"),
          () -> new JedisDataException("ERR injected"),
          () -> new OutOfMemoryError("injected"),
          () -> new StackOverflowError("injected"));

  private static String id(int i) {
    return "s" + i % SERVICES;
  }

  /** Each has a ttl of its own, and by that its answer to a ping. */
  private static Duration ttl(int i) {
    return Duration.ofSeconds(600 + i % SERVICES);
  }

  private static void registerAll(ServiceRegistry registry) {
    IntStream.range(0, SERVICES)
        .forEach(
            i ->
                registry.register(
                    Registration.builder("http://h/" + id(i)).id(id(i)).ttl(ttl(i)).build()));
  }

  private static void assertAnswersAreTheirOwn(ServiceRegistry registry, int answers) {
    for (int i = 0; i < answers / 4; i++) {
      assertThat(registry.find(id(i)).orElseThrow().url()).isEqualTo("http://h/" + id(i));
      assertThat(registry.ping(id(i)).orElseThrow().ttl()).isEqualTo(ttl(i));
      assertThat(registry.find("nobody" + i)).isEmpty();
      assertThat(registry.ping("nobody" + i)).isEmpty();
    }
  }

  private static Map<String, Runnable> callsOf(TtlStore store) {
    ServiceRegistry registry = ServiceRegistry.over(store);
    Map<String, Runnable> calls = new LinkedHashMap<>();
    calls.put(
        "register", () -> registry.register(Registration.builder("http://h").id("new").build()));
    calls.put("ping", () -> registry.ping("s1"));
    calls.put("ping with a lease", () -> registry.ping("s1", "another's"));
    calls.put(
        "pings in bulk",
        () ->
            Renewals.make(
                store,
                IntStream.range(0, 150)
                    .mapToObj(i -> Renewals.of("s" + i, Fence.of("another's")))
                    .toList()));
    calls.put("deregister", () -> registry.deregister("new"));
    calls.put("find", () -> registry.find("s1"));
    calls.put("list", () -> registry.list());
    return calls;
  }

  @Test
  void afterAFailureAtAnyStepOfAnyCallAThousandAnswersAreAboutTheIdThatWasAskedFor() {
    FailingConnections connections = new FailingConnections(VALKEY.server());
    try (RedisClient client = connections.client(4);
        TtlStore store = ValkeyTtlStore.builder(client).build()) {
      ServiceRegistry registry = ServiceRegistry.over(store);
      registerAll(registry);
      callsOf(store)
          .forEach(
              (name, call) -> {
                for (Supplier<Throwable> failure : FAILURES) {
                  int steps = 0;
                  for (boolean failed = true; failed; steps++) {
                    connections.failAfter(steps, failure);
                    makeAnyhow(call);
                    failed = connections.disarm();
                    assertAnswersAreTheirOwn(registry, 20);
                  }
                  assertThat(steps).as("steps of " + name).isGreaterThan(3);
                }
              });
      assertAnswersAreTheirOwn(registry, 1_000);
      assertThat(registry.list()).extracting(Service::id).contains("s0", "s" + (SERVICES - 1));
      assertThat(client.getPool().getNumActive()).as("connections on loan").isZero();
    }
  }

  private static void makeAnyhow(Runnable call) {
    try {
      call.run();
    } catch (Throwable e) {
      // What becomes of the next calls is the question.
    }
  }

  @Test
  void aListThatMayNotReadOneKeyLeavesTheOtherCallsTheirReplies() {
    CommandArguments acl = new CommandArguments(Command.ACL);
    for (String word :
        "SETUSER most on >p resetkeys ~service:s* ~service:n* ~service: +@all".split(" ", -1)) {
      acl.add(word);
    }
    var unused = VALKEY.client().executeCommand(acl);
    String uri = "valkey://most:p@" + VALKEY.server().host() + ":" + VALKEY.server().port();
    try (TtlStore store = TtlStore.open(uri)) {
      ServiceRegistry registry = ServiceRegistry.over(store);
      registerAll(registry);
      for (int i = 0; i < 20; i++) {
        VALKEY.client().set("service:forbidden" + i, "x");
      }
      for (int i = 0; i < 10; i++) {
        assertThatThrownBy(registry::list)
            .isInstanceOf(StoreUnavailableException.class)
            .hasMessageContaining("NOPERM");
        assertAnswersAreTheirOwn(registry, 200);
      }
    }
  }

  @Test
  void aListWhileAClusterLacksASlotLeavesTheOtherCallsTheirReplies() {
    try (ValkeyCluster cluster = new ValkeyCluster();
        TtlStore store = TtlStore.open(cluster.uri())) {
      ServiceRegistry registry = ServiceRegistry.over(store);
      registerAll(registry);
      // So many that each of the three masters has several pages of them.
      for (int i = 0; i < 3 * SERVICES; i++) {
        registry.register(Registration.builder("http://h").id("more" + i).build());
      }
      String slot = Integer.toString(JedisClusterCRC16.getSlot("service:s1"));
      int master = cluster.firstMasterOf(Integer.parseInt(slot));
      for (int i = 0; i < 3; i++) {
        var unused = cluster.cluster(master, "DELSLOTS", slot);
        Eventually.await("unserved", Duration.ofSeconds(20), () -> isDown(registry::list));
        assertThat(isDown(registry::list)).isTrue();
        unused = cluster.cluster(master, "ADDSLOTS", slot);
        Eventually.await(
            "served",
            Duration.ofSeconds(20),
            () -> registry.find("s1").isPresent() && !registry.list().isEmpty());
        assertAnswersAreTheirOwn(registry, 4 * SERVICES);
      }
    }
  }

  private static boolean isDown(Supplier<Collection<Service>> list) {
    try {
      var unused = list.get();
      return false;
    } catch (StoreUnavailableException e) {
      return true;
    }
  }
}
