package dev.rollcall.view;

import static dev.rollcall.discovery.Change.Type.EXPIRED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.rollcall.Service;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.ManualExecutor;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.View;
import dev.rollcall.discovery.Watch;
import dev.rollcall.discovery.WatchListener;
import dev.rollcall.spi.ViewListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryViewTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration RECONCILE = Duration.ofSeconds(5);
  private static final int SOME_BYTES = 1 << 20;
  private static final Comparator<Service> BY_ID = Comparator.comparing(Service::id);

  private final ManualClock clock = new ManualClock();
  private final ManualExecutor executor = new ManualExecutor(clock);
  private final ScriptedSource source = new ScriptedSource(clock);
  private final CountingViewListener heard = new CountingViewListener();
  private final RegistryView view = view(SOME_BYTES);
  private final RecordingListener told = new RecordingListener();

  private RegistryView view(long maxBytes) {
    return new RegistryView(
        source, new ViewSettings(clock, clock, executor, maxBytes, RECONCILE, heard));
  }

  private Watch watch(Query query) {
    Watch watch = view.watch(query, told);
    settle();
    return watch;
  }

  /** Has done what is to be done now. */
  private void settle() {
    executor.elapse(Duration.ZERO);
  }

  @Test
  void theFirstCallHasAllServicesInTheirOrder() {
    source.register("b");
    source.register("a");

    watch(Query.all());

    assertThat(told.views).hasSize(1);
    assertThat(told.view().services()).extracting(Service::id).containsExactly("a", "b");
    assertThat(told.view().staleSince()).isEmpty();
    assertThat(told.news()).containsExactly("ADDED a", "ADDED b");
  }

  @Test
  void anEmptyRegistryIsToldOf() {
    watch(Query.all());

    assertThat(told.views).hasSize(1);
    assertThat(told.view().services()).isEmpty();
  }

  @Test
  void aSecondWatcherIsToldOfAllAtOnceWithoutAnotherList() {
    source.register("a");
    watch(Query.all());
    RecordingListener second = new RecordingListener();

    view.watch(Query.named("a"), second);
    settle();

    assertThat(second.news()).containsExactly("ADDED a");
    assertThat(source.lists).isEqualTo(1);
  }

  @Test
  void whatIsHintedAtIsToldAtOnceWithItsCause() {
    watch(Query.all());

    source.register("a");
    source.hint().registered("a");
    settle();
    assertThat(told.news()).containsExactly("ADDED a");

    source.register("a");
    source.hint().registered("a");
    settle();
    assertThat(told.news()).containsExactly("REGISTERED a");

    source.register("a", "a", "http://elsewhere");
    source.hint().registered("a");
    settle();
    assertThat(told.news()).containsExactly("UPDATED a");
    assertThat(told.view().services()).extracting(Service::url).containsExactly("http://elsewhere");

    source.services.clear();
    source.hint().deregistered("a");
    settle();
    assertThat(told.news()).containsExactly("DEREGISTERED a");
    assertThat(source.lists).isEqualTo(1);
  }

  @Test
  void aTouchAfterADeregistrationDoesNotHideTheCause() {
    source.register("a");
    source.register("b");
    watch(Query.all());
    told.news();

    source.services.clear();
    source.hint().deregistered("a");
    source.hint().touched("a"); // As a store says that only knows of a write.
    source.isOut = true;
    source.hint().deregistered("b");
    settle();
    source.hint().touched("b"); // After the first hint was taken, and not read.
    source.isOut = false;
    clock.advance(Duration.ofSeconds(3));
    settle();

    assertThat(told.news()).contains("DEREGISTERED a", "DEREGISTERED b");
  }

  @Test
  void aPingCausesNoCallAndNoRead() {
    source.register("a");
    watch(Query.all());
    int calls = told.views.size();

    for (int i = 0; i < 12; i++) {
      executor.elapse(Duration.ofSeconds(10));
      source.ping("a");
    }

    assertThat(told.views).hasSize(calls);
    assertThat(source.idsRead).isZero(); // The lists have told the view in time.
  }

  @Test
  void theEndOfALeaseIsToldWhenItEndsAndNotBefore() {
    Service service = source.register("a");
    watch(Query.all());
    told.news();

    executor.elapse(Duration.ofSeconds(30).minusMillis(1));
    assertThat(told.news()).isEmpty();

    executor.elapse(Duration.ofMillis(3));
    assertThat(told.changes).singleElement().returns(EXPIRED, Change::type);
    assertThat(told.changes.get(0).at()).isEqualTo(service.expiresAt());
  }

  @Test
  void aLeaseThatWasRenewedSinceItWasReadIsReadAgainAndNotToldOf() {
    source.register("a");
    watch(Query.all());
    told.news();
    source.isOut = true; // no list until the lease has ended, as it was read
    executor.elapse(Duration.ofSeconds(29));
    source.isOut = false;
    source.ping("a");

    executor.elapse(Duration.ofSeconds(5));

    assertThat(told.news()).isEmpty();
    assertThat(told.applied).containsKey("a");
  }

  @Test
  void aSourceWhoseClockIsBehindIsAskedUntilTheLeaseHasEnded() {
    source.register("a");
    source.clockLag = Duration.ofMillis(40);
    watch(Query.all());
    told.news();

    executor.elapse(Duration.ofSeconds(30).plusMillis(39));
    assertThat(told.news()).isEmpty();
    assertThat(source.idsRead).isBetween(1, 10);

    executor.elapse(Duration.ofMillis(60));
    assertThat(told.news()).containsExactly("EXPIRED a");
  }

  @Test
  void aLeaseWhoseEndIsLongPastAndThatRunsOnIsNotAskedForAllTheTime() {
    source.register("a");
    source.clockLag = Duration.ofHours(1);
    watch(Query.all());
    executor.elapse(Duration.ofSeconds(30));
    int before = source.idsRead;

    executor.elapse(Duration.ofSeconds(60));

    assertThat(source.idsRead - before).isLessThan(80);
    assertThat(told.applied).containsKey("a");
  }

  @Test
  void whatTheStoreNoLongerHasAlthoughItsLeaseRunsIsLost() {
    source.register("a");
    watch(Query.all());
    told.news();
    source.services.clear();

    executor.elapse(RECONCILE.plus(SECOND));

    assertThat(told.news()).containsExactly("LOST a");
  }

  @Test
  void whatNoHintToldOfIsFoundByComparison() {
    watch(Query.all());
    source.register("a");

    executor.elapse(RECONCILE.minus(SECOND));
    assertThat(told.news()).isEmpty();
    executor.elapse(SECOND.multipliedBy(2));
    assertThat(told.news()).containsExactly("ADDED a");
  }

  @Test
  void missedHintsHaveEverythingReadAtOnce() {
    watch(Query.all());
    source.register("a");

    source.hint().missed();
    settle();

    assertThat(told.news()).containsExactly("ADDED a");
  }

  @Test
  void moreHintsThanAreKeptHaveEverythingReadAtOnce() {
    watch(Query.all());
    for (int i = 0; i < 10_001; i++) {
      source.hint().touched("absent-" + i);
    }
    source.register("a");

    settle();

    assertThat(told.news()).containsExactly("ADDED a");
    assertThat(source.idsRead).isZero();
  }

  @Test
  void aServiceThatRegistersWhileTheListIsMadeIsNotReportedGone() {
    source.register("a");
    watch(Query.all());
    told.news();
    source.services.remove("a"); // The list does not have it…
    source.duringList = () -> source.register("a"); // …and when it is read by itself it is there.

    executor.elapse(RECONCILE.plus(SECOND));

    assertThat(told.news()).containsExactly("REGISTERED a");
  }

  @Test
  void anOutageRemovesNobodyAndIsToldOfOnce() {
    source.register("a");
    watch(Query.all());
    told.news();
    int calls = told.views.size();
    source.isOut = true;
    executor.elapse(Duration.ofMinutes(2)); // The lease has ended long since, as far as is known.

    assertThat(told.news()).isEmpty();
    assertThat(told.views).hasSize(calls + 1);
    assertThat(told.view().staleSince()).isPresent();
    assertThat(told.view().services()).hasSize(1);

    source.ping("a");
    source.register("b");
    source.isOut = false;
    executor.elapse(Duration.ofSeconds(3));

    assertThat(told.view().staleSince()).isEmpty();
    assertThat(told.news()).containsExactly("ADDED b");
  }

  @Test
  void whoStopsDuringAnOutageIsGoneWhenItIsOver() {
    source.register("a");
    watch(Query.all());
    told.news();
    source.isOut = true;
    executor.elapse(Duration.ofMinutes(2));
    source.isOut = false;

    executor.elapse(Duration.ofSeconds(3));

    assertThat(told.news()).containsExactly("EXPIRED a");
    assertThat(told.view().staleSince()).isEmpty();
  }

  @Test
  void anOutageAtTheStartIsWaitedFor() {
    source.isOut = true;
    watch(Query.all());
    executor.elapse(Duration.ofMinutes(1));
    assertThat(told.views).isEmpty();

    source.register("a");
    source.isOut = false;
    executor.elapse(Duration.ofSeconds(3));

    assertThat(told.views).hasSize(1);
    assertThat(told.view().staleSince()).isEmpty();
    assertThat(told.news()).containsExactly("ADDED a");
  }

  @Test
  void aSourceThatIsOutIsAskedAboutOnceASecond() {
    source.isOut = true;
    watch(Query.all());
    executor.elapse(Duration.ofMinutes(1));

    int before = source.lists;
    executor.elapse(Duration.ofMinutes(1));

    assertThat(source.lists - before).isLessThan(100);
  }

  @Test
  void aQuerySeesOnlyWhatItAsksFor() {
    source.register("a", "orders", "http://a");
    source.register("b", "billing", "http://b");
    watch(Query.named("orders"));
    assertThat(told.news()).containsExactly("ADDED a");
    int calls = told.views.size();

    source.register("b", "billing", "http://c");
    source.hint().registered("b");
    settle();
    assertThat(told.views).hasSize(calls);

    source.register("b", "orders", "http://b");
    source.hint().registered("b");
    settle();
    assertThat(told.news()).containsExactly("ADDED b");

    source.register("b", "billing", "http://b");
    source.hint().registered("b");
    settle();
    assertThat(told.news()).containsExactly("UNMATCHED b");
  }

  @Test
  void whatLeavesAQueryUnseenIsFoundByComparisonAsThat() {
    source.register("a", "orders", "http://a");
    watch(Query.named("orders"));
    told.news();
    source.register("a", "billing", "http://a");

    executor.elapse(RECONCILE.plus(SECOND));

    assertThat(told.news()).containsExactly("UNMATCHED a");
  }

  @Test
  void aListenerHearsHowTheViewDoes() {
    source.register("a");
    Watch first = watch(Query.all());
    Watch second = watch(Query.named("a"));
    assertThat(heard.watches).isEqualTo(2);
    assertThat(heard.services).isEqualTo(1);
    assertThat(heard.comparisons).isZero();

    source.register("a");
    source.hint().missed();
    settle();
    assertThat(heard.missed).isEqualTo(1);
    assertThat(heard.comparisons).isEqualTo(1);
    assertThat(heard.differences).isEqualTo(1);
    executor.elapse(Duration.ofSeconds(31));
    assertThat(heard.services).isZero();
    assertThat(heard.lags).singleElement().satisfies(lag -> assertThat(lag).isLessThan(SECOND));
    source.isOut = true;
    executor.elapse(RECONCILE.plus(SECOND));
    assertThat(heard.isStale).isTrue();
    source.isOut = false;
    executor.elapse(RECONCILE);
    assertThat(heard.isStale).isFalse();

    first.close();
    second.close();
    assertThat(heard.watches).isZero();
  }

  /** Keeps what it heard last. */
  private static final class CountingViewListener implements ViewListener {
    private final List<Duration> lags = new ArrayList<>();
    private int watches;
    private int services;
    private int comparisons;
    private int differences;
    private int missed;
    private boolean isStale;

    @Override
    public void watchesOpen(int open) {
      watches = open;
    }

    @Override
    public void servicesKnown(int known) {
      services = known;
    }

    @Override
    public void expirySeen(Duration lag) {
      lags.add(lag);
    }

    @Override
    public void reconciled(int found) {
      comparisons++;
      differences += found;
    }

    @Override
    public void hintsMissed() {
      missed++;
    }

    @Override
    public void staleness(boolean stale) {
      isStale = stale;
    }
  }

  @Test
  void aPageCannotBeWatched() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> view.watch(Query.all().limit(3), told))
        .withMessageContaining("limit=3");
  }

  @Test
  void servicesBeyondTheBoundMakeTheViewStaleUntilThereIsRoom() {
    RegistryView small = view(source.register("a").heapBytes() + 1L);
    small.watch(Query.all(), told);
    settle();
    assertThat(told.news()).containsExactly("ADDED a");

    source.register("b");
    source.hint().registered("b");
    settle();
    assertThat(told.view().staleSince()).isPresent();
    assertThat(told.news()).isEmpty();

    source.services.remove("a");
    source.hint().deregistered("a");
    executor.elapse(RECONCILE.plus(SECOND));
    assertThat(told.view().staleSince()).isEmpty();
    assertThat(told.applied.keySet()).containsExactly("b");
  }

  @Test
  void aServiceThatGrowsBeyondTheBoundIsKnownAsItWasUntilThereIsRoom() {
    RegistryView small = view(source.register("a").heapBytes() + 100L);
    small.watch(Query.all(), told);
    settle();
    String url = told.applied.get("a").url();

    source.register("a", "a", "http://" + "long".repeat(100));
    source.hint().registered("a");
    settle();
    for (int i = 0; i < 20; i++) { // for longer than the lease that was known
      source.ping("a");
      executor.elapse(RECONCILE);
    }
    assertThat(told.view().staleSince()).isPresent();
    assertThat(told.view().services()).extracting(Service::url).containsExactly(url);

    source.register("a", "a", "http://short");
    source.hint().registered("a");
    executor.elapse(RECONCILE);
    assertThat(told.view().staleSince()).isEmpty();
    assertThat(told.applied.get("a").url()).isEqualTo("http://short");
  }

  @Test
  void aViewThatIsTooSmallListsNoMoreOftenThanAnother() {
    RegistryView small = view(source.register("a").heapBytes() + 1L);
    source.register("b");
    small.watch(Query.all(), told);
    settle();
    assertThat(told.view().staleSince()).isPresent();
    int lists = source.lists;

    executor.elapse(RECONCILE.multipliedBy(5));

    assertThat(source.lists - lists).isEqualTo(5);
    assertThat(heard.isStale).isTrue();
  }

  @Test
  void aViewThatHasRoomAgainListsAtOnce() {
    for (int i = 0; i < 10; i++) {
      source.register("old-" + i);
    }
    RegistryView small = view(source.services.get("old-0").heapBytes() * 15L);
    small.watch(Query.all(), told);
    settle();
    source.services.clear();
    for (int i = 0; i < 10; i++) {
      source.register("new-" + i);
    }
    source.hint().missed();
    settle();

    assertThat(told.view().services()).hasSize(10);
    assertThat(told.view().staleSince()).isEmpty();
  }

  @Test
  void whereOnlySingleReadsFailTheWholeListIsReadOnceAndThenAsUsual() {
    source.register("a");
    watch(Query.all());
    source.beforeFind =
        () -> {
          throw new StoreUnavailableException("out", null, null);
        };
    source.hint().registered("a");
    settle();
    int lists = source.lists;

    executor.elapse(RECONCILE.multipliedBy(5));

    assertThat(source.lists - lists).isBetween(5, 6);
    assertThat(told.view().staleSince()).isPresent();
  }

  @Test
  @Timeout(60)
  void readsThatTakeLongerThanLeasesLastDoNotKeepTheListFromBeingRead() {
    for (int i = 0; i < 600; i++) {
      source.register("s" + i);
    }
    source.clockLag = Duration.ofHours(1); // their leases go on, by the source's own clock
    watch(Query.all());
    source.beforeFind = () -> clock.advance(SECOND.multipliedBy(3));
    int lists = source.lists;

    executor.elapse(Duration.ofMinutes(2));

    assertThat(source.lists - lists).isGreaterThan(10);
  }

  @Test
  void theLastWatchTellsTheMetricsThatNothingIsStaleOrKnown() {
    source.register("a");
    Watch watch = watch(Query.all());
    source.isOut = true;
    executor.elapse(RECONCILE.plus(SECOND));
    assertThat(heard.isStale).isTrue();

    watch.close();

    assertThat(heard.isStale).isFalse();
    assertThat(heard.services).isZero();
  }

  @Test
  void aStepThatEndsAfterTheLastWatchWasClosedTellsTheMetricsNothing() {
    source.register("a");
    Watch watch = view.watch(Query.all(), told);
    source.duringList = watch::close;

    settle();

    assertThat(source.lists).isEqualTo(1);
    assertThat(heard.services).isZero();
  }

  @Test
  void theLastWatcherLeavesNothingBehind() {
    source.register("a");
    Watch first = watch(Query.all());
    Watch second = watch(Query.named("a"));
    first.close();
    assertThat(source.listeners).hasSize(1);

    second.close();
    second.close();

    assertThat(source.listeners).isEmpty();
    executor.elapse(Duration.ofMinutes(1));
    assertThat(executor.waiting()).isZero();
  }

  @Test
  void aViewThatWasLeftIsBegunAnew() {
    watch(Query.all()).close();
    source.register("a");

    watch(Query.all());

    assertThat(told.view().services()).hasSize(1);
  }

  @Test
  void aClosedViewEndsItsWatchesAndOpensNoOther() {
    watch(Query.all());
    int calls = told.views.size();

    view.close();
    view.close();
    source.register("a");
    executor.elapse(Duration.ofMinutes(1));

    assertThat(told.views).hasSize(calls);
    assertThat(source.listeners).isEmpty();
    assertThatIllegalStateException().isThrownBy(() -> view.watch(Query.all(), told));
  }

  @Test
  void aListenerThatThrowsIsToldTheNextTime() {
    List<View> seen = new ArrayList<>();
    WatchListener failing =
        (latest, changes) -> {
          seen.add(latest);
          throw new IllegalStateException("of a listener");
        };
    view.watch(Query.all(), failing);
    settle();
    source.register("a");
    source.hint().registered("a");
    settle();

    assertThat(seen).hasSize(2);
  }

  @Test
  void aListenerMayCloseItsOwnWatch() {
    AtomicReference<Watch> own = new AtomicReference<>();
    List<View> seen = new ArrayList<>();
    own.set(
        view.watch(
            Query.all(),
            (latest, changes) -> {
              seen.add(latest);
              own.get().close();
            }));
    settle();
    source.register("a");
    executor.elapse(Duration.ofMinutes(1));

    assertThat(seen).hasSize(1);
    assertThat(source.listeners).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whateverHappensTheChangesLeadToWhatTheStoreHas(long seed) {
    Random random = new Random(seed);
    watch(Query.all());
    for (int i = 0; i < 2_000; i++) {
      String id = "s" + random.nextInt(20);
      boolean isHinted = random.nextInt(10) > 0;
      int what = random.nextInt(12);
      if (what < 4) {
        source.register(id, "n" + random.nextInt(3), "http://" + random.nextInt(3));
        if (isHinted) {
          source.hint().registered(id);
        }
      } else if (what < 6) {
        if (source.services.remove(id) != null && isHinted) {
          source.hint().deregistered(id);
        }
      } else if (what < 9 && source.services.containsKey(id)) {
        pingIfAlive(id);
      } else if (what == 9) {
        source.isOut = random.nextBoolean();
      } else {
        executor.elapse(Duration.ofMillis(random.nextInt(4_000)));
      }
    }
    source.isOut = false;
    executor.elapse(RECONCILE.plusSeconds(3));

    assertThat(told.view().staleSince()).isEmpty();
    assertThat(told.view().services()).extracting(Service::id).isEqualTo(aliveIds());
    assertThat(told.view().services())
        .extracting(Service::url)
        .isEqualTo(source.list().stream().sorted(BY_ID).map(Service::url).toList());
  }

  private List<String> aliveIds() {
    return source.list().stream().sorted(BY_ID).map(Service::id).toList();
  }

  /** As a store does, which never revives. */
  private void pingIfAlive(String id) {
    if (source.services.get(id).expiresAt().isAfter(clock.instant())) {
      source.ping(id);
    }
  }
}
