package dev.rollcall.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Service;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a discovery makes of the changes that its watch tells. */
class DiscoveryTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  private final ScriptedRegistry registry = new ScriptedRegistry();
  private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 1_000);

  private Discovery.Builder orders() {
    return Discovery.of(registry)
        .named("orders")
        .startTimeout(Duration.ZERO)
        .nanoTime(nanoTime::get)
        .wallClock(() -> NOW);
  }

  private void elapse(Duration time) {
    nanoTime.addAndGet(time.toNanos());
  }

  /** Picks often enough that each instance that may be picked is, and returns their ids. */
  private static List<String> picked(Discovery discovery) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Pick pick = discovery.pick();
      ids.add(pick.service().id());
      pick.close();
    }
    return ids.stream().distinct().sorted().toList();
  }

  private static Pick pickOf(Discovery discovery, String id) {
    while (true) {
      Pick pick = discovery.pick();
      if (pick.service().id().equals(id)) {
        return pick;
      }
      pick.close();
    }
  }

  private static void fail(Discovery discovery, String id) {
    Pick pick = pickOf(discovery, id);
    pick.failed();
    pick.close();
  }

  @Test
  void picksAmongTheInstancesOfItsName() {
    Discovery orders = orders().build();
    registry.add("a", "b");
    registry.put(registry.service("other", "payments", Map.of()));

    assertThat(picked(orders)).containsExactly("a", "b");
    assertThat(orders.services()).extracting(Service::id).containsExactly("a", "b");
    assertThat(orders.pick().url()).startsWith("http://");
    assertThat(registry.query()).isEqualTo(Query.named("orders"));
  }

  @Test
  void oneWatchServesAnyNumberOfNames() {
    Discovery.Builder builder = orders();
    for (int i = 0; i < Query.MAX_NAMES; i++) {
      builder.named("name-" + i);
    }
    Discovery many = builder.build();
    registry.put(registry.service("p", "name-7", Map.of()));
    registry.put(registry.service("q", "another", Map.of()));

    assertThat(registry.watches()).isEqualTo(1);
    assertThat(registry.query().isAll()).isTrue();
    assertThat(many.names()).hasSize(101).startsWith("name-0", "name-1", "name-10");
    assertThat(many.pick("name-7").service().id()).isEqualTo("p");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> many.pick("another"))
        .withMessageContaining("named(\"another\")");
    assertThatIllegalStateException().isThrownBy(many::pick).withMessageContaining("101 names");
  }

  @Test
  void withoutNamesItKnowsAllAndForgetsThoseOfWhomNoneIsLeft() {
    Discovery all = Discovery.of(registry).startTimeout(Duration.ZERO).build();
    registry.add("a");
    assertThat(all.pick("orders").service().id()).isEqualTo("a");

    registry.remove("a", Change.Type.DEREGISTERED);

    assertThat(all.services("orders")).isEmpty();
    assertThatThrownBy(() -> all.pick("orders")).isInstanceOf(NoInstanceException.class);
  }

  @Test
  void anInstanceThatChangesItsNameMoves() {
    Discovery all =
        Discovery.of(registry).named("orders").named("old").startTimeout(Duration.ZERO).build();
    registry.put(registry.service("a", "old", Map.of()));
    registry.put(registry.service("a", "orders", Map.of()));

    assertThat(all.services("old")).isEmpty();
    assertThat(all.services("orders")).extracting(Service::id).containsExactly("a");
  }

  @Test
  void theOneWithFewerCallsUnderWayIsPicked() {
    Discovery orders = orders().build();
    registry.add("a", "b");
    Pick first = orders.pick();

    for (int i = 0; i < 50; i++) {
      Pick next = orders.pick();
      assertThat(next.service().id()).isNotEqualTo(first.service().id());
      next.close();
    }
    first.close();
    first.close();

    assertThat(picked(orders)).containsExactly("a", "b");
    assertThat(orders.picks()).isEqualTo(251);
  }

  @Test
  void anInstanceThatCannotBeReachedIsLeftOutForLongerEachTime() {
    List<Duration> ejected = new ArrayList<>();
    Discovery orders =
        orders()
            .listener(
                new DiscoveryListener() {
                  @Override
                  public void ejected(Service service, Duration duration) {
                    ejected.add(duration);
                  }
                })
            .build();
    registry.add("a", "b");

    for (int i = 0; i < 6; i++) {
      fail(orders, "a");
      assertThat(picked(orders)).containsExactly("b");
      assertThat(orders.ejected()).isEqualTo(1);
      elapse(ejected.get(i).minusNanos(1));
      assertThat(picked(orders)).containsExactly("b");
      elapse(Duration.ofNanos(1));
    }

    assertThat(ejected)
        .extracting(Duration::toSeconds)
        .containsExactly(5L, 10L, 20L, 40L, 60L, 60L);
    assertThat(orders.ejections()).isEqualTo(6);
    assertThat(orders.services()).hasSize(2);
  }

  @Test
  void aCallThatEndsWellAfterwardsMakesTheNextTimeShortAgain() {
    Discovery orders = orders().strategy(candidates -> candidates.get(candidates.draw())).build();
    registry.add("a", "b");
    Pick before = pickOf(orders, "a");
    fail(orders, "a");
    before.close(); // It began before the failure, so it says nothing.
    elapse(Duration.ofSeconds(5));
    fail(orders, "a");
    elapse(Duration.ofSeconds(5));
    assertThat(picked(orders)).containsExactly("b");
    elapse(Duration.ofSeconds(5));
    pickOf(orders, "a").close();

    fail(orders, "a");
    elapse(Duration.ofSeconds(5));

    assertThat(picked(orders)).containsExactly("a", "b");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void neverAreMoreThanHalfLeftOut(int instances) {
    Discovery orders = orders().build();
    for (int i = 0; i < instances; i++) {
      registry.add("i" + i);
    }

    for (int i = 0; i < 100; i++) {
      Pick pick = orders.pick();
      pick.failed();
      pick.failed();
      pick.close();
    }

    assertThat(orders.ejected()).isEqualTo(instances / 2);
    assertThat(picked(orders)).hasSize(instances - instances / 2);
  }

  @Test
  void aRegistrationAtTheSameUrlEndsThatAndKeepsTheCallsThatAreOpen() {
    Discovery orders = orders().build();
    registry.add("a", "b");
    Pick open = pickOf(orders, "a");
    fail(orders, "b");

    registry.put(registry.service("a", "orders", Map.of("v", 2)));
    registry.put(registry.service("b", "orders", Map.of("v", 2)));

    assertThat(picked(orders)).containsExactly("b");
    open.close();
    assertThat(picked(orders)).containsExactly("a", "b");
    assertThat(orders.pick().service().info()).containsEntry("v", 2);
  }

  @Test
  void anotherUrlIsAnotherInstance() {
    Discovery orders = orders().build();
    registry.add("a", "b");
    Pick open = pickOf(orders, "a");

    registry.put(registry.serviceAt("a", "http://elsewhere"));

    assertThat(picked(orders)).containsExactly("a", "b");
    open.failed(); // It was of the former one.
    open.close();
    assertThat(orders.ejected()).isZero();
    assertThat(pickOf(orders, "a").url()).isEqualTo("http://elsewhere");
  }

  @Test
  void eachGetsCallsByItsWeight() {
    Discovery orders = orders().strategy(candidates -> candidates.get(candidates.draw())).build();
    registry.put(registry.service("light", "orders", Map.of("weight", 0.5)));
    registry.put(registry.service("plain", "orders", Map.of()));
    registry.put(registry.service("heavy", "orders", Map.of("weight", 2)));
    registry.put(registry.service("wrong", "orders", Map.of("weight", -3)));
    registry.put(registry.service("none", "orders", Map.of("weight", 0)));
    int total = 90_000;
    Map<String, Integer> counts = new TreeMap<>();

    for (int i = 0; i < total; i++) {
      counts.merge(orders.pick().service().id(), 1, Integer::sum);
    }

    assertThat(counts).containsOnlyKeys("light", "plain", "heavy", "wrong");
    // Of 4.5 in all; 1,000 are more than six standard deviations.
    assertThat(counts.get("light")).isBetween(9_000, 11_000);
    assertThat(counts.get("plain")).isBetween(19_000, 21_000);
    assertThat(counts.get("wrong")).isBetween(19_000, 21_000);
    assertThat(counts.get("heavy")).isBetween(39_000, 41_000);
  }

  @Test
  void thoseOfNoWeightArePickedWhereThereAreNoOthers() {
    Discovery orders = orders().build();
    registry.put(registry.service("none", "orders", Map.of("weight", 0)));

    assertThat(picked(orders)).containsExactly("none");
  }

  @Test
  void preferredOnesArePickedWhileTheyAreEnough() {
    Discovery orders = orders().prefer("info.zone", "eu-1", 2).build();
    registry.put(registry.service("a", "orders", Map.of("zone", "eu-1")));
    registry.add("x", "y", "z");
    assertThat(picked(orders)).as("too few").containsExactly("a", "x", "y", "z");

    registry.put(registry.service("b", "orders", Map.of("zone", "eu-1")));
    registry.put(registry.service("c", "orders", Map.of("zone", "eu-1")));
    assertThat(picked(orders)).containsExactly("a", "b", "c");

    fail(orders, "a");
    assertThat(picked(orders)).containsExactly("b", "c");

    fail(orders, "b");
    assertThat(picked(orders)).as("overflow").containsExactly("c", "x", "y", "z");
  }

  @Test
  void preferredOnesOfNoWeightAreNotEnough() {
    Discovery orders = orders().prefer("info.zone", "eu-1", 2).build();
    registry.put(registry.service("a", "orders", Map.of("zone", "eu-1", "weight", 0)));
    registry.put(registry.service("b", "orders", Map.of("zone", "eu-1", "weight", 0)));
    assertThat(picked(orders)).as("no others").containsExactly("a", "b");

    registry.add("x");
    assertThat(picked(orders)).as("drained").containsExactly("x");

    registry.put(registry.service("c", "orders", Map.of("zone", "eu-1")));
    assertThat(picked(orders)).as("one is too few").containsExactly("c", "x");
  }

  @ParameterizedTest
  @EnumSource(names = {"EXPIRED", "LOST"})
  void theLastInstanceIsKeptForAMinuteWhereItWentAfterAnOutage(Change.Type cause) {
    Discovery orders = orders().build();
    registry.add("a", "b");
    registry.setStale(true);
    registry.setStale(false);
    elapse(Duration.ofSeconds(29));
    registry.remove("a", cause);
    assertThat(orders.staleSince("orders")).isEmpty();

    registry.remove("b", cause);

    assertThat(picked(orders)).containsExactly("b");
    assertThat(orders.staleSince("orders")).contains(NOW);
    assertThat(orders.staleSince()).isEmpty();
    elapse(Duration.ofSeconds(60).minusNanos(1));
    assertThat(picked(orders)).containsExactly("b");
    elapse(Duration.ofNanos(1));
    assertThatThrownBy(orders::pick).isInstanceOf(NoInstanceException.class);
    assertThat(orders.services()).isEmpty();
    assertThat(orders.staleSince("orders")).isEmpty();
  }

  @Test
  void allThatGoTogetherAreKept() {
    Discovery orders = orders().build();
    registry.add("a", "b");
    registry.setStale(true);

    registry.recoverWithout(Change.Type.LOST, "a", "b");

    assertThat(picked(orders)).containsExactly("a", "b");
  }

  @Test
  void oneThatIsThereAgainTakesTheirPlace() {
    Discovery orders = orders().build();
    registry.add("a", "b");
    registry.setStale(true);
    registry.recoverWithout(Change.Type.EXPIRED, "a", "b");
    Pick open = pickOf(orders, "a");

    registry.add("a");

    assertThat(picked(orders)).containsExactly("a");
    assertThat(orders.staleSince("orders")).isEmpty();
    open.close();
    elapse(Duration.ofMinutes(2));
    assertThat(picked(orders)).containsExactly("a");
  }

  @Test
  void oneThatDeregisteredIsGoneAtOnce() {
    Discovery orders = orders().build();
    registry.add("a");
    registry.setStale(true);
    registry.setStale(false);

    registry.remove("a", Change.Type.DEREGISTERED);

    assertThatThrownBy(orders::pick).isInstanceOf(NoInstanceException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {30, 3_600})
  void longAfterAnOutageAnEndIsBelieved(long seconds) {
    Discovery orders = orders().build();
    registry.add("a");
    registry.setStale(true);
    registry.setStale(false);
    elapse(Duration.ofSeconds(seconds));

    registry.remove("a", Change.Type.EXPIRED);

    assertThatThrownBy(orders::pick)
        .isInstanceOf(NoInstanceException.class)
        .hasMessage(
            "no instance of 'orders' is known, among 0 services; the registry can be asked, so"
                + " none is registered");
  }

  @Test
  void withoutAnOutageAnEndIsBelieved() {
    Discovery orders = orders().build();
    registry.add("a");

    registry.remove("a", Change.Type.EXPIRED);

    assertThatThrownBy(orders::pick).isInstanceOf(NoInstanceException.class);
  }

  @Test
  void anOutageTakesNothingAway() {
    Discovery orders = orders().build();
    registry.add("a");

    registry.setStale(true);
    elapse(Duration.ofDays(3));

    assertThat(picked(orders)).containsExactly("a");
    assertThat(orders.staleSince()).contains(ScriptedRegistry.STALE_SINCE);
    assertThat(orders.staleSince("orders")).contains(ScriptedRegistry.STALE_SINCE);
  }

  @Test
  void aRegistryThatWasNeverReachedIsNamedAsTheReason() {
    Discovery orders = orders().build();

    assertThatThrownBy(orders::pick)
        .isInstanceOf(NoInstanceException.class)
        .hasMessageContaining("no instance of 'orders'")
        .hasMessageContaining("has not been reached yet, since the start at " + NOW);
    assertThat(orders.services()).isEmpty();
    assertThat(orders.staleSince()).contains(NOW);
    assertThat(orders.staleSince("orders")).contains(NOW);
  }

  @Test
  void inAnOutageTheReasonSaysSinceWhen() {
    Discovery orders = orders().build();
    registry.setStale(true);

    assertThatThrownBy(orders::pick)
        .isInstanceOf(NoInstanceException.class)
        .hasMessageContaining("cannot be asked since " + ScriptedRegistry.STALE_SINCE)
        .extracting(e -> ((NoInstanceException) e).name())
        .isEqualTo("orders");
  }

  @Test
  void aCallThatComesWhileTheFirstInstancesAreTakenInWaitsForThem() throws Exception {
    CompletableFuture<String> picked = new CompletableFuture<>();
    List<Discovery> built = new ArrayList<>();
    Thread caller =
        new Thread(
            () -> {
              try (Pick pick = built.get(0).pick()) {
                picked.complete(pick.service().id());
              } catch (RuntimeException e) {
                picked.completeExceptionally(e);
              }
            });
    AtomicLong looks = new AtomicLong();
    built.add(
        orders()
            .startTimeout(Duration.ofMinutes(1))
            .nanoTime(
                () -> {
                  if (looks.incrementAndGet() == 2) { // The name is known, its instances are not.
                    caller.start();
                    while (caller.getState() == Thread.State.NEW
                        || caller.getState() == Thread.State.RUNNABLE) {
                      Thread.onSpinWait();
                    }
                  }
                  return nanoTime.get();
                })
            .build());

    registry.add("a");

    assertThat(picked.get(1, TimeUnit.MINUTES)).isEqualTo("a");
  }

  /** Discovery looks at the clock first of all, then where a name's instances are taken in. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void whatAnErrorKeptFromItIsMadeUpForWithTheNextChange(int look) {
    AtomicLong errors = new AtomicLong();
    Discovery all =
        Discovery.of(registry)
            .startTimeout(Duration.ZERO)
            .nanoTime(
                () -> {
                  if (errors.getAndUpdate(left -> Math.max(0, left - 1)) == 1) {
                    throw new OutOfMemoryError("thrown by a test");
                  }
                  return nanoTime.get();
                })
            .build();
    registry.add("a", "b");
    registry.put(registry.service("moving", "old", Map.of()));
    for (Runnable change :
        List.<Runnable>of(
            () -> registry.add("c"),
            () -> registry.remove("a", Change.Type.DEREGISTERED),
            () -> registry.put(registry.service("moving", "orders", Map.of())))) {
      errors.set(look);
      assertThatThrownBy(change::run).isInstanceOf(OutOfMemoryError.class);
    }

    registry.put(registry.service("p", "payments", Map.of()));

    assertThat(all.services("orders")).extracting(Service::id).containsExactly("b", "c", "moving");
    assertThat(all.services("old")).isEmpty();
    assertThat(all.services("payments")).hasSize(1);
  }

  @Test
  void theFirstPickWaitsForTheServices() throws Exception {
    Discovery orders = Discovery.of(registry).named("orders").build();
    assertThat(orders.awaitFirstView(Duration.ZERO)).isFalse();
    assertThat(orders.instanceCount("orders")).isZero(); // which does not wait
    CompletableFuture<String> pick =
        CompletableFuture.supplyAsync(() -> orders.pick().service().id());

    registry.add("a");

    assertThat(pick.get(30, TimeUnit.SECONDS)).isEqualTo("a");
    assertThat(orders.awaitFirstView(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
    assertThat(orders.instanceCount("orders")).isEqualTo(1);
  }

  @Test
  void aListenerIsToldWhatCanBePickedAlready() {
    List<String> told = new ArrayList<>();
    List<Discovery> built = new ArrayList<>();
    built.add(
        orders()
            .listener(
                new DiscoveryListener() {
                  @Override
                  public void changed(View view, List<Change> changes) {
                    told.add(built.get(0).pick().service().id() + changes.size());
                  }
                })
            .build());

    registry.add("a");

    assertThat(told).containsExactly("a1");
  }

  @Test
  void aListenerThatThrowsCostsNoCall() {
    Discovery orders =
        orders()
            .listener(
                new DiscoveryListener() {
                  @Override
                  public void ejected(Service service, Duration duration) {
                    throw new AssertionError("on purpose");
                  }
                })
            .build();
    registry.add("a", "b");

    fail(orders, "a");

    assertThat(picked(orders)).containsExactly("b");
  }

  private Instance instance(String id) {
    return new Instance(registry.service(id, "orders", Map.of()), nanoTime::get);
  }

  @Test
  void theSlowerOneIsAvoidedByLatency() {
    Instance slow = instance("slow");
    Instance fast = instance("fast");
    Instance fresh = instance("fresh");
    slow.addLatency(1_000_000_000, nanoTime.get());
    fast.addLatency(1_000_000, nanoTime.get());
    PickStrategy strategy = PickStrategy.lowestLatency();

    assertThat(strategy.choose(new Candidates(List.of(slow, fast)))).isSameAs(fast);
    for (int i = 0; i < 100; i++) {
      fast.beginCall(nanoTime.get()); // Each call of the fast one takes a thousandth.
    }
    assertThat(strategy.choose(new Candidates(List.of(slow, fast)))).isSameAs(fast);
    assertThat(strategy.choose(new Candidates(List.of(slow, fresh)))).isSameAs(fresh);
    fresh.beginCall(nanoTime.get());
    assertThat(strategy.choose(new Candidates(List.of(slow, fresh)))).isSameAs(slow);
  }

  @Test
  void aLatencyRisesAtOnceAndFallsByAndBy() {
    Instance instance = instance("a");
    long now = nanoTime.get();
    instance.addLatency(1_000, now);
    instance.addLatency(9_000, now);
    assertThat(instance.latencyNanos()).isEqualTo(9_000);
    instance.addLatency(1_000, now);
    assertThat(instance.latencyNanos()).isEqualTo(9_000);
    elapse(Duration.ofSeconds(10));
    assertThat(instance.latencyNanos()).isBetween(9_000 / Math.E - 1, 9_000 / Math.E + 1);
    instance.addLatency(1_000, now + Duration.ofSeconds(100).toNanos());
    elapse(Duration.ofSeconds(90));
    assertThat(instance.latencyNanos()).isBetween(1_000.0, 1_002.0);
  }

  @Test
  void aCallThatHangsCountsByTheTimeThatItHasTaken() {
    Instance instance = instance("a");
    instance.addLatency(1_000, nanoTime.get());
    elapse(Duration.ofSeconds(1));
    instance.beginCall(nanoTime.get());
    assertThat(instance.latencyNanos()).as("it has begun just now").isLessThan(1_000);

    elapse(Duration.ofSeconds(1));
    instance.beginCall(nanoTime.get());
    assertThat(instance.latencyNanos()).isEqualTo(1_000_000_000);

    instance.endCall();
    instance.addLatency(2_000, nanoTime.get());
    assertThat(instance.latencyNanos()).as("one has ended just now").isEqualTo(2_000);
    elapse(Duration.ofSeconds(1));
    assertThat(instance.latencyNanos()).as("the other hangs").isEqualTo(1_000_000_000);

    instance.endCall();
    assertThat(instance.latencyNanos()).as("none is under way").isLessThan(2_000);
  }

  /** Ends a call of an instance that took 10 ms. */
  private void answer(Discovery discovery, String id) {
    Pick pick = pickOf(discovery, id);
    elapse(Duration.ofMillis(10));
    pick.close();
  }

  private Discovery byLatency(String... ids) {
    Discovery orders = orders().strategy(PickStrategy.lowestLatency()).build();
    registry.add(ids);
    return orders;
  }

  @Test
  void anInstanceThatFailsQuicklyDoesNotLookLikeAFastOne() {
    Discovery orders = byLatency("a", "b", "c");
    fail(orders, "a"); // Of three no second one is left out.
    answer(orders, "c");
    fail(orders, "b");
    assertThat(orders.ejected()).isEqualTo(1);

    assertThat(picked(orders)).containsExactly("c");
  }

  @Test
  void anInstanceThatIsBackGetsOneCallUntilThatHasEnded() {
    Discovery orders = byLatency("a", "b");
    answer(orders, "a");
    answer(orders, "b");
    fail(orders, "a");
    elapse(Duration.ofSeconds(5));

    Pick first = pickOf(orders, "a");
    assertThat(picked(orders)).containsExactly("b");

    elapse(Duration.ofMillis(1));
    first.close();
    assertThat(picked(orders)).contains("a");
  }

  @Test
  void whereHealthyOnesGoThoseWhoseTimeEndsFirstAreReadmitted() {
    Discovery orders = orders().build();
    registry.add("a", "b", "c", "d");
    fail(orders, "a");
    elapse(Duration.ofSeconds(1));
    fail(orders, "b");

    registry.remove("c", Change.Type.DEREGISTERED);
    assertThat(picked(orders)).as("one of three is left out").containsExactly("a", "d");
    registry.remove("d", Change.Type.DEREGISTERED);
    assertThat(picked(orders)).as("one of two is left out").containsExactly("a");
    registry.remove("a", Change.Type.DEREGISTERED);
    assertThat(picked(orders)).as("the last one is called").containsExactly("b");
    assertThat(orders.ejected()).isZero();
  }

  @Test
  void aClosedDiscoverySaysSoAndPicksStayClosable() {
    Discovery orders = orders().build();
    registry.add("a");
    Pick open = orders.pick();

    orders.close();
    orders.close();
    open.failed();
    open.close();

    assertThat(registry.isWatched()).isFalse();
    assertThatIllegalStateException().isThrownBy(orders::pick).withMessageContaining("closed");
  }

  @Test
  void whatIsToldAfterTheCloseIsForgotten() {
    Discovery orders = orders().build();
    WatchListener late = registry.listener();
    orders.close();

    Service service = registry.service("a", "orders", Map.of());
    late.changed(
        new View(List.of(service), Optional.empty(), SetVersion.of(List.of(service)).toString()),
        List.of(new Change(Change.Type.ADDED, service, Optional.empty(), NOW)));

    assertThatIllegalStateException().isThrownBy(orders::pick).withMessageContaining("closed");
  }

  @Test
  void aCloseEndsTheWaitForTheFirstServices() throws Exception {
    Discovery orders = orders().startTimeout(Duration.ofHours(1)).build();
    CompletableFuture<Boolean> first =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return orders.awaitFirstView(Duration.ofHours(1));
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });

    orders.close();

    assertThat(first.get(30, TimeUnit.SECONDS)).isFalse();
    assertThatIllegalStateException().isThrownBy(orders::pick).withMessageContaining("closed");
  }

  @Test
  void instancesThatWereKeptAreForgottenByTheNextChangeAfterThat() {
    Discovery all =
        Discovery.of(registry)
            .startTimeout(Duration.ZERO)
            .nanoTime(nanoTime::get)
            .wallClock(() -> NOW)
            .build();
    registry.put(registry.service("a", "a", Map.of()));
    registry.setStale(true);
    registry.recoverWithout(Change.Type.EXPIRED, "a");
    WeakReference<Service> kept = new WeakReference<>(all.services("a").get(0));

    elapse(Duration.ofMinutes(1));
    registry.put(registry.service("b", "b", Map.of()));

    for (int i = 0; i < 100 && kept.get() != null; i++) {
      System.gc();
    }
    assertThat(kept.get()).isNull();
    assertThat(all.services("b")).hasSize(1);
  }

  @Test
  void callsAreCountedThroughPicksAndChangesAtTheSameTime() throws Exception {
    Set<Instance> seen = ConcurrentHashMap.newKeySet();
    Discovery orders =
        orders()
            .strategy(
                candidates -> {
                  Instance chosen = PickStrategy.fewestCalls().choose(candidates);
                  seen.add(chosen);
                  return chosen;
                })
            .build();
    registry.add("a", "b", "c");
    List<CompletableFuture<Void>> callers = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      callers.add(
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 20_000; i++) {
                  Pick pick = orders.pick();
                  if (i % 7 == 0) {
                    pick.failed();
                  }
                  pick.close();
                }
              }));
    }
    while (callers.stream().anyMatch(each -> !each.isDone())) {
      registry.put(registry.service("a", "orders", Map.of()));
      registry.remove("b", Change.Type.EXPIRED);
      elapse(Duration.ofSeconds(1));
      registry.add("b");
    }

    CompletableFuture.allOf(callers.toArray(new CompletableFuture<?>[0])).get();

    assertThat(orders.picks()).isEqualTo(80_000);
    assertThat(seen).hasSizeGreaterThan(2).allMatch(each -> each.calls() == 0);
  }

  @Test
  void whatNobodyCanUseIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> orders().prefer("zone", "eu-1"))
        .withMessageContaining("info.");
    assertThatIllegalArgumentException().isThrownBy(() -> orders().prefer("info.zone", "x", 0));
    assertThatIllegalArgumentException().isThrownBy(() -> orders().named("a/b"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> orders().startTimeout(Duration.ofSeconds(-1)));
    assertThat(registry.watches()).isZero();
  }
}
