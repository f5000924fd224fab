package dev.rollcall.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreRegistry;
import dev.rollcall.contract.WatchProbe;
import dev.rollcall.contract.control.AtomicStore;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.Watch;
import dev.rollcall.spi.ViewListener;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The threads of a view that is given none. */
class ViewThreadsTest {
  private static final int PATIENCE_SECONDS = 30;

  private final ServiceRegistry registry =
      ServiceRegistry.over(new AtomicStore(System::nanoTime, InstantSource.system()));

  private static List<Thread> viewThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("rollcall-view"))
        .toList();
  }

  @Test
  void thereIsOneThreadForAllWatchesAndItEndsWithTheLast() throws InterruptedException {
    List<Thread> ofOthers = viewThreads(); // of a test before, which end soon
    WatchProbe first = WatchProbe.open(registry, Query.all());
    WatchProbe second = WatchProbe.open(registry, Query.named("a"));
    first.awaitIds();
    second.awaitIds();
    List<Thread> threads = new ArrayList<>(viewThreads());
    threads.removeAll(ofOthers);
    assertThat(threads).hasSize(1);
    assertThat(threads.get(0).isDaemon()).isTrue();

    first.close();
    second.close();

    threads.get(0).join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    assertThat(threads.get(0).isAlive()).isFalse();
  }

  @Test
  void aListenerIsNotCalledInTheLogContextOfWhoeverOpenedTheFirstWatch() {
    InheritableThreadLocal<String> logContext = new InheritableThreadLocal<>();
    logContext.set("a request");
    WatchProbe probe = new WatchProbe();
    List<String> seen = new CopyOnWriteArrayList<>();
    Watch watch =
        registry.watch(
            Query.all(),
            (view, changes) -> {
              seen.add(String.valueOf(logContext.get()));
              probe.changed(view, changes);
            });
    try {
      probe.awaitIds();
      assertThat(seen).containsOnly("null");
    } finally {
      watch.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void closingWaitsForACallThatRuns(boolean isInterrupted) throws InterruptedException {
    CountDownLatch isCalled = new CountDownLatch(1);
    CountDownLatch mayReturn = new CountDownLatch(1);
    boolean[] hasReturned = {false};
    boolean[] isInterruptedAfter = {false};
    Watch watch =
        registry.watch(
            Query.all(),
            (view, changes) -> {
              isCalled.countDown();
              await(mayReturn);
              hasReturned[0] = true;
            });
    assertThat(isCalled.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    Thread closing =
        new Thread(
            () -> {
              if (isInterrupted) {
                Thread.currentThread().interrupt();
              }
              watch.close();
              isInterruptedAfter[0] = Thread.interrupted();
            });
    closing.start();
    while (closing.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
      assertThat(closing.getState()).isNotEqualTo(Thread.State.TERMINATED);
    }

    mayReturn.countDown();
    closing.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));

    assertThat(closing.isAlive()).isFalse();
    assertThat(hasReturned[0]).isTrue();
    assertThat(isInterruptedAfter[0]).isEqualTo(isInterrupted);
  }

  @Test
  void aRegistryThatClosesDoesNotWaitForOneListenerBeforeItClosesTheNextWatch()
      throws InterruptedException {
    CountDownLatch areCalled = new CountDownLatch(2);
    CountDownLatch areAllClosed = new CountDownLatch(1);
    AtomicInteger returned = new AtomicInteger();
    StoreRegistry store =
        StoreRegistry.builder(new AtomicStore(System::nanoTime, InstantSource.system()))
            .viewListener(
                new ViewListener() {
                  @Override
                  public void watchesOpen(int open) {
                    if (open == 0) {
                      areAllClosed.countDown();
                    }
                  }
                })
            .build();
    for (int i = 0; i < 2; i++) {
      var unused =
          store.watch(
              Query.all(),
              (view, changes) -> {
                areCalled.countDown();
                await(areAllClosed);
                returned.incrementAndGet();
              });
    }
    assertThat(areCalled.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

    store.close();

    assertThat(returned).hasValue(2);
  }

  private static void await(CountDownLatch latch) {
    try {
      var unused = latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
