package dev.rollcall.http.server.jdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.http.server.harness.ListLogger;
import dev.rollcall.http.server.log.BreakdownLog;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

class ThreadPerRequestTest {
  private final List<String> done = new ArrayList<>();
  private final ListLogger log = new ListLogger();
  private final BreakdownLog breakdowns = new BreakdownLog(log, System::nanoTime);

  private ThreadPerRequest on(Executor threads) {
    return new ThreadPerRequest(threads, breakdowns);
  }

  @Test
  void eachRequestHasAThread() {
    List<Runnable> started = new ArrayList<>();
    ThreadPerRequest requests = on(started::add);
    requests.execute(() -> done.add("a"));
    requests.execute(() -> done.add("b"));

    assertThat(started).hasSize(2);
    started.get(1).run();
    started.get(0).run();
    assertThat(done).containsExactly("b", "a");
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_24)
  void eachOfManyRequestsRunsOnceOnVirtualThreads() throws Exception {
    int count = 100_000;
    var runs = new AtomicIntegerArray(count);
    ExecutorService threads = ServerThreads.create();
    ThreadPerRequest requests = on(threads);
    for (int i = 0; i < count; i++) {
      int request = i;
      requests.execute(() -> runs.incrementAndGet(request));
    }
    threads.shutdown();

    assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < count; i++) {
      assertThat(runs.get(i)).isEqualTo(1);
    }
    assertThatThrownBy(() -> requests.execute(() -> done.add("late")))
        .isInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void whatARequestThrowsIsLoggedAndEndsNoThread() {
    on(Runnable::run)
        .execute(
            () -> {
              throw new StackOverflowError("a test's own");
            });

    assertThat(log.lines()).singleElement().asString().contains("request.broke_down");
  }

  @Test
  void theThreadsRejectionIsPassedOn() {
    ThreadPerRequest requests =
        on(
            task -> {
              throw new RejectedExecutionException("a test's own");
            });

    assertThatThrownBy(() -> requests.execute(() -> done.add("rejected")))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessage("a test's own");
  }

  @Test
  void aRequestWithoutMemoryForItsThreadIsRejectedAndNeverRuns() {
    List<Runnable> started = new ArrayList<>();
    ThreadPerRequest requests =
        on(
            task -> {
              started.add(task);
              throw new OutOfMemoryError("a test's own");
            });

    assertThatThrownBy(() -> requests.execute(() -> done.add("rejected")))
        .isInstanceOf(RejectedExecutionException.class);
    started.forEach(Runnable::run);
    assertThat(done).isEmpty();
  }

  @Test
  void aRequestThatRunsIsNotRejectedForAnErrorAfterItsStart() {
    on(task -> {
          task.run();
          throw new OutOfMemoryError("a test's own");
        })
        .execute(() -> done.add("a"));

    assertThat(done).containsExactly("a");
  }
}
