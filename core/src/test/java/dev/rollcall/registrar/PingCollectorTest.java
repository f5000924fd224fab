package dev.rollcall.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.ManualExecutor;
import dev.rollcall.spi.LeasePing;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Many services that share a registry which takes several pings as one. */
class PingCollectorTest {
  private static final int SERVICES = 1_000;
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration PING_TIMEOUT = Duration.ofSeconds(5);

  /** How long a ping waits for others. */
  private static final Duration WAIT = Duration.ofMillis(50);

  private final Random random = new Random(1);
  private final ManualClock clock = new ManualClock();
  private final ManualExecutor executor = new ManualExecutor(clock);
  private final Keepalive keepalive = Keepalive.on(executor, clock);
  private final CombiningRegistry registry = new CombiningRegistry(clock);
  private final List<Registrar> registrars = new ArrayList<>();

  /** Starts services, and lets the pings begin. */
  private void start(int services) {
    for (int i = 0; i < services; i++) {
      Registrar registrar =
          Registrar.builder(registry, Registration.builder("http://h").id("s" + i).build())
              .keepalive(keepalive)
              .random(random)
              .keepaliveInterval(INTERVAL)
              .shutdownHook(false)
              .build();
      registrars.add(registrar);
      var unused = registrar.startInBackground();
    }
    executor.elapse(INTERVAL.multipliedBy(2));
    registry.forget();
  }

  private void elapseIntervals(int count) {
    executor.elapse(INTERVAL.multipliedBy(count));
  }

  private long count(RegistrarState state) {
    return registrars.stream().filter(registrar -> registrar.state() == state).count();
  }

  private void assertAllWereAlwaysRegistered() {
    assertThat(count(RegistrarState.REGISTERED)).isEqualTo(SERVICES);
    assertThat(registry.real().list()).hasSize(SERVICES);
    assertThat(registry.registrations).isZero();
  }

  @Test
  void theirPingsAreSentTogether() {
    start(SERVICES);
    elapseIntervals(10);

    assertThat(registry.pings()).isBetween(10 * SERVICES - SERVICES / 10, 10 * SERVICES + 100);
    assertThat(registry.requests()).isLessThan(20 * 100); // 20 a second
    assertAllWereAlwaysRegistered();
  }

  @Test
  void eachIsPingedAtItsOwnInterval() {
    start(SERVICES);
    elapseIntervals(10);

    long interval = INTERVAL.toNanos();
    assertThat(registry.pingedAt).hasSize(SERVICES);
    registry.pingedAt.forEach(
        (id, times) -> {
          for (int i = 1; i < times.size(); i++) {
            assertThat(times.get(i) - times.get(i - 1))
                .as(id)
                .isBetween(interval - WAIT.toNanos(), interval + WAIT.toNanos());
          }
        });
  }

  @Test
  void theWaitForOthersIsPartOfTheTimeout() {
    start(SERVICES);
    elapseIntervals(1);

    assertThat(registry.batches).isNotEmpty();
    assertThat(registry.timeouts).containsOnly(PING_TIMEOUT.minus(WAIT));
  }

  @Test
  void theWaitIsShortWhereTheTimeoutIs() {
    CombiningRegistry other = new CombiningRegistry(clock);
    PingCollector collector = new PingCollector(other, executor, () -> SERVICES);
    var ping = collector.pingAsync("a", Fence.none(), Duration.ofMillis(100));

    executor.elapse(Duration.ofMillis(2).minusNanos(1));
    assertThat(ping).isNotDone();
    executor.elapse(Duration.ofNanos(1));
    assertThat(ping).isDone();
    assertThat(other.timeouts).containsExactly(Duration.ofMillis(98));
  }

  @Test
  void pingsWithOtherTimeoutsAreSentApart() {
    CombiningRegistry other = new CombiningRegistry(clock);
    PingCollector collector = new PingCollector(other, executor, () -> SERVICES);
    for (int i = 0; i < 10; i++) {
      var unused =
          collector.pingAsync("s" + i, Fence.none(), Duration.ofSeconds(i % 2 == 0 ? 5 : 10));
    }
    executor.elapse(WAIT);

    assertThat(other.batches).containsExactly(5, 5);
    assertThat(other.timeouts)
        .containsExactly(PING_TIMEOUT.minus(WAIT), Duration.ofSeconds(10).minus(WAIT));
  }

