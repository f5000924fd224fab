package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Fence;
import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.FaultProxy;
import dev.rollcall.store.valkey.harness.Renewal;
import dev.rollcall.store.valkey.harness.Renewals;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.RedisClient;

/** Calls that no thread waits for, where the server or the way there fails. */
@Timeout(60)
class AsyncOutageTest {
  /** More than leave in one pipeline, and more than one call of a script names. */
  private static final int MANY = 300;

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final ValkeyProcess valkey = ValkeyProcess.start();
  private final FaultProxy proxy = new FaultProxy(valkey);
  private final TtlStore store = TtlStore.open(proxy.uri()); // 2 seconds are its timeout.
  private final ServiceRegistry registry = ServiceRegistry.over(store);

  @AfterEach
  void close() {
    store.close();
    proxy.close();
    valkey.close();
  }

  private final AtomicBoolean leaderWasInterrupted = new AtomicBoolean();

  private void registerMany() {
    for (int i = 0; i < MANY; i++) {
      registry.register(
          Registration.builder("http://h").id("a" + i).ttl(Duration.ofSeconds(60)).build());
    }
  }

  private static Duration timed(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private void assertUnavailable(List<Renewal> renewals) {
    assertThat(renewals)
        .allSatisfy(
            each ->
                assertThatThrownBy(each::lease)
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("'" + each.id() + "' was not renewed")
                    .hasMessageContaining(proxy.uri().replace("valkey://", "")));
  }

  private static void assertEachIsRenewed(List<Renewal> renewals) {
    assertThat(renewals)
        .allSatisfy(each -> assertThat(each.lease().orElseThrow().id()).isEqualTo(each.id()));
  }

  @Test
  void aHungServerIsUnavailableToAllInTimeAndTheServicesLiveOn() {
    registerMany();
    List<Renewal> renewals = Renewals.many(MANY);
    valkey.suspend();
    assertThat(timed(() -> Renewals.make(store, renewals)))
        .isBetween(Duration.ofMillis(1_500), Duration.ofSeconds(8));
    assertUnavailable(renewals);
    valkey.resume();

    List<Renewal> next = Renewals.many(MANY);
    Renewals.make(store, next);
    assertEachIsRenewed(next);
  }

  @Test
  void aTimeoutShorterThanTheStoresEndsTheCall() {
    registerMany();
    try (TtlStore patient = TtlStore.open(proxy.uri() + "?timeout-ms=30000")) {
      valkey.suspend();
      List<Renewal> waited =
          List.of(
              Renewals.of("a0", Duration.ofMillis(500)), Renewals.of("a1", Duration.ofMillis(500)));
      assertThat(timed(() -> Renewals.make(patient, waited)))
          .isBetween(Duration.ofMillis(450), Duration.ofSeconds(10));
      assertUnavailable(waited);

      List<Renewal> late = List.of(Renewals.of("a0", Duration.ZERO));
      assertThat(timed(() -> Renewals.make(patient, late))).isLessThan(Duration.ofSeconds(10));
      assertUnavailable(late);
      valkey.resume();

      List<Renewal> next = Renewals.many(MANY);
      Renewals.make(patient, next);
      assertEachIsRenewed(next);
    }
  }

  @Test
  void aRenewalWhoseTimeIsUpHoldsNoneBehindItBack() {
    registerMany();
    Renewal late = Renewals.of("a0", Duration.ofMillis(-1));
    List<Renewal> others = Renewals.many(MANY);
    List<Renewal> all = new ArrayList<>(List.of(late));
    all.addAll(others);
    Renewals.make(store, all);

    assertUnavailable(List.of(late));
    assertEachIsRenewed(others);
  }

  @Test
  void whoeverHasWaitedLongFailsWithoutThoseWhoHaveNot() throws Exception {
    registerMany();
    try (TtlStore patient = TtlStore.open(proxy.uri() + "?timeout-ms=30000")) {
      valkey.suspend();
      Renewal waited = Renewals.of("a0", Duration.ofMillis(300));
      Renewal fresh = Renewals.of("a1");
      Renewals.start(patient, List.of(waited, fresh));
      Eventually.await("the one's time is over", LIMIT, () -> waited.answer().isDone());
      valkey.resume();

      assertUnavailable(List.of(waited));
      assertEachIsRenewed(List.of(fresh));
    }
  }

  @Test
  void aReplyThatBreaksOffIsAskedForOnceMoreAndNobodyIsToldWrong() {
    registerMany();
    List<Renewal> renewals = Renewals.many(MANY);
    proxy.breakOffAfter(40); // All of the first call's reply, and a part of the second's.
    Renewals.make(store, renewals);

    assertEachIsRenewed(renewals);
    assertThat(proxy.hasBrokenOff()).isTrue();
  }

  @Test
  void aConnectionThatIsResetWhileAReplyIsAwaitedIsNoticedByNobody() throws Exception {
    registerMany();
    List<Renewal> renewals = Renewals.many(MANY);
    long before = commands("pexpireat");
    proxy.delay(Duration.ofMillis(100));
    Thread bulk = new Thread(() -> Renewals.make(store, renewals));
    bulk.start();
    Eventually.await("the server has replied", LIMIT, () -> commands("pexpireat") > before);
    proxy.reset();
    bulk.join();

    assertEachIsRenewed(renewals);
  }

  private long commands(String name) {
    try (RedisClient admin = RedisClient.create(valkey.host(), valkey.port())) {
      String info = admin.info("commandstats");
      String start = "cmdstat_" + name + ":calls=";
      int from = info.indexOf(start);
      return from < 0 ? 0 : Long.parseLong(info.substring(from + start.length()).split(",", 2)[0]);
    }
  }

  /** Has a blocking call lead, to which no reply comes, and makes the others wait behind it. */
  private Thread leadWithoutAReply(TtlStore patient) {
    proxy.dropReplies(true);
    long before = commands("evalsha");
    Thread leader =
        new Thread(
            () -> {
              try {
                var unused = patient.renew("a0", Fence.none());
              } catch (StoreUnavailableException e) {
                // What becomes of the others is the question.
              }
              leaderWasInterrupted.set(Thread.currentThread().isInterrupted());
            });
    leader.start();
    Eventually.await("the call is under way", LIMIT, () -> commands("evalsha") > before);
    return leader;
  }

  @Test
  void aCallerWhoLeadsAndHangsHoldsNoFutureBeyondItsTime() throws Exception {
    try (TtlStore patient = TtlStore.open(proxy.uri() + "?timeout-ms=10000")) {
      registerMany();
      Thread leader = leadWithoutAReply(patient);
      List<Renewal> renewals = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        renewals.add(Renewals.of("a" + i, Duration.ofMillis(300)));
      }
      assertThat(timed(() -> Renewals.make(patient, renewals))).isLessThan(Duration.ofSeconds(8));
      assertUnavailable(renewals);
      proxy.reset();
      leader.join();
    }
  }

  @Test
  void anInterruptOfTheCallerWhoLeadsIsItsOwnAffair() throws Exception {
    try (TtlStore patient = TtlStore.open(proxy.uri() + "?timeout-ms=10000")) {
      registerMany();
      Thread leader = leadWithoutAReply(patient);
      List<Renewal> renewals = Renewals.many(MANY);
      Renewals.start(patient, renewals);
      leader.interrupt();
      proxy.dropReplies(false);
      proxy.reset(); // What may be done twice is.

      assertEachIsRenewed(renewals);
      leader.join();
      assertThat(leaderWasInterrupted).isTrue();
    }
  }

  @Test
  void aStoreThatIsClosedFailsTheFuturesThatAreOpen() throws Exception {
    TtlStore patient = TtlStore.open(proxy.uri() + "?timeout-ms=60000");
    registerMany();
    proxy.dropReplies(true);
    List<Renewal> renewals = Renewals.many(MANY);
    Renewals.start(patient, renewals);
    assertThat(timed(patient::close)).isLessThan(Duration.ofSeconds(8));

    assertUnavailable(renewals);
  }
}
