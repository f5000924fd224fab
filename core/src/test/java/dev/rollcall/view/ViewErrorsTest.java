package dev.rollcall.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Service;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.ManualExecutor;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.SetVersion;
import dev.rollcall.discovery.View;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** An {@code Error} in the midst of a step, or no thread for a call, costs nobody a change. */
class ViewErrorsTest {
  private static final Duration RECONCILE = Duration.ofSeconds(5);

  private final ManualClock clock = new ManualClock();
  private final ManualExecutor executor = new ManualExecutor(clock);
  private final ScriptedSource source = new ScriptedSource(clock);
  private final RecordingListener told = new RecordingListener();
  private final RegistryView view = viewOn(method -> {});

  /** Returns a view on an executor whose methods, by their names, may fail first. */
  private RegistryView viewOn(Consumer<String> before) {
    ScheduledExecutorService failing =
        (ScheduledExecutorService)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ScheduledExecutorService.class},
                (proxy, method, arguments) -> {
                  before.accept(method.getName());
                  return method.invoke(executor, arguments);
                });
    return new RegistryView(
        source,
        new ViewSettings(clock, clock, failing, 1 << 20, RECONCILE, ViewSettings.NO_LISTENER));
  }

  /** A list that is at its end in the midst of it. */
  private static <T> List<T> torn(List<T> whole, int from) {
    return new AbstractList<>() {
      @Override
      public T get(int index) {
        if (index == from) {
          throw new OutOfMemoryError("on purpose");
        }
        return whole.get(index);
      }

      @Override
      public int size() {
        return whole.size();
      }
    };
  }

  @Test
  void anErrorBetweenAReadAndTheWatchersLosesNoChange() {
    source.register("a");
    source.register("b");
    view.watch(Query.all(), told);
    executor.elapse(Duration.ZERO);
    told.news();

    source.register("a");
    source.register("b");
    source.tearNextFind = 1;
    source.hint().registered("a");
    source.hint().registered("b");
    executor.elapse(Duration.ZERO);
    assertThat(told.news()).isEmpty();

    executor.elapse(Duration.ofSeconds(2));

    assertThat(told.news()).containsExactly("REGISTERED a", "REGISTERED b");
  }

  @Test
  void anErrorWhileTheNextStepIsPlannedDoesNotEndTheView() {
    AtomicInteger plans = new AtomicInteger();
    RegistryView other =
        viewOn(
            method -> {
              if (method.equals("schedule") && plans.incrementAndGet() == 2) {
                throw new OutOfMemoryError("on purpose");
              }
            });
    source.register("a");
    other.watch(Query.all(), told);
    executor.elapse(Duration.ZERO);
    assertThat(plans).hasValueGreaterThanOrEqualTo(3);
    told.news();

    source.register("b"); // without a hint
    executor.elapse(RECONCILE.multipliedBy(2));
    assertThat(told.news()).singleElement().asString().endsWith(" b");
  }

  @Test
  void aWatcherWhoseChangesWereLostIsToldTheDifference() {
    List<Runnable> tasks = new ArrayList<>();
    Watcher watcher = new Watcher(told, tasks::add, clock, () -> {});
    Service a = source.register("a");
    Service b = source.register("b");
    watcher.offer(viewOf(a), List.of(added(a)));
    tasks.remove(0).run();
    told.news();

    assertThatThrownBy(() -> watcher.offer(viewOf(a, b), torn(List.of(added(b), added(a)), 1)))
        .isInstanceOf(OutOfMemoryError.class);
    watcher.schedule();
    tasks.remove(0).run();

    assertThat(told.news()).containsExactly("ADDED b");
  }

  @Test
  void aWatcherThatWasClosedMeanwhileCostsTheOthersNothing() {
    List<Runnable> tasks = new ArrayList<>();
    Watcher watcher = new Watcher(told, tasks::add, clock, () -> {});
    Service a = source.register("a");
    watcher.close();

    watcher.offer(viewOf(a), List.of(added(a)));
    watcher.offer(viewOf(a));

    assertThat(tasks).isEmpty();
  }

  @Test
  void anErrorBetweenTwoWatchersOfAQueryLosesNoChange() {
    boolean[] fails = {false};
    RegistryView other =
        viewOn(
            method -> {
              if (method.equals("execute") && fails[0]) {
                fails[0] = false;
                throw new InternalError("on purpose");
              }
            });
    RecordingListener second = new RecordingListener();
    source.register("a");
    other.watch(Query.all(), told);
    other.watch(Query.all(), second);
    executor.elapse(Duration.ZERO);
    told.news();
    second.news();

    source.register("b");
    source.hint().registered("b");
    fails[0] = true;
    executor.elapse(Duration.ofSeconds(2));

    assertThat(fails[0]).isFalse();
    assertThat(told.news()).containsExactly("ADDED b");
    assertThat(second.news()).containsExactly("ADDED b");
  }

  @Test
  void whomAnErrorHasTornIsToldThatWhatItKnowsIsOld() {
    QueryGroup group = new QueryGroup(Query.all());
    List<Runnable> tasks = new ArrayList<>();
    boolean[] fails = {false};
    Watcher watcher =
        new Watcher(
            told,
            task -> {
              if (fails[0]) {
                fails[0] = false;
                throw new InternalError("on purpose");
              }
              tasks.add(task);
            },
            clock,
            () -> {});
    Service a = source.register("a");
    group.add(watcher);
    group.start(List.of(a), Optional.empty());
    tasks.remove(0).run();
    fails[0] = true;
    Service b = source.register("b");
    assertThatThrownBy(() -> group.apply(List.of(added(b)), Optional.empty()))
        .isInstanceOf(InternalError.class);

    group.apply(List.of(), Optional.of(clock.instant()));
    tasks.remove(0).run();

    assertThat(told.view().staleSince()).isPresent();
  }

  @Test
  void aWatcherForWhomThereWasNoThreadIsToldLater() {
    List<Runnable> tasks = new ArrayList<>();
    boolean[] isRefused = {true};
    Watcher watcher =
        new Watcher(
            told,
            task -> {
              if (isRefused[0]) {
                throw new RejectedExecutionException("on purpose");
              }
              tasks.add(task);
            },
            clock,
            () -> {});
    Service a = source.register("a");
    watcher.offer(viewOf(a), List.of(added(a)));
    assertThat(tasks).isEmpty();

    isRefused[0] = false;
    watcher.schedule();
    tasks.remove(0).run();

    assertThat(told.news()).containsExactly("ADDED a");
  }

  @Test
  void whatCameAndWentBetweenTwoCallsIsNotToldOf() {
    List<Runnable> tasks = new ArrayList<>();
    Watcher watcher = new Watcher(told, tasks::add, clock, () -> {});
    Service a = source.register("a");
    Service b = source.register("b");
    watcher.offer(viewOf(a), List.of(added(a)));
    watcher.offer(viewOf(a, b), List.of(added(b)));
    watcher.offer(viewOf(a), List.of(gone(b)));
    Service again = source.register("a", "a", "http://elsewhere");
    watcher.offer(viewOf(again), List.of(updated(a, again)));

    tasks.remove(0).run();

    assertThat(tasks).isEmpty();
    assertThat(told.views).hasSize(1);
    assertThat(told.applied.get("a").url()).isEqualTo("http://elsewhere");
    assertThat(told.news()).containsExactly("ADDED a");
  }

  @Test
  void whatWentAndCameBackIsToldAsAnUpdate() {
    List<Runnable> tasks = new ArrayList<>();
    Watcher watcher = new Watcher(told, tasks::add, clock, () -> {});
    Service a = source.register("a");
    watcher.offer(viewOf(a), List.of(added(a)));
    tasks.remove(0).run();
    told.news();
    Service again = source.register("a");
    watcher.offer(viewOf(), List.of(gone(a)));
    watcher.offer(viewOf(again), List.of(added(again)));

    tasks.remove(0).run();

    assertThat(told.news()).containsExactly("REGISTERED a");
  }

  private static View viewOf(Service... services) {
    List<Service> all = List.of(services);
    return new View(all, Optional.empty(), SetVersion.of(all).toString());
  }

  private Change added(Service service) {
    return new Change(Change.Type.ADDED, service, Optional.empty(), clock.instant());
  }

  private Change updated(Service before, Service now) {
    return new Change(Change.Type.UPDATED, now, Optional.of(before), clock.instant());
  }

  private Change gone(Service service) {
    return new Change(Change.Type.DEREGISTERED, service, Optional.of(service), clock.instant());
  }
}
