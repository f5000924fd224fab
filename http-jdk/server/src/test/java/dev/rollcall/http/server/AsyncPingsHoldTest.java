package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.RawHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a ping holds while it waits without a thread, and what holds it. */
@Timeout(60)
class AsyncPingsHoldTest {
  private final HeldPings pings = new HeldPings();

  @AfterEach
  void close() throws IOException {
    pings.close();
  }

  @Test
  void aPingThatWaitsHoldsAPlaceUntilItIsAnswered() throws Exception {
    int more = 10;
    List<RawHttp> sent =
        pings.sendBehindAHeldOne(
            HeldPings.times(HeldPings.MAX_REQUESTS - 1 + more, HeldPings.ping("a/$ping")));
    CountDownLatch refused = new CountDownLatch(more);
    List<CompletableFuture<Integer>> statuses = new ArrayList<>();
    for (RawHttp connection : sent) {
      statuses.add(
          CompletableFuture.supplyAsync(
              () -> statusOf(connection, refused), task -> new Thread(task).start()));
    }
    refused.await(); // the timeout of this class is the assertion
    pings.release();

    assertThat(statuses.stream().filter(status -> status.join() == 200))
        .hasSize(HeldPings.MAX_REQUESTS);
    for (int round = 0; round < 3; round++) {
      pings.forget();
      List<RawHttp> again = new ArrayList<>();
      for (String ping : HeldPings.times(HeldPings.MAX_REQUESTS, HeldPings.ping("a/$ping"))) {
        again.add(pings.send(ping));
      }
      HeldPings.assertAnswered(200, again);
    }
  }

  private static int statusOf(RawHttp connection, CountDownLatch refused) {
    try {
      int status = connection.read(false).status();
      if (status == 503) {
        refused.countDown();
      }
      return status;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aServerThatClosesAnswersThePingsThatWait() throws Exception {
    List<RawHttp> sent = pings.sendBehindAHeldOne(HeldPings.times(50, HeldPings.ping("a/$ping")));
    var closed =
        CompletableFuture.runAsync(
            pings.server()::close, task -> new Thread(task, "closer").start());
    assertThat(closed.isDone()).isFalse();
    pings.release();
    closed.get(30, TimeUnit.SECONDS);

    int answered = 0;
    for (RawHttp connection : sent) {
      answered += isAnswered(connection) ? 1 : 0;
    }
    assertThat(answered)
        .isEqualTo(pings.asked())
        .isGreaterThan(30); // the others had not yet been looked at
  }

  @Test
  void anAnswerThatIsNotReadHoldsUpNoOther() throws Exception {
    List<String> sending = HeldPings.times(20, HeldPings.ping("a/$ping"));
    sending.add(0, HeldPings.ping("a/$ping", "X-Request-Id: " + HeldPings.UNREAD));
    List<RawHttp> sent = pings.sendBehindAHeldOne(sending);
    pings.release();

    HeldPings.assertAnswered(200, sent);
    for (int i = 0; i < 3; i++) {
      assertThat(pings.wire().put("/services/a/$ping").status()).isEqualTo(200);
    }
  }

  @Test
  void anAnswerThatIsNotReadHoldsUpNoOtherWhileTheServerCloses() throws Exception {
    List<String> sending = HeldPings.times(20, HeldPings.ping("a/$ping"));
    sending.add(0, HeldPings.ping("a/$ping", "X-Request-Id: " + HeldPings.UNREAD));
    List<RawHttp> sent = pings.sendBehindAHeldOne(sending);
    Thread closer = new Thread(pings.server()::close);
    closer.start();
    while (closer.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    pings.release();

    HeldPings.assertAnswered(
        200, sent.subList(0, 12)); // The last ones may not have been looked at in time.
    pings.read();
    closer.join();
  }

  @Test
  void aClientThatLeavesWhileItWaitsHarmsNobody() throws Exception {
    List<RawHttp> sent = pings.sendBehindAHeldOne(HeldPings.times(50, HeldPings.ping("a/$ping")));
    for (int i = 1; i < sent.size(); i += 2) {
      sent.get(i).close();
    }
    pings.release();

    for (int i = 0; i < sent.size(); i += 2) {
      assertThat(sent.get(i).read(false).status()).isEqualTo(200);
    }
    assertThat(pings.wire().put("/services/a/$ping").status()).isEqualTo(200);
  }

  private static boolean isAnswered(RawHttp connection) {
    try {
      return connection.read(false).status() == 200;
    } catch (IOException e) {
      return false;
    }
  }
}
