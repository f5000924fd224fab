package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.StoreRegistry;
import dev.rollcall.contract.HintRecorder;
import dev.rollcall.discovery.Change;
import dev.rollcall.spi.HintSubscription;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.ValkeyCluster;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import dev.rollcall.store.valkey.harness.ValkeySentinels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.util.JedisClusterCRC16;

/** Writers that publish no hint, as Python orchestrators, and a store that tracks their writes. */
@Timeout(120)
@SuppressWarnings("try") // A subscription that is open is all that some tests need.
class ForeignWritersTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String TRACKING = "?foreign-writers=tracking";

  /** Watches without the comparisons that would find the changes, too. */
  private static Watched watch(String uri) {
    return new Watched(uri, UnaryOperator.identity(), ForeignWritersTest::withoutComparisons);
  }

  private static StoreRegistry.Builder withoutComparisons(StoreRegistry.Builder settings) {
    return settings.reconcileInterval(Duration.ofHours(1));
  }

  private static RedisClient client(ValkeyProcess valkey) {
    return RedisClient.create(valkey.host(), valkey.port());
  }

  private static Object send(UnifiedJedis client, Command command, String... args) {
    return client.executeCommand(new CommandArguments(command).addObjects((Object[]) args));
  }

  /** Registers or pings as a Python orchestrator does: by a {@code SET} of the whole value. */
  private static void pythonSets(UnifiedJedis client, String id, String url, int pings) {
    String at = "2026-11-23T18:01:" + (10 + pings % 50) + ".977123+00:00";
    var unused =
        client.set(
            "service:" + id,
            "{\"id\": \""
                + id
                + "\", \"url\": \""
                + url
                + "\", \"info\": {\"n\": 1}, \"registered_at\":"
                + " \"2026-11-23T18:01:00+00:00\", \"last_updated\":"
                + " \"2026-11-23T18:01:00+00:00\", \"last_ping_at\": \""
                + at
                + "\", \"expires_at\": \""
                + at
                + "\"}",
            SetParams.setParams().ex(300)); // So that no end of a lease has it read.
  }

  @Test
  void whatPythonRegistersChangesAndRemovesIsToldWithoutAComparison() {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        RedisClient python = client(valkey)) {
      try (Watched watched = watch(valkey.uri() + TRACKING)) {
        watched.awaitIds();
        pythonSets(python, "py", "http://py", 0);
        watched.awaitIds("py");
        pythonSets(python, "py", "http://elsewhere", 1);
        watched.probe.awaitChange("py", Change.Type.UPDATED);
        python.del("service:py");
        watched.awaitIds();

        pythonSets(python, "brief", "http://py", 0);
        watched.awaitIds("brief");
        python.pexpire("service:brief", 100);
        watched.awaitIds();
        watched.register("ours");
        watched.awaitIds("ours");
        python.flushAll();
        watched.awaitIds();
      }
      Watched.awaitNobodyElse(python);
      assertThat(python.info("clients")).contains("tracking_clients:0");
    }
  }

  @Test
  void pingsAreNoChangeWhoeverSendsThem() {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        RedisClient python = client(valkey);
        Watched watched = watch(valkey.uri() + TRACKING)) {
      watched.register("ours");
      pythonSets(python, "py", "http://py", 0);
      watched.awaitIds("ours", "py");
      int calls = watched.probe.calls();
      for (int i = 1; i <= 200; i++) {
        assertThat(watched.registry.ping("ours")).isPresent();
        pythonSets(python, "py", "http://py", i);
      }
      pythonSets(python, "z", "http://z", 0);

      watched.awaitIds("ours", "py", "z");
      assertThat(watched.probe.calls()).isEqualTo(calls + 1);
    }
  }

  @Test
  void withoutTrackingAForeignWriteIsFoundByComparison() {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        RedisClient python = client(valkey);
        Watched watched = new Watched(valkey.uri())) {
      watched.awaitIds();
      pythonSets(python, "py", "http://py", 0);
      watched.awaitIds("py");
      assertThat(python.info("clients")).contains("tracking_clients:0");
    }
  }

  @Test
  void foreignWritersAreFollowedAgainAfterARestartAndAKilledConnection() {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        Watched watched = watch(valkey.uri() + TRACKING)) {
      watched.awaitIds();
      valkey.kill();
      valkey.restart();
      try (RedisClient python = client(valkey)) {
        awaitFollowed(watched, id -> pythonSets(python, id, "http://py", 0), "a");
        send(python, Command.CLIENT, "KILL", "TYPE", "pubsub");
        awaitFollowed(watched, id -> pythonSets(python, id, "http://py", 0), "b");
      }
    }
  }

  /** Has Python register a service until it is known, and then another one. */
  private static void awaitFollowed(Watched watched, Consumer<String> python, String id) {
    for (String each : List.of(id, id + "-next")) {
      // Again, for what is written while masters change may be lost.
      Eventually.await(
          "what Python writes is told",
          LIMIT,
          () -> {
            python.accept(each);
            return watched.probe.isSeenWithin(each, Duration.ofSeconds(2));
          });
    }
  }

  @Test
  void afterASentinelFailoverTheNewMastersWritesAreFollowed() {
    try (ValkeySentinels set = ValkeySentinels.thatFailOver();
        Watched watched = watch(set.uri() + TRACKING)) {
      watched.awaitIds();
      set.firstMaster().kill();
      Eventually.await(
          "the new master takes registrations",
          LIMIT,
          () -> {
            watched.register("ours");
            return true;
          });
      watched.awaitIds("ours");
      awaitFollowed(
          watched,
          id -> {
            try (UnifiedJedis python = set.master()) {
              pythonSets(python, id, "http://py", 0);
            }
          },
          "a");
    }
  }

  @Test
  void inAClusterTheWritesAtEachMasterAreFollowedAndThoseAtOneThatTakesOver() {
    List<String> ids = List.of("a", "b", "c", "d", "e", "f"); // Of these each master has some.
    try (ValkeyCluster cluster = ValkeyCluster.thatFailsOver();
        RedisClusterClient python =
            RedisClusterClient.create(
                HostAndPort.from("127.0.0.1:" + cluster.nodes().get(1).port()))) {
      try (Watched watched = watch(cluster.uri() + TRACKING)) {
        watched.awaitIds();
        awaitTracking(cluster, 3);
        ids.forEach(id -> pythonSets(python, id, "http://py", 0));
        watched.awaitIds(ids.toArray(String[]::new));

        int slot = JedisClusterCRC16.getSlot("service:a");
        cluster.nodes().get(cluster.firstMasterOf(slot)).kill();
        Eventually.await(
            "the replica has taken over",
            LIMIT,
            () -> {
              pythonSets(python, "a", "http://elsewhere", 0);
              return true;
            });
        watched.probe.awaitChange("a", Change.Type.UPDATED);
        awaitFollowed(watched, id -> pythonSets(python, id, "http://py", 0), "g");
      }
    }
  }

  @Test
  void whenASlotMovesToANewMasterItsWritesAreFollowedThere() {
    try (ValkeyCluster cluster = new ValkeyCluster();
        RedisClusterClient python =
            RedisClusterClient.create(
                HostAndPort.from("127.0.0.1:" + cluster.nodes().get(1).port()))) {
      try (Watched watched = watch(cluster.uri() + TRACKING)) {
        pythonSets(python, "a", "http://py", 0);
        watched.awaitIds("a");
        int slot = JedisClusterCRC16.getSlot("service:a");
        int from = cluster.firstMasterOf(slot);
        int added = cluster.addMaster();
        cluster.startMove(slot, from, added);
        cluster.moveKey("service:a", from, added);
        cluster.endMove(slot, from, added);
        assertThat(watched.registry.ping("a")).isPresent(); // The store learns of the move.
        awaitTracking(cluster, 4);

        pythonSets(python, "a", "http://elsewhere", 0);
        watched.probe.awaitChange("a", Change.Type.UPDATED);
      }
    }
  }

  private static void awaitTracking(ValkeyCluster cluster, int masters) {
    Eventually.await(
        masters + " masters are tracked",
        LIMIT,
        () -> {
          int tracked = 0;
          for (ValkeyProcess node : cluster.nodes()) {
            try (RedisClient client = client(node)) {
              tracked += client.info("clients").contains("tracking_clients:1") ? 1 : 0;
            }
          }
          return tracked == masters;
        });
  }

  @Test
  void aClientOfTheUsersTracksInEitherProtocol() {
    for (RedisProtocol protocol : RedisProtocol.values()) {
      HintRecorder heard = new HintRecorder();
      try (ValkeyProcess valkey = ValkeyProcess.start();
          RedisClient client =
              RedisClient.builder()
                  .hostAndPort(valkey.host(), valkey.port())
                  .clientConfig(DefaultJedisClientConfig.builder().protocol(protocol).build())
                  .build();
          TtlStore store = ValkeyTtlStore.builder(client).trackForeignWriters().build();
          HintSubscription unused = store.subscribe(heard).orElseThrow()) {
        assertThat(heard.next()).isEqualTo("missed");
        pythonSets(client, "py", "http://py", 0);
        assertThat(heard.next()).as("by %s", protocol).isEqualTo("touched py");
        client.flushAll();
        assertThat(heard.next()).as("by %s", protocol).isEqualTo("missed");
      }
    }
  }

  @Test
  void keysThatAreNotOfServicesAreNotToldOf() {
    HintRecorder heard = new HintRecorder();
    try (ValkeyProcess valkey = ValkeyProcess.start();
        RedisClient client = client(valkey);
        TtlStore store = TtlStore.open(valkey.uri() + TRACKING + "&prefix=r*:");
        HintSubscription unused = store.subscribe(heard).orElseThrow()) {
      assertThat(heard.next()).isEqualTo("missed");
      for (String key : List.of("r*:", "r*:a/b", "r*:" + "x".repeat(200), "ra:c", "other")) {
        client.set(key, "x");
      }
      client.set("r*:d", "x");

      assertThat(heard.next()).isEqualTo("touched d");
    }
  }

  @Test
  void aUserWhoMayNotTrackCannotOpenAStoreThatIsToTrack() {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        RedisClient client = client(valkey)) {
      send(client, Command.ACL, "SETUSER", "u", "on", ">pw", "~*", "&*", "+@all", "-client");
      String uri = valkey.uri().replace("://", "://u:pw@");
      TtlStore.open(uri).close();

      assertThatThrownBy(() -> TtlStore.open(uri + TRACKING))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("client");
    }
  }

  @Test
  void theDocumentedPermissionsAreEnough() {
    HintRecorder heard = new HintRecorder();
    try (ValkeyProcess valkey = ValkeyProcess.start();
        RedisClient client = client(valkey)) {
      List<String> user = new ArrayList<>(List.of("SETUSER", "u", "on", ">pw", "resetkeys"));
      user.addAll(List.of("~service:*", "resetchannels", "&service:!", "&__redis__:invalidate"));
      user.addAll(List.of("-@all", "+evalsha", "+eval", "+get", "+getrange", "+mget", "+set"));
      user.addAll(List.of("+del", "+pexpireat", "+pexpiretime", "+time", "+scan", "+ping"));
      user.addAll(List.of("+publish", "+subscribe", "+client|id", "+client|tracking"));
      send(client, Command.ACL, user.toArray(String[]::new));
      try (TtlStore store = TtlStore.open(valkey.uri().replace("://", "://u:pw@") + TRACKING);
          HintSubscription unused = store.subscribe(heard).orElseThrow()) {
        assertThat(heard.next()).isEqualTo("missed");
        pythonSets(client, "py", "http://py", 0);
        assertThat(heard.next()).isEqualTo("touched py");
      }
    }
  }
}
