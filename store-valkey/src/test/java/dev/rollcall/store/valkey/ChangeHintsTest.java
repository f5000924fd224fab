package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.HintRecorder;
import dev.rollcall.spi.HintListener;
import dev.rollcall.spi.HintSubscription;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.FaultProxy;
import dev.rollcall.store.valkey.harness.ValkeyCluster;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import dev.rollcall.store.valkey.harness.ValkeySentinels;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisProtocol;

/** Stores that tell of changes, by whichever of them. */
@Timeout(120)
@SuppressWarnings("try") // A subscription that is open is all that some tests need.
class ChangeHintsTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String CHANNEL = "service:!";

  private final HintRecorder recorder = new HintRecorder();

  private static void register(TtlStore store, String id) {
    var unused =
        ServiceRegistry.over(store)
            .register(Registration.builder("http://h").id(id).ttl(Duration.ofSeconds(120)).build());
  }

  private static void deregister(TtlStore store, String id) {
    assertThat(ServiceRegistry.over(store).deregister(id)).isPresent();
  }

  private static RedisClient client(ValkeyProcess valkey) {
    return RedisClient.create(valkey.host(), valkey.port());
  }

  private static Object send(RedisClient client, Command command, String... args) {
    return client.executeCommand(new CommandArguments(command).addObjects((Object[]) args));
  }

  private static long subscribers(RedisClient client) {
    return (Long) ((List<?>) send(client, Command.PUBSUB, "NUMSUB", CHANNEL)).get(1);
  }

  @Test
  void changesAtOneStoreAreHintedAtAnotherWithTheirCauseAndInTheirOrder() {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        TtlStore one = TtlStore.open(valkey.uri());
        TtlStore other = TtlStore.open(valkey.uri());
        HintSubscription unused = other.subscribe(recorder).orElseThrow()) {
      assertThat(recorder.next()).isEqualTo("missed");
      register(one, "a");
      register(one, "b");
      register(one, "a");
      deregister(one, "a");
      assertThat(ServiceRegistry.over(one).ping("b")).isPresent();
      deregister(other, "b");

      for (String hint :
          List.of("registered a", "registered b", "registered a", "deregistered a")) {
        assertThat(recorder.next()).isEqualTo(hint);
      }
      assertThat(recorder.next()).as("a ping is no change").isEqualTo("deregistered b");
    }
  }

  @Test
  void messagesOfOthersOnTheChannelDoNoHarm() {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        TtlStore store = TtlStore.open(valkey.uri());
        RedisClient client = client(valkey);
        HintSubscription unused = store.subscribe(recorder).orElseThrow()) {
      assertThat(recorder.next()).isEqualTo("missed");
      for (String message : List.of("", " ", "registered ", "registered ü/", "x", "moved c")) {
        client.publish(CHANNEL, message);
      }

      assertThat(recorder.next()).isEqualTo("touched c");
    }
  }

  @Test
  void afterAKilledConnectionAndARestartChangesMayHaveBeenMissed() {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        TtlStore store = TtlStore.open(valkey.uri());
        HintSubscription unused = store.subscribe(recorder).orElseThrow()) {
      assertThat(recorder.next()).isEqualTo("missed");
      try (RedisClient client = client(valkey)) {
        send(client, Command.CLIENT, "KILL", "TYPE", "pubsub");
      }
      assertThat(recorder.next()).isEqualTo("missed");
      valkey.kill();
      valkey.restart();
      assertThat(recorder.next()).isEqualTo("missed");

      register(store, "a");
      assertThat(recorder.next()).isEqualTo("registered a");
    }
  }

  @Test
  void aListenerThatComesWhileTheServerIsDownIsToldLater() {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        TtlStore store = TtlStore.open(valkey.uri() + "?timeout-ms=500")) {
      valkey.kill();
      try (HintSubscription unused = store.subscribe(recorder).orElseThrow()) {
        valkey.restart();
        assertThat(recorder.next()).isEqualTo("missed");
      }
    }
  }

  @Test
  void aConnectionThatDiedWithoutAWordIsFoundOut() {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        FaultProxy proxy = new FaultProxy(valkey);
        TtlStore store = TtlStore.open(proxy.uri());
        HintSubscription unused = store.subscribe(recorder).orElseThrow()) {
      assertThat(recorder.next()).isEqualTo("missed");
      proxy.forget();
      assertThat(recorder.next()).isEqualTo("missed");
    }
  }

  @Test
  void aSubscriptionOutlivesASentinelFailover() {
    try (ValkeySentinels set = ValkeySentinels.thatFailOver();
        TtlStore store = TtlStore.open(set.uri());
        HintSubscription unused = store.subscribe(recorder).orElseThrow()) {
      assertThat(recorder.next()).isEqualTo("missed");
      set.firstMaster().kill();
      assertThat(recorder.next()).isEqualTo("missed");

      register(store, "a");
      recorder.await("registered a");
    }
  }

  @Test
  void inAClusterChangesOnAnyNodeAreHintedAndTheSubscriptionMovesWhenItsNodeDies() {
    try (ValkeyCluster cluster = ValkeyCluster.thatFailsOver();
        TtlStore store = TtlStore.open(cluster.uri());
        HintSubscription unused = store.subscribe(recorder).orElseThrow()) {
      assertThat(recorder.next()).isEqualTo("missed");
      for (String id : List.of("a", "b", "c", "d", "e", "f")) {
        register(store, id); // Of these slots each master has some.
        assertThat(recorder.next()).isEqualTo("registered " + id);
      }
      assertThat(store.findAll(List.of("a", "b", "c", "d", "e", "f", "none"))).hasSize(6);

      ValkeyProcess subscribed =
          cluster.nodes().subList(0, 3).stream()
              .filter(ChangeHintsTest::hasSubscriber)
              .findFirst()
              .orElseThrow();
      subscribed.kill();
      assertThat(recorder.next()).isEqualTo("missed");
    }
  }

  private static boolean hasSubscriber(ValkeyProcess node) {
    try (RedisClient client = client(node)) {
      return subscribers(client) > 0;
    }
  }

  @Test
  void whereAnAclForbidsToPublishWritesGoOnAndOneLineOfTheLogSaysSo() {
    PrintStream usual = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    try (ValkeyProcess valkey = ValkeyProcess.start();
        RedisClient client = client(valkey)) {
      send(client, Command.ACL, "SETUSER", "mute", "on", ">pw", "~*", "resetchannels", "+@all");
      String uri = valkey.uri().replace("://", "://mute:pw@");
      System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
      try (TtlStore store = TtlStore.open(uri)) {
        register(store, "a");
        register(store, "b");
        deregister(store, "a");

        assertThat(store.list()).hasSize(1);
      }
    } finally {
      System.setErr(usual);
    }
    assertThat(log.toString(StandardCharsets.UTF_8).lines())
        .filteredOn(line -> line.contains("does not let this store publish its changes"))
        .hasSize(1);
  }

  @Test
  void listenersShareASubscriptionAndTheLastOneLeavesNothing() {
    HintRecorder second = new HintRecorder();
    try (ValkeyProcess valkey = ValkeyProcess.start();
        RedisClient client = client(valkey);
        TtlStore store = TtlStore.open(valkey.uri())) {
      HintSubscription one = store.subscribe(recorder).orElseThrow();
      assertThat(recorder.next()).isEqualTo("missed");
      HintSubscription other = store.subscribe(second).orElseThrow();
      assertThat(second.next()).isEqualTo("missed");
      assertThat(subscribers(client)).isEqualTo(1);

      one.close();
      one.close();
      register(store, "a");
      assertThat(second.next()).isEqualTo("registered a");
      assertThat(recorder.untold()).isEmpty();
      other.close();
      Eventually.await("nobody is subscribed", LIMIT, () -> subscribers(client) == 0);
      Eventually.await("no thread is left", LIMIT, () -> !isReceiving());

      HintSubscription third = store.subscribe(recorder).orElseThrow();
      assertThat(recorder.next()).isEqualTo("missed");
      store.close();
      Eventually.await("nobody is subscribed", LIMIT, () -> subscribers(client) == 0);
      Eventually.await("no thread is left", LIMIT, () -> !isReceiving());
      third.close();
      assertThatThrownBy(() -> store.subscribe(recorder)).isInstanceOf(IllegalStateException.class);
    }
  }

  private static boolean isReceiving() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("rollcall-valkey-hints"));
  }

  @Test
  void aListenerThatThrowsCostsTheOthersNothing() {
    HintListener thrower =
        new HintRecorder() {
          @Override
          public void registered(String id) {
            throw new AssertionError("thrown by the test");
          }
        };
    try (ValkeyProcess valkey = ValkeyProcess.start();
        TtlStore store = TtlStore.open(valkey.uri());
        HintSubscription one = store.subscribe(thrower).orElseThrow();
        HintSubscription other = store.subscribe(recorder).orElseThrow()) {
      recorder.await("missed");
      register(store, "a");
      recorder.await("registered a");
      register(store, "b");
      assertThat(recorder.next()).isEqualTo("registered b");
    }
  }

  @Test
  void aPoolOfOneConnectionKeepsItForOperations() {
    ConnectionPoolConfig single = new ConnectionPoolConfig();
    single.setMaxTotal(1);
    try (ValkeyProcess valkey = ValkeyProcess.start();
        RedisClient client =
            RedisClient.builder()
                .hostAndPort(valkey.host(), valkey.port())
                .poolConfig(single)
                .build();
        TtlStore store = ValkeyTtlStore.builder(client).build();
        HintSubscription unused = store.subscribe(recorder).orElseThrow()) {
      for (int i = 0; i < 100; i++) {
        register(store, "a");
      }
      assertThat(store.find("a")).isPresent();
      assertThat(recorder.untold()).isEmpty();
    }
  }

  @Test
  void aClientOfTheUsersCarriesTheSubscriptionInEitherProtocol() {
    for (RedisProtocol protocol : RedisProtocol.values()) {
      HintRecorder heard = new HintRecorder();
      try (ValkeyProcess valkey = ValkeyProcess.start();
          RedisClient client =
              RedisClient.builder()
                  .hostAndPort(valkey.host(), valkey.port())
                  .clientConfig(DefaultJedisClientConfig.builder().protocol(protocol).build())
                  .build();
          TtlStore store = ValkeyTtlStore.builder(client).build();
          HintSubscription unused = store.subscribe(heard).orElseThrow()) {
        assertThat(heard.next()).isEqualTo("missed");
        register(store, "a");
        assertThat(heard.next()).as("by %s", protocol).isEqualTo("registered a");
      }
    }
  }

  @Test
  void manyIdsAreFoundInOneGoAndTheTimeIsTheServers() {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        TtlStore store = TtlStore.open(valkey.uri())) {
      List<String> ids = new ArrayList<>(List.of("none", "not/an/id"));
      for (int i = 0; i < 1_500; i++) {
        register(store, "a" + i);
        ids.add("a" + i);
      }
      register(store, "other");

      assertThat(store.findAll(ids)).hasSize(1_500).extracting("id").doesNotContain("other");
      assertThat(store.findAll(List.of())).isEmpty();
      assertThat(Duration.between(store.time(), Instant.now()).abs())
          .isLessThan(Duration.ofSeconds(10));
      assertThat(Map.of("a1", store.find("a1").orElseThrow()))
          .containsValue(store.findAll(List.of("a1")).iterator().next());
    }
  }
}