  @Test
  void fewServicesPingAloneAndAtOnce() {
    start(PingCollector.MIN_REGISTRARS - 1);
    elapseIntervals(3);

    assertThat(registry.batches).isEmpty();
    assertThat(registry.singlePings).isGreaterThan(2 * 99);
    assertThat(registry.timeouts).containsOnly(PING_TIMEOUT);
  }

  @Test
  void aRegistryThatCombinesNoPingsGetsThemOneByOneAndAtOnce() {
    start(SERVICES);
    registry.combinesPings = false;
    executor.elapse(WAIT);
    registry.forget();
    elapseIntervals(1);

    assertThat(registry.batches).isEmpty();
    assertThat(registry.singlePings).isBetween(SERVICES - 20, SERVICES + 20);
    assertThat(registry.timeouts).containsOnly(PING_TIMEOUT);
    assertAllWereAlwaysRegistered();
  }

  @Test
  void eachActsOnItsOwnOutcome() {
    start(SERVICES);
    registry.real().register(Registration.builder("http://other").id("s1").build());
    registry.real().deregister("s2");
    registry.onPings =
        pings ->
            pings.stream()
                .map(
                    ping ->
                        ping.id().equals("s3")
                            ? CompletableFuture.<Optional<Lease>>failedFuture(
                                new RegistryUnavailableException("down", null, null))
                            : registry.ping(ping))
                .toList();
    executor.elapse(INTERVAL.plus(WAIT));

    assertThat(registrars.get(1).state()).isEqualTo(RegistrarState.SUPERSEDED);
    assertThat(registrars.get(3).state()).isEqualTo(RegistrarState.RETRYING);
    assertThat(registrars.get(2).state()).isIn(RegistrarState.LOST, RegistrarState.REGISTERED);
    elapseIntervals(1);
    assertThat(registrars.get(2).state()).isEqualTo(RegistrarState.REGISTERED);
    assertThat(registry.registrations).isEqualTo(1);
    assertThat(count(RegistrarState.REGISTERED)).isEqualTo(SERVICES - 2);
  }

  /** Has all pings of an interval come to something else, and then all be well. */
  private void failForAnInterval(
      Function<List<LeasePing>, List<CompletableFuture<Optional<Lease>>>> failing) {
    start(SERVICES);
    registry.onPings = failing;
    for (int i = 0; i < INTERVAL.toSeconds(); i++) {
      registry.forget();
      executor.elapse(SECOND);
      assertThat(registry.requests()).isLessThanOrEqualTo(25);
    }
    registry.onPings = registry::pingEach;
    elapseIntervals(2);

    assertAllWereAlwaysRegistered();
  }

  @Test
  void aBatchThatFailsAsAWholeIsTriedAgainByEachInItsTime() {
    failForAnInterval(
        pings ->
            Collections.nCopies(
                pings.size(),
                CompletableFuture.failedFuture(
                    new RegistryUnavailableException("down", null, null))));
  }

  @Test
  void inAnOutageTheyPingNoMoreOftenThanOneByOne() {
    int together = mostPingsInASecondOfAnOutage();
    for (Registrar registrar : registrars) {
      var unused = registrar.closeInBackground();
    }
    registrars.clear();
    registry.combinesPings = false;
    int oneByOne = mostPingsInASecondOfAnOutage();

    assertThat(together).isBetween(SERVICES / 10, oneByOne + oneByOne / 20);
  }

  private int mostPingsInASecondOfAnOutage() {
    registry.onPings = registry::pingEach;
    start(SERVICES);
    registry.onPings =
        pings ->
            Collections.nCopies(
                pings.size(),
                CompletableFuture.failedFuture(
                    new RegistryUnavailableException("down", null, null)));
    int most = 0;
    for (int i = 0; i < 60; i++) {
      registry.forget();
      executor.elapse(SECOND);
      most = Math.max(most, registry.pings());
    }
    return most;
  }

  @Test
  void aBatchThatIsNeverAnsweredIsTriedAgainByEachInItsTime() {
    failForAnInterval(
        pings -> pings.stream().map(ping -> new CompletableFuture<Optional<Lease>>()).toList());
  }

  @Test
  void aRegistryThatThrowsLosesNoService() {
    failForAnInterval(
        pings -> {
          throw new IllegalStateException("of the test");
        });
  }

  @Test
  void aRegistryThatThrowsAnErrorLosesNoService() {
    failForAnInterval(
        pings -> {
          throw new NoClassDefFoundError("of the test");
        });
  }

