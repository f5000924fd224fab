package dev.rollcall.http.server.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.http.server.problem.ProblemException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class MemoryBudgetTest {
  private final AtomicLong nanoTime = new AtomicLong();
  private static final int SLICE = 8 << 10;

  private final SlowClientMonitor transfers = new SlowClientMonitor(SLICE, nanoTime::get);
  private final MemoryBudget budget = new MemoryBudget(1000, transfers);

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Test
  void beyondItIsRefusedAndWhatIsGivenBackIsFreeAgain() {
    budget.take(600);
    assertThatThrownBy(() -> budget.take(401)).isInstanceOf(ProblemException.class);
    budget.take(400);
    budget.giveBack(1000);

    assertThat(budget.heldBytes()).isZero();
    budget.take(1000);
  }

  @Test
  void oneClientHoldsHalfOfItAtMostAndSharedBytesCountOnce() {
    InetAddress one = address("192.0.2.1");
    Object list = new Object();
    Object next = new Object();
    assertThat(budget.join(one, list, 400)).isTrue();
    assertThat(budget.join(one, list, 400)).isTrue();

    assertThat(budget.join(one, next, 101)).isFalse();
    assertThat(budget.join(address("192.0.2.2"), next, 101)).isTrue();
    assertThat(budget.grow(one, list, 501)).isTrue(); // alone, it may be of any size
    assertThat(budget.join(one, next, 1)).isFalse();
    budget.leave(one, list);
    assertThat(budget.join(one, next, 101)).isFalse();
    budget.leave(one, list);
    assertThat(budget.join(one, next, 101)).isTrue();
  }

  @Test
  void addressesOfOneNetworkOfIpv6AreOneClient() {
    assertThat(budget.join(address("2001:db8::1"), new Object(), 500)).isTrue();

    assertThat(budget.join(address("2001:db8::2"), new Object(), 1)).isFalse();
    assertThat(budget.join(address("2001:db8:0:1::1"), new Object(), 1)).isTrue();
  }

  @Test
  void whoIsTooSlowIsCutOffWhereItsRoomIsNeeded() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    Thread slow =
        new Thread(
            () -> {
              budget.take(800);
              try (var transfer = transfers.ofResponse()) {
                transfer.moved(SLICE);
                began.countDown();
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                budget.giveBack(800);
              }
            });
    slow.start();
    began.await();
    nanoTime.set(2_000_000_000L);
    assertThatThrownBy(() -> budget.take(800)).isInstanceOf(ProblemException.class);

    nanoTime.set(5_000_000_000L);
    budget.take(800);
    slow.join();
  }

  @Test
  void anAnswerThatDoesNotMoveIsCutOffAndOneThatMovesIsNot() throws Exception {
    try (var moving = transfers.ofResponse();
        var body = transfers.ofBody()) {
      nanoTime.set(9_000_000_000L);
      moving.moved(1);
      nanoTime.set(12_000_000_000L);
      transfers.cutOffStalled();
      assertThat(Thread.currentThread().isInterrupted()).isFalse();

      nanoTime.set(19_000_000_000L);
      transfers.cutOffStalled();
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
      assertThat(body).isNotNull();
    }
    assertThat(Thread.currentThread().isInterrupted()).isFalse(); // which ended with the transfer
  }

  @Test
  void transfersThatBeganAtOneMomentAreWatchedEach() {
    try (var moving = transfers.ofResponse();
        var halted = transfers.ofResponse()) {
      nanoTime.set(9_000_000_000L);
      moving.moved(1);
      nanoTime.set(10_000_000_000L);
      transfers.cutOffStalled();
      assertThat(moving.wasCutOff()).isFalse();
      assertThat(halted.wasCutOff()).isTrue();
    }
  }
}
