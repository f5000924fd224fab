package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import dev.rollcall.Registration;
import dev.rollcall.RejectedException;
import dev.rollcall.Service;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.control.ForwardingStore;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.View;
import dev.rollcall.spi.AsyncRegistry;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.RegistryAndWatcher;
import dev.rollcall.store.valkey.harness.ValkeyCluster;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import dev.rollcall.store.valkey.harness.ValkeyRestartContract;
import dev.rollcall.store.valkey.harness.ValkeySentinels;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;

/**
 * Watches through faults of Valkey. However each ends: what the watcher was told adds up to the
 * list, nobody is told gone because of an error, and a watch that is closed leaves nothing.
 */
@Timeout(120)
class WatchFaultsTest implements ValkeyRestartContract {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration LONG = Duration.ofMinutes(5);

  @Override
  public RegistryAndWatcher watch(String uri) {
    return new Watched(uri);
  }

  private static RedisClient client(ValkeyProcess valkey) {
    return RedisClient.create(valkey.host(), valkey.port());
  }

  private static Object send(RedisClient client, Command command, String... args) {
    return client.executeCommand(new CommandArguments(command).addObjects((Object[]) args));
  }

  @Test
  void aValkeyThatStandsStillForLongerThanEveryTimeoutCostsNobodyInRealTime() {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        RedisClient client = client(valkey)) {
      try (Watched watched = new Watched(valkey.uri() + QUICK)) {
        watched.register("a");
        watched.register("brief", Duration.ofSeconds(5));
        watched.probe.await(view -> view.services().size() == 2);
        valkey.suspend();
        Instant since;
        try {
          since = watched.awaitStale().staleSince().orElseThrow();
          // Longer than the subscription waits for a sign of life, which is 5 s.
          Eventually.await(
              "8 s have passed", LIMIT, () -> since.plusSeconds(8).isBefore(Instant.now()));
          assertThat(watched.gone()).extracting(Change::type).doesNotContain(Change.Type.LOST);
          assertThat(watched.gone()).extracting(Change::id).doesNotContain("a");
        } finally {
          valkey.resume();
        }

        watched.awaitIds("a");
        assertThat(watched.probe.lastTypeOf("brief")).isEqualTo(Change.Type.EXPIRED);
        watched.register("b");
        watched.awaitIds("a", "b");
      }
      Watched.awaitNobodyElse(client);
    }
  }

  @Test
  void aSentinelFailoverCostsNobody() {
    try (ValkeySentinels set = ValkeySentinels.thatFailOver();
        Watched watched = new Watched(set.uri())) {
      survivesTheDeathOf(set.firstMaster(), watched);
    }
  }

  @Test
  void aClusterMasterThatIsReplacedByItsReplicaCostsNobody() {
    try (ValkeyCluster cluster = ValkeyCluster.thatFailsOver();
        Watched watched = new Watched(cluster.uri())) {
      survivesTheDeathOf(cluster.nodes().get(0), watched);
    }
  }

  private static void survivesTheDeathOf(ValkeyProcess master, Watched watched) {
    for (int i = 10; i < 60; i++) {
      watched.register("s" + i);
    }
    watched.probe.await(view -> view.services().size() == 50);
    master.awaitReplicas(); // Replication is no part of an answer.
    master.kill();
    Eventually.await(
        "all can be registered again",
        LIMIT,
        () -> {
          for (int i = 10; i < 60; i++) {
            watched.register("s" + i);
          }
          return true;
        });
    Eventually.await(
        "a new one is told",
        LIMIT,
        () -> {
          watched.register("new"); // Again, for a second failover may have lost it.
          return watched.probe.isSeenWithin("new", Duration.ofSeconds(2));
        });
    watched.awaitTheList();
    assertThat(watched.gone()).noneMatch(change -> change.id().startsWith("s"));
    assertThat(watched.registry.list()).hasSize(51);
  }

  @Test
  void subscriptionsThatAreKilledAgainAndAgainCostNoChange() {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        RedisClient client = client(valkey)) {
      try (Watched watched = new Watched(valkey.uri())) {
        watched.awaitIds();
        for (int round = 0; round < 20; round++) {
          watched.register("a" + round % 3);
          send(client, Command.CLIENT, "KILL", "TYPE", "pubsub");
          watched.register("b" + round % 5);
          assertThat(watched.registry.deregister("a" + round % 3)).isPresent();
        }

        watched.awaitIds("b0", "b1", "b2", "b3", "b4");
      }
      Watched.awaitNobodyElse(client);
      assertThat(send(client, Command.PUBSUB, "CHANNELS")).asInstanceOf(LIST).isEmpty();
    }
  }

  @Test
  void whereAnAclForbidsHintsTheirChangesAreFoundByComparisonAndOneLineEachSaysSo() {
    PrintStream usual = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    try (ValkeyProcess valkey = ValkeyProcess.start();
        RedisClient client = client(valkey)) {
      send(client, Command.ACL, "SETUSER", "mute", "on", ">pw", "~*", "resetchannels", "+@all");
      System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
      try (Watched watched = new Watched(valkey.uri().replace("://", "://mute:pw@"))) {
        watched.awaitIds();
        for (String id : List.of("a", "b", "c")) {
          watched.register(id);
          watched.probe.await(
              view -> view.services().stream().anyMatch(service -> service.id().equals(id)));
        }
        assertThat(watched.registry.deregister("b")).isPresent();
        watched.awaitIds("a", "c");
      }
    } finally {
      System.setErr(usual);
    }
    List<String> lines = log.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).filteredOn(line -> line.contains("publish its changes")).hasSize(1);
    assertThat(lines).filteredOn(line -> line.contains("Changes are not heard")).hasSize(1);
  }

  @Test
  void whatIsFlushedIsLostAndComesBackWhenItRegistersAgain() {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        RedisClient client = client(valkey);
        Watched watched = new Watched(valkey.uri())) {
      watched.register("a");
      watched.register("b");
      watched.awaitIds("a", "b");
      client.flushAll();
      watched.awaitIds();
      watched.register("b");

      watched.awaitIds("b");
      assertThat(watched.gone()).extracting(Change::type).containsOnly(Change.Type.LOST);
    }
  }

  @Test
  void keysOfOthersUnderThePrefixAreToldOfToNobody() {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        RedisClient client = client(valkey);
        Watched watched = new Watched(valkey.uri())) {
      watched.register("a");
      watched.register("taken");
      watched.awaitIds("a", "taken");
      client.set("service:text", "no service");
      client.lpush("service:list", "x");
      client.set("service:a/b", "not an id");
      client.set("service:for-ever", client.get("service:a"));
      client.set("service:taken", "no service any more");
      assertThatThrownBy(() -> watched.register("text")).isInstanceOf(RejectedException.class);

      watched.awaitIds("a"); // What was a service is lost.
      watched.register("z");
      watched.awaitIds("a", "z");
      assertThat(watched.probe.changes()).extracting(Change::id).containsOnly("a", "taken", "z");
      assertThat(watched.probe.lastTypeOf("taken")).isEqualTo(Change.Type.LOST);
    }
  }

  @Test
  void whatIsEvictedIsLost() {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        RedisClient client = client(valkey);
        Watched watched = new Watched(valkey.uri())) {
      for (int i = 0; i < 300; i++) {
        watched.registry.register(
            Registration.builder("http://h")
                .id("s" + i)
                .ttl(LONG)
                .info(Map.of("text", "x".repeat(4_000)))
                .build());
      }
      watched.probe.await(view -> view.services().size() == 300);
      send(client, Command.CONFIG, "SET", "maxmemory-policy", "allkeys-random");
      long used =
          Long.parseLong(client.info("memory").replaceAll("(?s).*used_memory:(\\d+).*", "$1"));
      send(client, Command.CONFIG, "SET", "maxmemory", Long.toString(used - 600_000));
      Eventually.await("some were evicted", LIMIT, () -> client.dbSize() < 280);
      send(client, Command.CONFIG, "SET", "maxmemory", "0");

      watched.awaitTheList();
      assertThat(watched.gone()).isNotEmpty();
      assertThat(watched.gone()).extracting(Change::type).containsOnly(Change.Type.LOST);
    }
  }

  @Test
  void aThousandRegistrationsAtOnceAreAllTold() {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        Watched watched = new Watched(valkey.uri() + "?timeout-ms=30000")) {
      watched.awaitIds();
      AsyncRegistry registry = (AsyncRegistry) watched.registry;
      List<CompletableFuture<?>> registrations = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        Registration one = Registration.builder("http://h").id("s" + i).ttl(LONG).build();
        registrations.add(registry.registerAsync(one, Duration.ofSeconds(30)));
      }
      registrations.forEach(CompletableFuture::join);

      View view = watched.probe.await(latest -> latest.services().size() == 1_000);
      assertThat(view.services())
          .extracting(Service::id)
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, 1_000).mapToObj(i -> "s" + i).toList());
      assertThat(watched.gone()).isEmpty();
    }
  }

  @Test
  void aWallClockThatStepsMovesNoLeaseOfAWatch() {
    ManualClock wallClock = new ManualClock();
    try (ValkeyProcess valkey = ValkeyProcess.start();
        Watched watched =
            new Watched(
                valkey.uri(),
                UnaryOperator.identity(),
                settings -> settings.wallClock(wallClock))) {
      watched.register("a");
      watched.awaitIds("a");
      for (Duration step : List.of(Duration.ofHours(2), Duration.ofHours(-4))) {
        wallClock.stepWall(step);
        String id = "brief" + step.toHours();
        watched.register(id, Duration.ofSeconds(5));
        watched.awaitIds("a", id);
        watched.awaitIds("a");
        assertThat(watched.probe.lastTypeOf(id)).isEqualTo(Change.Type.EXPIRED);
      }
      assertThat(watched.gone()).extracting(Change::id).doesNotContain("a");
    }
  }

  /** A store whose server seems to have another time than the one that dates its leases. */
  private static final class OtherTime extends ForwardingStore {
    private final AtomicLong offsetSeconds = new AtomicLong();
    private final AtomicLong read = new AtomicLong();

    OtherTime(TtlStore store) {
      super(store);
    }

    @Override
    public Instant time() {
      return super.time().plusSeconds(offsetSeconds.get());
    }

    @Override
    public Collection<Service> findAll(Collection<String> ids) {
      read.addAndGet(ids.size());
      return super.findAll(ids);
    }
  }

  @Test
  void aServerWhoseTimeIsWrongCostsNobodyAndIsNotAskedWithoutEnd() {
    OtherTime[] store = new OtherTime[1];
    try (ValkeyProcess valkey = ValkeyProcess.start();
        Watched watched =
            new Watched(
                valkey.uri(), real -> store[0] = new OtherTime(real), UnaryOperator.identity())) {
      watched.register("a");
      watched.awaitIds("a");
      for (long offset : List.of(7_200L, -7_200L)) {
        store[0].offsetSeconds.set(offset);
        long before = store[0].read.get();
        watched.register("a");
        watched.register("brief", Duration.ofSeconds(5));
        watched.probe.await(latest -> latest.services().size() == 2);
        watched.awaitIds("a");
        // Each is read after 4 ms, 8 ms and so on, and then once a second.
        assertThat(store[0].read.get() - before).isLessThan(100);
      }
      assertThat(watched.gone()).extracting(Change::id).doesNotContain("a");
      store[0].offsetSeconds.set(0);
      watched.register("b", Duration.ofSeconds(5));
      watched.awaitIds("a", "b");
      watched.awaitIds("a");
    }
  }
}