  @Test
  void aRegistryThatAnswersNothingOrOtherPingsLosesNoService() {
    failForAnInterval(pings -> null);
  }

  @Test
  void aRegistryThatAnswersTooFewPingsLosesNoService() {
    failForAnInterval(pings -> registry.pingEach(pings).subList(1, pings.size()));
  }

  @Test
  void aRegistryThatAnswersNullForAPingLosesNoService() {
    failForAnInterval(
        pings -> Collections.nCopies(pings.size(), (CompletableFuture<Optional<Lease>>) null));
  }

  @Test
  void afterASuspensionAllAreAskedForWithFewRequests() {
    start(SERVICES);
    clock.advance(Duration.ofSeconds(15));
    executor.elapse(SECOND);

    assertThat(registry.pings()).isBetween(SERVICES, SERVICES + 200);
    assertThat(registry.requests()).isLessThan(25);
    assertAllWereAlwaysRegistered();
  }

  @Test
  void whatClosesMeanwhileIsClosedAndLeavesNothing() {
    start(SERVICES);
    while (registry.batches.isEmpty()) {
      executor.elapse(Duration.ofMillis(1));
    }
    executor.elapse(Duration.ofMillis(25)); // some pings wait
    List<CompletableFuture<Void>> closed =
        registrars.stream().map(Registrar::closeInBackground).toList();
    executor.elapse(SECOND);

    assertThat(closed).allSatisfy(each -> assertThat(each).isCompleted());
    assertThat(registry.real().list()).isEmpty();
    assertThat(executor.waiting()).isZero();
  }

  @Test
  void withoutATimerAPingIsSentAtOnce() {
    ManualExecutor ended = new ManualExecutor(clock);
    ended.shutdown();
    CombiningRegistry other = new CombiningRegistry(clock);
    PingCollector collector = new PingCollector(other, ended, () -> SERVICES);

    assertThat(collector.pingAsync("a", Fence.none(), PING_TIMEOUT)).isCompleted();
    assertThat(collector.pingAsync("b", Fence.none(), PING_TIMEOUT)).isCompleted();
  }

  @Test
  void pingsThatATimerHasForgottenAreSentWithTheNext() {
    CombiningRegistry other = new CombiningRegistry(clock);
    List<Future<?>> plans = new ArrayList<>();
    PingCollector collector = new PingCollector(other, noting(plans), () -> SERVICES);
    var first = collector.pingAsync("a", Fence.none(), PING_TIMEOUT);
    assertThat(plans).hasSize(1).allMatch(plan -> plan.cancel(false));
    assertThat(first).isNotDone();

    var second = collector.pingAsync("b", Fence.none(), PING_TIMEOUT);

    assertThat(first).isCompleted();
    assertThat(second).isCompleted();
    assertThat(other.batches).containsExactly(2);
  }

  @Test
  void anAnswerForOtherPingsFailsAllThatWereSent() {
    PingCollector collector = new PingCollector(registry, executor, () -> SERVICES);
    registry.onPings = pings -> registry.pingEach(pings).subList(1, pings.size());
    var first = collector.pingAsync("a", Fence.none(), PING_TIMEOUT);
    var second = collector.pingAsync("b", Fence.none(), PING_TIMEOUT);
    executor.elapse(WAIT);

    assertThat(first).isCompletedExceptionally();
    assertThat(second).isCompletedExceptionally();
  }

  @Test
  void anErrorThatKeepsATimerFromItsWorkLosesNoPing() {
    PingCollector collector = new PingCollector(registry, failing(), () -> SERVICES);
    Lease lease = registry.real().register(Registration.builder("http://h").id("a").build());
    Fence holder = Fence.of(lease.leaseId().orElseThrow());

    for (int i = 0; i < 3; i++) {
      assertThat(collector.pingAsync("a", holder, PING_TIMEOUT).join()).isPresent();
    }
    assertThat(registry.singlePings).isEqualTo(3);
  }

  private ScheduledExecutorService failing() {
    return (ScheduledExecutorService)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ScheduledExecutorService.class},
            (proxy, method, arguments) -> {
              throw new InternalError("of the test");
            });
  }

  /** Returns the executor, which also adds what it plans to a list. */
  private ScheduledExecutorService noting(List<Future<?>> plans) {
    return (ScheduledExecutorService)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ScheduledExecutorService.class},
            (proxy, method, arguments) -> {
              Object plan = method.invoke(executor, arguments);
              plans.add((Future<?>) plan);
              return plan;
            });
  }
}
