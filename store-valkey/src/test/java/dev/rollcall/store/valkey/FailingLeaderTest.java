package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Registration;
import dev.rollcall.RegistryBusyException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.FailingConnections;
import dev.rollcall.store.valkey.harness.Renewal;
import dev.rollcall.store.valkey.harness.Renewals;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.Connection;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/** Callers who wait for another that makes their calls, and for what lists hold. */
@Timeout(120)
class FailingLeaderTest {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  /** Whoever waits until it is over has been forgotten. */
  private static final Duration PATIENT = Duration.ofSeconds(60);

  private static final int CALLERS = 12;
  private static final int CONNECTIONS = 8;

  private final FailingConnections connections = new FailingConnections(VALKEY.server());
  private final RedisClient client = connections.client(CONNECTIONS);
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void close() {
    threads.shutdownNow();
    client.close();
  }

  private TtlStore open(Duration timeout) {
    TtlStore store = ValkeyTtlStore.builder(client).timeout(timeout).build();
    ServiceRegistry registry = ServiceRegistry.over(store);
    for (int i = 0; i < 200; i++) {
      registry.register(Registration.builder("http://h").id("a" + i).build());
    }
    return store;
  }

  @Test
  void anErrorThatEndsTheCallerWhoLeadsCostsNobodyElseAnAnswer() throws Exception {
    try (TtlStore store = open(PATIENT)) {
      ServiceRegistry registry = ServiceRegistry.over(store);
      AtomicBoolean done = new AtomicBoolean();
      List<Future<Integer>> errors = new ArrayList<>();
      AtomicIntegerArray pings = new AtomicIntegerArray(CALLERS);
      for (int t = 0; t < CALLERS; t++) {
        int caller = t;
        errors.add(threads.submit(() -> errorsOfPings(registry, done, pings, caller)));
      }
      int injected = 0;
      for (int i = 0; i < 100; i++) {
        connections.failAfter(i % 7, () -> new OutOfMemoryError("injected"));
        Eventually.await("failed", Duration.ofSeconds(20), connections::isDisarmed);
        injected++;
        awaitOneEach(pings); // A call is made twice, not thrice.
      }
      done.set(true);
      int seen = 0;
      for (Future<Integer> each : errors) {
        seen += each.get(20, TimeUnit.SECONDS);
      }
      assertThat(seen).as("one each").isEqualTo(injected);
    }
  }

  /** Waits until each caller has made the ping that it was at, and another. */
  private static void awaitOneEach(AtomicIntegerArray pings) {
    int[] before = IntStream.range(0, CALLERS).map(pings::get).toArray();
    Eventually.await(
        "a ping each",
        Duration.ofSeconds(20),
        () -> IntStream.range(0, CALLERS).allMatch(i -> pings.get(i) >= before[i] + 2));
  }

  /** Pings until it is done; any answer but the right one, or an error of its own, fails. */
  private static int errorsOfPings(
      ServiceRegistry registry, AtomicBoolean done, AtomicIntegerArray pings, int caller) {
    int errors = 0;
    for (int i = 0; !done.get(); i++) {
      pings.incrementAndGet(caller);
      try {
        assertThat(registry.ping("a" + i % 200)).isPresent();
      } catch (OutOfMemoryError e) {
        errors++;
      }
    }
    return errors;
  }

  @Test
  void anErrorThatEndsTheThreadThatLeadsForFuturesCostsNoneItsAnswer() {
    try (TtlStore store = open(PATIENT)) {
      int failures = 0;
      for (int i = 0; i < 100; i++) {
        List<Renewal> renewals = Renewals.many(40);
        connections.failAfter(i % 7, () -> new OutOfMemoryError("injected"));
        Renewals.make(store, renewals);

        assertThat(renewals).allSatisfy(each -> assertThat(each.lease()).isPresent());
        failures += connections.disarm() ? 1 : 0;
      }
      assertThat(failures).as("pipelines that failed on the way").isGreaterThan(50);
    }
  }

  @Test
  void pingsOfABatchThatFailsAreAnsweredThoughTheScriptIsFlushedMeanwhile() throws Exception {
    try (TtlStore store = open(PATIENT)) {
      List<Renewal> renewals = Renewals.many(150);
      // The first waits for a connection, so that the others leave together.
      List<Connection> held = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        held.add(client.getPool().getResource());
      }
      Renewals.start(store, List.of(Renewals.of("a199")));
      Eventually.await("waits", Duration.ofSeconds(20), () -> client.getPool().getNumWaiters() > 0);
      Renewals.start(store, renewals);
      connections.replaceReply(new JedisDataException("NOPERM for the first"));
      connections.replaceReply(new JedisDataException("NOPERM for one of them"));
      for (int i = 0; i < 100; i++) {
        connections.replaceReply(new JedisNoScriptException("NOSCRIPT No matching script"));
      }
      held.forEach(Connection::close);

      assertThat(renewals).allSatisfy(each -> assertThat(each.lease()).isPresent());
    }
  }

  @Test
  void aServerThatKnowsNoScriptThoughItWasSentInFullIsUnavailable() throws Exception {
    try (TtlStore store = open(PATIENT)) {
      for (int i = 0; i < 2; i++) {
        connections.replaceReply(new JedisNoScriptException("NOSCRIPT No matching script"));
      }
      Future<?> ping = threads.submit(() -> store.find("a0"));

      assertThatThrownBy(() -> ping.get(20, TimeUnit.SECONDS))
          .hasCauseInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("NOSCRIPT");
    }
  }

  @Test
  void listsTakeNoMoreThanHalfOfThePoolAndPingsPassThem() throws Exception {
    try (TtlStore store = open(Duration.ofSeconds(2))) {
      CountDownLatch release = new CountDownLatch(1);
      connections.holdScans(release);
      List<Future<?>> lists = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        lists.add(threads.submit(() -> assertThat(store.list()).hasSize(200)));
      }
      Eventually.await(
          "lists are held up",
          Duration.ofSeconds(20),
          () -> connections.scansWaiting() == CONNECTIONS / 2);
      for (int i = 0; i < 200; i++) {
        assertThat(ServiceRegistry.over(store).ping("a" + i)).isPresent();
      }
      assertThatThrownBy(store::list)
          .isInstanceOf(RegistryBusyException.class)
          .hasMessageContaining("half of the pool's connections");
      assertThat(connections.scansWaiting()).isEqualTo(CONNECTIONS / 2);
      release.countDown();
      connections.holdScans(null);

      int listed = 0;
      for (Future<?> list : lists) {
        listed += isListed(list) ? 1 : 0;
      }
      assertThat(listed).isGreaterThanOrEqualTo(CONNECTIONS / 2);
      assertThat(store.list()).hasSize(200);
    }
  }

  private static boolean isListed(Future<?> list) throws InterruptedException {
    try {
      list.get();
      return true;
    } catch (ExecutionException e) {
      assertThat(e).hasCauseInstanceOf(RegistryBusyException.class);
      return false;
    }
  }
}
