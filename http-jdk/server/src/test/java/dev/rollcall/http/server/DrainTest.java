package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ScriptedRegistry;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What closing a server does to the requests that run, wait and come. */
@Timeout(30)
class DrainTest {
  private static final String PING = "PUT /services/a/$ping HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final Duration LONG = Duration.ofMinutes(10);

  private final ScriptedRegistry registry = new ScriptedRegistry();
  private final CountDownLatch release = new CountDownLatch(1);
  private final AtomicInteger calls = new AtomicInteger();

  @AfterEach
  void release() {
    release.countDown();
  }

  private RegistryHttpServer start(Duration drainTime) {
    return RegistryHttpServer.builder(registry).drainTime(drainTime).start();
  }

  /** Holds each call until it is released; counts down once a call. */
  private CountDownLatch holdCalls(int expected) {
    var entered = new CountDownLatch(expected);
    registry.onEachCall(
        () -> {
          calls.incrementAndGet();
          entered.countDown();
          awaitUnlessInterrupted(release);
        });
    return entered;
  }

  private static void awaitUnlessInterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static CompletableFuture<Void> closeElsewhere(RegistryHttpServer server) {
    return CompletableFuture.runAsync(server::close, task -> new Thread(task).start());
  }

  private static Thread closerOf(RegistryHttpServer server) {
    Thread closer = new Thread(server::close);
    closer.start();
    awaitBlocked(closer);
    return closer;
  }

  private static void awaitBlocked(Thread thread) {
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
  }

  @Test
  void anIdleServerClosesAtOnceWhateverItsDrainTime() throws IOException {
    var server = start(LONG);
    try (var kept = new RawHttp(server.address());
        var unused = new RawHttp(server.address())) {
      kept.send(PING);
      assertThat(kept.read(false).status()).isEqualTo(200);

      server.close(); // the timeout of this class is the assertion

      assertThat(kept.isAtEnd()).isTrue();
      assertThat(unused.isAtEnd()).isTrue();
    }
  }

  @Test
  void aClosedServerRefusesConnectionsAndClosesAgainToNoEffect() throws IOException {
    var server = start(LONG);
    server.close();
    server.close();

    RawHttp.awaitRefusal(server.address().getPort()); // the timeout of this class is the assertion
  }

  @Test
  void aRequestThatRunsGetsItsAnswer() throws Exception {
    CountDownLatch entered = holdCalls(1);
    var server = start(LONG);
    try (var connection = new RawHttp(server.address())) {
      connection.send(PING);
      entered.await();
      CompletableFuture<Void> closed = closeElsewhere(server);
      assertThat(closed.isDone()).isFalse();

      release.countDown();

      assertThat(connection.read(false).status()).isEqualTo(200);
      closed.get(10, TimeUnit.SECONDS);
      assertThat(connection.isAtEnd()).isTrue();
    }
  }

  @Test
  void eachOfManyRequestsRunsToItsAnswerOrNotAtAll() throws Exception {
    int requests = 100;
    CountDownLatch entered = holdCalls(64);
    var server = start(LONG);
    RawHttp[] connections = new RawHttp[requests];
    for (int i = 0; i < requests; i++) {
      connections[i] = new RawHttp(server.address());
      connections[i].send(PING);
    }
    entered.await();
    CompletableFuture<Void> closed = closeElsewhere(server);
    release.countDown();
    closed.get(10, TimeUnit.SECONDS);

    int answered = 0;
    for (RawHttp connection : connections) {
      if (isAnswered(connection)) {
        answered++;
      }
      connection.close();
    }
    assertThat(answered).isEqualTo(calls.get()).isBetween(64, requests);
  }

  private static boolean isAnswered(RawHttp connection) throws IOException {
    try {
      return connection.read(false).status() == 200;
    } catch (EOFException | SocketException e) {
      return false;
    }
  }

  @Test
  void aRequestThatRunsOnIsCutOffWhenTheDrainTimeEnds() throws Exception {
    CountDownLatch entered = holdCalls(1);
    var server = start(Duration.ofMillis(50));
    try (var connection = new RawHttp(server.address())) {
      connection.send(PING);
      entered.await();

      server.close();

      assertThat(connection.isAtEnd()).isTrue();
    }
  }

  @Test
  void aRequestThatComesWhileItClosesIsNotBegun() throws Exception {
    CountDownLatch entered = holdCalls(1);
    var server = start(LONG);
    try (var early = new RawHttp(server.address());
        var late = new RawHttp(server.address())) {
      early.send(PING);
      entered.await();
      Thread closer = closerOf(server);

      late.send(PING);

      assertThat(isAnswered(late)).isFalse();
      assertThat(calls).hasValue(1);
      release.countDown();
      assertThat(early.read(false).status()).isEqualTo(200);
      closer.join();
    }
  }

  @Test
  void duringTheDrainDelayItServesOnNotReadyAndEndsEachConnection() throws Exception {
    var server = RegistryHttpServer.builder(registry).drainDelay(LONG).start();
    try (var kept = new RawHttp(server.address());
        var other = new RawHttp(server.address())) {
      Thread closer = closerOf(server);

      kept.send(PING);
      Answer answer = kept.read(false);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("Connection")).isEqualTo("close");
      assertThat(kept.isAtEnd()).isTrue();
      other.send("GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(other.read(false).text()).isEqualTo("{\"status\":\"draining\"}");

      closer.interrupt();
      closer.join();
      RawHttp.awaitRefusal(server.address().getPort());
    }
  }

  @Test
  void anInterruptedCloserWaitsNoLongerAndStaysInterrupted() throws Exception {
    CountDownLatch entered = holdCalls(1);
    var server = start(LONG);
    try (var connection = new RawHttp(server.address())) {
      connection.send(PING);
      entered.await();
      var stillInterrupted = new CompletableFuture<Boolean>();
      Thread closer =
          new Thread(
              () -> {
                server.close();
                stillInterrupted.complete(Thread.currentThread().isInterrupted());
              });
      closer.start();
      awaitBlocked(closer);

      closer.interrupt();

      assertThat(stillInterrupted.get(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void noThreadOutlivesTheServer() throws Exception {
    var server = start(LONG);
    RawHttp.exchange(server.address(), PING, new byte[0]);
    server.close();

    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("rollcall-http")
          || thread.getName().equals("HTTP-Dispatcher")) {
        thread.join(TimeUnit.SECONDS.toMillis(10));
        assertThat(thread.isAlive()).as(thread.getName()).isFalse();
      }
    }
  }
}
