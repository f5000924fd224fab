package dev.rollcall.http.server.jdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.http.server.harness.ListLogger;
import dev.rollcall.http.server.log.BreakdownLog;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RequestQueueTest {
  /** Threads that are woken, and start when a test lets them. */
  private final Queue<Runnable> woken = new ArrayDeque<>();

  private final List<String> done = new ArrayList<>();
  private final BreakdownLog breakdowns = new BreakdownLog(new ListLogger(), System::nanoTime);
  private final RequestQueue queue = new RequestQueue(woken::add, breakdowns);

  private void startOne() {
    woken.remove().run();
  }

  @Test
  void aBurstWakesOneThreadWhichDoesAll() {
    for (String request : List.of("a", "b", "c")) {
      queue.execute(() -> done.add(request));
    }
    assertThat(woken).hasSize(1);

    startOne();
    assertThat(done).containsExactly("a", "b", "c");
  }

  @Test
  void aThreadThatStartsWakesTheNextBeforeItsRequestMayBlock() {
    List<Integer> wokenAtFirst = new ArrayList<>();
    queue.execute(() -> wokenAtFirst.add(woken.size()));
    queue.execute(() -> done.add("b"));

    startOne();
    assertThat(wokenAtFirst).containsExactly(1);
    assertThat(done).containsExactly("b");
    startOne(); // It finds nothing, and leaves.
    assertThat(woken).isEmpty();
  }

  @Test
  void aRequestThatComesWhileOthersRunWakesAThread() {
    queue.execute(() -> queue.execute(() -> done.add("b")));
    startOne();

    assertThat(woken).hasSize(1);
  }

  @Test
  void whatTheThreadsRejectIsRejectedAndNeverRuns() {
    List<Runnable> accepted = new ArrayList<>();
    AtomicInteger left = new AtomicInteger();
    var some =
        new RequestQueue(
            task -> {
              if (left.getAndDecrement() <= 0) {
                throw new RejectedExecutionException("no thread");
              }
              accepted.add(task);
            },
            breakdowns);
    assertThatThrownBy(() -> some.execute(() -> done.add("rejected")))
        .isInstanceOf(RejectedExecutionException.class);

    left.set(1);
    some.execute(() -> done.add("a"));
    some.execute(() -> done.add("b"));
    accepted.remove(0).run(); // No other can be woken, so it does both.
    assertThat(done).containsExactly("a", "b");
    assertThat(accepted).isEmpty();
  }

  @Test
  void aRequestThatReliesOnAStartWhichFailsIsRejectedToo() throws Exception {
    CountDownLatch isStarting = new CountDownLatch(1);
    CountDownLatch mayFail = new CountDownLatch(1);
    var closed =
        new RequestQueue(
            task -> {
              isStarting.countDown();
              try {
                mayFail.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              throw new RejectedExecutionException("no thread");
            },
            breakdowns);
    List<Thread> callers = new ArrayList<>();
    AtomicInteger rejected = new AtomicInteger();
    Runnable call =
        () -> {
          try {
            closed.execute(() -> {});
          } catch (RejectedExecutionException e) {
            rejected.incrementAndGet();
          }
        };
    callers.add(new Thread(call));
    callers.get(0).start();
    isStarting.await();
    callers.add(new Thread(call));
    callers.get(1).start();
    mayFail.countDown();
    for (Thread caller : callers) {
      caller.join();
    }

    assertThat(rejected).hasValue(2);
  }

  @Test
  void aRequestThatThrowsTakesNoOtherWithIt() {
    queue.execute(
        () -> {
          throw new IllegalStateException("a test's own");
        });
    queue.execute(
        () -> {
          throw new OutOfMemoryError("a test's own");
        });
    queue.execute(() -> done.add("c"));

    startOne();
    assertThat(done).containsExactly("c");
  }

  @Test
  void aThreadThatCannotBeStartedRefusesItsRequestAndNoLaterOne() {
    AtomicInteger failures = new AtomicInteger(2);
    var some =
        new RequestQueue(
            task -> {
              if (failures.getAndDecrement() > 0) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              woken.add(task);
            },
            breakdowns);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> some.execute(() -> done.add("refused")))
          .isInstanceOf(RejectedExecutionException.class);
    }

    some.execute(() -> done.add("a"));
    startOne();
    assertThat(done).containsExactly("a");
  }

  @Test
  void requestsThatBlockHoldUpNone() throws Exception {
    int requests = 100;
    CyclicBarrier all = new CyclicBarrier(requests);
    CountDownLatch passed = new CountDownLatch(requests);
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      var blocking = new RequestQueue(threads, breakdowns);
      for (int i = 0; i < requests; i++) {
        blocking.execute(
            () -> {
              try {
                all.await();
                passed.countDown();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
      }
      assertThat(passed.await(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void eachOfManyRequestsRunsOnce() throws Exception {
    int requests = 200_000;
    AtomicInteger[] runs = new AtomicInteger[requests];
    CountDownLatch all = new CountDownLatch(requests);
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      var many = new RequestQueue(threads, breakdowns);
      for (int i = 0; i < requests; i++) {
        AtomicInteger run = new AtomicInteger();
        runs[i] = run;
        many.execute(
            () -> {
              run.incrementAndGet();
              all.countDown();
            });
      }
      assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
      threads.shutdown();
      assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
      assertThat(runs).allMatch(run -> run.get() == 1);
    } finally {
      threads.shutdownNow();
    }
  }
}
