package dev.rollcall.store.valkey.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** Deadlines while there is no memory, or no thread. */
class DeadlinesTest {
  private final List<Runnable> started = new ArrayList<>();

  private static AsyncOperation<String> overdue() {
    AsyncOperation<String> operation = new AsyncOperation<>(0, reply -> reply.get() + "");
    assertThat(operation.isOverdueAgain()).isFalse();
    return operation;
  }

  @Test
  void anEndThatIsOnItsWayIsNotSentAgain() {
    AsyncOperation<String> operation = overdue();
    assertThat(operation.isOverdueAgain()).isTrue();
    operation.timeOutOn(started::add);

    assertThat(operation.isOverdueAgain()).isFalse();
    started.remove(0).run();
    assertThat(operation)
        .failsWithin(Duration.ofSeconds(1))
        .withThrowableThat()
        .withCauseInstanceOf(JedisConnectionException.class);
  }

  @Test
  void anEndThatCouldNotBeSentIsSentAtTheNextTick() {
    AsyncOperation<String> operation = overdue();
    assertThat(operation.isOverdueAgain()).isTrue();
    Throwable failure = catchThrowable(() -> operation.timeOutOn(DeadlinesTest::outOfMemory));
    assertThat(failure).isInstanceOf(OutOfMemoryError.class);

    assertThat(operation.isOverdueAgain()).isTrue();
    operation.timeOutOn(started::add);
    started.remove(0).run();
    assertThat(operation).isCompletedExceptionally();
  }

  private static void outOfMemory(Runnable task) {
    throw new OutOfMemoryError("on purpose");
  }

  @Test
  void aTickForWhichNoThreadCouldBeStartedIsNotLeftBehind() {
    IdlingTimer timer =
        new IdlingTimer(
            task -> {
              throw new OutOfMemoryError("on purpose");
            });
    Deadlines deadlines = new Deadlines(new Completions(started::add), timer);
    for (int i = 0; i < 100; i++) {
      Throwable failure = catchThrowable(() -> deadlines.watch(overdue()));
      assertThat(failure).isInstanceOf(OutOfMemoryError.class);
    }
    assertThat(timer.getQueue()).isEmpty();
    deadlines.close();
  }
}
