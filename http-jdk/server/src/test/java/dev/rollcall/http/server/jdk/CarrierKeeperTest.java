package dev.rollcall.http.server.jdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class CarrierKeeperTest {
  private final Queue<Runnable> started = new ConcurrentLinkedQueue<>();

  /** Each starts another to see whether there is room for a carrier. */
  private final List<Thread> helpers = new CopyOnWriteArrayList<>();

  private CarrierKeeper keeper() {
    return new CarrierKeeper(started::add, this::helper);
  }

  private Thread helper(Runnable task) {
    Thread thread = new Thread(task);
    helpers.add(thread);
    return thread;
  }

  private void awaitHelpers() throws InterruptedException {
    for (Thread helper : helpers) {
      helper.join();
    }
  }

  @Test
  void eachRunStartsAThread() {
    CarrierKeeper keeper = keeper();
    for (int i = 0; i < 3; i++) {
      keeper.run();
      started.remove().run();
    }

    assertThat(started).isEmpty();
    assertThat(helpers).isEmpty();
  }

  @Test
  void aThreadThatDoesNotRunIsFollowedByOneThatAnotherThreadStarts() throws Exception {
    CarrierKeeper keeper = keeper();
    keeper.run();
    keeper.run();
    awaitHelpers();
    assertThat(helpers).hasSize(2);
    assertThat(started).hasSize(2);

    keeper.run();
    awaitHelpers();
    assertThat(helpers).hasSize(4);
    assertThat(started).hasSize(3);

    started.remove().run();
    keeper.run();
    assertThat(helpers).hasSize(4);
  }

  @Test
  void aStartThatFailsIsFollowedByOneOnAnotherThread() throws Exception {
    var keeper =
        new CarrierKeeper(
            task -> {
              throw new OutOfMemoryError("unable to create native thread");
            },
            this::helper);
    assertThatThrownBy(keeper::run).isInstanceOf(OutOfMemoryError.class);

    keeper.run();
    keeper.run();
    awaitHelpers();
    assertThat(helpers).hasSize(4);
  }

  @Test
  void nothingIsStartedWhereThereIsNoThreadForACarrier() throws Exception {
    var keeper =
        new CarrierKeeper(
            started::add,
            task -> {
              if (!helpers.isEmpty()) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              return helper(task);
            });
    keeper.run();
    keeper.run();
    awaitHelpers();

    assertThat(helpers).hasSize(1);
    assertThat(started).hasSize(1);
  }

  @Test
  void threadsThatAreShutDownNeedNoKeeper() {
    var keeper =
        new CarrierKeeper(
            task -> {
              throw new RejectedExecutionException("shut down");
            },
            this::helper);
    keeper.run();
    keeper.run();

    assertThat(helpers).isEmpty();
  }
}
