package dev.rollcall.store.valkey;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.contract.AwaitedStore;
import dev.rollcall.history.EventQuery;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.Renewal;
import dev.rollcall.store.valkey.harness.Renewals;
import dev.rollcall.store.valkey.harness.ValkeyCluster;
import dev.rollcall.store.valkey.pipeline.Node;
import dev.rollcall.store.valkey.pipeline.PendingCommand;
import dev.rollcall.store.valkey.topology.ClusterSlots;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.util.JedisClusterCRC16;

/** A cluster whose slots move, and one that lacks some. */
class ClusterChangeTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static int slotOf(String id) {
    return JedisClusterCRC16.getSlot("service:" + id);
  }

  private static Registration service(String id) {
    return Registration.builder("http://h").id(id).ttl(Duration.ofSeconds(120)).build();
  }

  /**
   * A service whose slot moves, with its keys one after the other, to another server. The store has
   * just the permissions of the documentation.
   */
  private static final class Move implements AutoCloseable {
    private final int slot = slotOf("a");
    private final ValkeyCluster cluster = new ValkeyCluster();
    private final int from = cluster.firstMasterOf(slot);
    private final TtlStore store;
    private final ServiceRegistry registry;
    private int to = (from + 1) % 3;

    /** Registers the service. */
    Move(boolean isAsync) {
      cluster.clients().forEach(DocumentedUser::createOn);
      TtlStore opened = TtlStore.open(cluster.uri(DocumentedUser.CREDENTIALS));
      store = isAsync ? new AwaitedStore(opened) : opened;
      registry = ServiceRegistry.over(store);
      registry.register(service("a"));
    }

    void start() {
      cluster.startMove(slot, from, to);
    }

    void startToOneThatJoins() {
      to = cluster.addMaster();
      DocumentedUser.createOn(cluster.clients().get(to));
      start();
    }

    void moveService() {
      cluster.moveKey("service:a", from, to);
    }

    void moveHistory() {
      cluster.moveKey("history:{service:a}", from, to);
    }

    void end() {
      cluster.endMove(slot, from, to);
    }

    @Override
    public void close() {
      store.close();
      cluster.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aServiceWhoseSlotMovesAnswersEachPingOnTheWay(boolean isAsync) {
    AtomicBoolean done = new AtomicBoolean();
    try (Move move = new Move(isAsync)) {
      ServiceRegistry registry = move.registry;
      String late = anotherIdOf(move.slot);
      List<CompletableFuture<Integer>> pingers =
          IntStream.range(0, 4)
              .mapToObj(
                  i ->
                      CompletableFuture.supplyAsync(
                          () -> ping(registry, "a", done), task -> new Thread(task).start()))
              .toList();

      move.start();
      registry.register(service(late)); // Unknown where it was, so asked for where it will be.
      assertAllThere(registry, late);
      move.moveService();
      assertAllThere(registry, late);
      move.moveHistory();
      move.end();
      assertAllThere(registry, late);
      done.set(true);

      assertThat(pingers).allSatisfy(pings -> assertThat(pings.join()).isPositive());
      assertThat(registry.list()).extracting(Service::id).containsExactlyInAnyOrder("a", late);
      assertThat(registry.history().orElseThrow().of("a")).hasSize(1);
      assertThat(registry.deregister("a")).isPresent();
    } finally {
      done.set(true);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theHistoryOfAServiceThatComesBackWhileItsSlotMovesCanBeMovedToo(boolean isAsync) {
    try (Move move = new Move(isAsync)) {
      ServiceRegistry registry = move.registry;
      registry.deregister("a");

      move.start();
      registry.register(service("a")); // Unknown where it was, so stored where it will be.
      registry.register(service("a"));
      move.moveHistory();
      registry.register(service("a"));
      registry.deregister("a");
      registry.register(service("a"));
      move.end();

      assertThat(registry.ping("a")).isPresent();
      assertThat(registry.history().orElseThrow().of("a")).hasSize(2);
      registry.deregister("a");
      assertThat(registry.history().orElseThrow().of("a")).hasSize(3);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatHappensToAServiceWhoseHistoryHasMovedBeforeItFailsNothing(boolean isAsync) {
    try (Move move = new Move(isAsync)) {
      move.start();
      move.moveHistory();

      move.registry.register(service("a"));
      assertThat(move.registry.ping("a")).isPresent();
      move.moveService();
      move.end();
      assertThat(move.registry.deregister("a")).isPresent();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aServiceWhoseSlotMovesToAServerThatHasJustJoinedIsPingedThere(boolean isAsync) {
    try (Move move = new Move(isAsync)) {
      move.startToOneThatJoins();
      move.moveService();
      move.moveHistory();
      move.end();

      ServiceRegistry registry = move.registry;
      assertThat(registry.ping("a")).isPresent();
      assertThat(registry.list()).extracting(Service::id).containsExactly("a");
      assertThat(registry.history().orElseThrow().newest(EventQuery.newest())).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theHistoryOfAServiceThatIsGoneIsReadWhileItsSlotMoves(boolean isMoved) {
    try (Move move = new Move(false)) {
      move.registry.deregister("a");
      move.start();
      if (isMoved) {
        move.moveHistory();
      }

      assertThat(move.registry.history().orElseThrow().of("a")).hasSize(2);
      assertThat(move.registry.history().orElseThrow().newest(EventQuery.newest())).hasSize(2);
    }
  }

  @Test
  void noEndIsRecordedOfAServiceThatIsNotWhereItsHistoryIs() {
    try (Move move = new Move(false)) {
      move.start();
      move.moveHistory();
      assertThat(move.registry.history().orElseThrow().of("a")).hasSize(1);
      move.moveService();
      move.end();

      assertThat(move.registry.history().orElseThrow().of("a")).hasSize(1);
    }
    try (Move move = new Move(false)) {
      move.start();
      move.moveService();
      assertThat(move.registry.history().orElseThrow().of("a")).hasSize(1);
      move.moveHistory();
      move.end();

      assertThat(move.registry.history().orElseThrow().of("a")).hasSize(1);
    }
  }

  @Test
  void aListThatComesFirstAfterASlotHasMovedToANewMasterHasItsServices() {
    try (Move move = new Move(false)) {
      move.startToOneThatJoins();
      move.moveService();
      move.moveHistory();
      move.end();

      assertThat(move.registry.list()).extracting(Service::id).containsExactly("a");
      assertThat(move.registry.list()).extracting(Service::id).containsExactly("a");
    }
  }

  @Test
  void theNewestEventsAreReadAtANewMasterTooThoughNothingElseWasAskedFor() {
    try (Move move = new Move(false)) {
      move.startToOneThatJoins();
      move.moveService();
      move.moveHistory();
      move.end();

      assertThat(move.registry.history().orElseThrow().newest(EventQuery.newest())).hasSize(1);
    }
  }

  /** Also if a reply to another command corrects the map of slots while the list is read. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Timeout(60)
  void aMasterThatWasReadBeforeASlotMovedToItIsReadAgain(boolean isAnotherTold) {
    try (Move move = new Move(false);
        RedisClusterClient client = clientOf(move.cluster)) {
      ClusterSlots slots =
          new ClusterSlots(client, Duration.ofSeconds(1), Duration.ofSeconds(20), false);
      CountDownLatch isReadThere = new CountDownLatch(1);
      AtomicBoolean hasMoved = new AtomicBoolean();

      List<List<?>> read =
          slots.onEachMaster(
              node -> {
                int port = HostAndPort.from(node.address()).getPort();
                if (port == move.cluster.nodes().get(move.from).port()) {
                  await(isReadThere);
                  move.start();
                  move.moveService();
                  move.moveHistory();
                  move.end();
                  if (isAnotherTold) {
                    isThere(slots, "service:a");
                  }
                  hasMoved.set(true);
                }
                List<?> keys = keysAt(node);
                if (port == move.cluster.nodes().get(move.to).port()) {
                  isReadThere.countDown();
                }
                return keys;
              });
      slots.close();

      assertThat(hasMoved).isTrue();
      assertThat(read).hasSize(4).filteredOn(keys -> !keys.isEmpty()).hasSize(1);
    }
  }

  private static void isThere(ClusterSlots slots, String service) {
    byte[] key = service.getBytes(US_ASCII);
    long deadline = System.nanoTime() + LIMIT.toNanos();
    PendingCommand exists = PendingCommand.of(Command.EXISTS, new byte[][] {key}, deadline);
    assertThat(slots.execute(key, exists)).isEqualTo(1L);
  }

  private static List<?> keysAt(Node node) {
    byte[][] services = {"service:*".getBytes(US_ASCII)};
    long deadline = System.nanoTime() + LIMIT.toNanos();
    return (List<?>) node.ask(PendingCommand.of(Command.KEYS, services, deadline));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static RedisClusterClient clientOf(ValkeyCluster cluster) {
    return RedisClusterClient.create(
        new HostAndPort(cluster.nodes().get(0).host(), cluster.nodes().get(0).port()));
  }

  /** Pings until it is done, and fails at the first that is not answered. */
  private static int ping(ServiceRegistry registry, String id, AtomicBoolean done) {
    int pings = 0;
    for (; !done.get(); pings++) {
      assertThat(registry.ping(id)).isPresent();
    }
    return pings;
  }

  private static void assertAllThere(ServiceRegistry registry, String late) {
    for (String id : List.of("a", late)) {
      assertThat(registry.ping(id)).as(id).isPresent();
      assertThat(registry.find(id)).as(id).isPresent();
    }
  }

  private static String anotherIdOf(int slot) {
    return IntStream.iterate(0, i -> i + 1)
        .mapToObj(i -> "late-" + i)
        .filter(id -> slotOf(id) == slot)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aClusterThatLacksSlotsIsDownForAllAndLosesNoneOfTheOthers() {
    try (ValkeyCluster cluster = ValkeyCluster.thatFailsOver();
        TtlStore store = TtlStore.open(cluster.uri())) {
      ServiceRegistry registry = ServiceRegistry.over(store);
      String elsewhere = idNotOn(cluster, 0);
      registry.register(service(elsewhere));
      cluster.nodes().get(3).kill();
      cluster.nodes().get(0).kill();
      Eventually.await(
          "the cluster is down", LIMIT, () -> messageOfPing(registry, elsewhere).contains("DOWN"));
      cluster.nodes().get(0).restart();
      cluster.nodes().get(3).restart();
      Eventually.await(
          "the cluster is up", LIMIT, () -> messageOfPing(registry, elsewhere).isEmpty());

      assertThat(registry.list()).hasSize(1);
    }
  }

  @Test
  @Timeout(60)
  void aServerThatHangsHoldsUpTheFuturesOfItsOwnKeysAlone() {
    try (ValkeyCluster cluster = new ValkeyCluster();
        TtlStore store = TtlStore.open(cluster.uri() + "?timeout-ms=8000")) {
      ServiceRegistry registry = ServiceRegistry.over(store);
      List<Renewal> all = Renewals.many(60);
      all.forEach(each -> registry.register(service(each.id())));
      Renewals.make(store, all);
      cluster.nodes().get(0).suspend();
      Renewals.start(store, all);

      for (Renewal each : all) {
        if (cluster.firstMasterOf(slotOf(each.id())) != 0) {
          assertThat(each.lease()).isPresent();
        } else {
          assertThat(each.answer()).isNotDone();
        }
      }
      for (Renewal each : all) {
        if (cluster.firstMasterOf(slotOf(each.id())) == 0) {
          assertThatThrownBy(each::lease).isInstanceOf(StoreUnavailableException.class);
        }
      }
      cluster.nodes().get(0).resume();
    }
  }

  @Test
  @Timeout(60)
  void aListWhoseStoreIsClosedMeanwhileEnds() {
    try (ValkeyCluster cluster = new ValkeyCluster();
        RedisClusterClient client = clientOf(cluster)) {
      ClusterSlots slots =
          new ClusterSlots(client, Duration.ofSeconds(1), Duration.ofSeconds(2), false);
      slots.close();

      assertThat(slots.onEachMaster(Node::address)).hasSize(3);
    }
  }

  private static String idNotOn(ValkeyCluster cluster, int master) {
    return IntStream.iterate(0, i -> i + 1)
        .mapToObj(i -> "s" + i)
        .filter(id -> cluster.firstMasterOf(slotOf(id)) != master)
        .findFirst()
        .orElseThrow();
  }

  /** Returns what is said of a ping that fails, or nothing of one that is answered. */
  private static String messageOfPing(ServiceRegistry registry, String id) {
    try {
      if (registry.ping(id).isEmpty()) {
        throw new AssertionError("a live service was reported gone");
      }
      return "";
    } catch (StoreUnavailableException e) {
      return e.getMessage();
    }
  }
}
