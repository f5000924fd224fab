package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.http.RawHttp;
import dev.rollcall.http.RawHttp.Answer;
import dev.rollcall.http.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

/** Pings over a store that renews in bulk. */
@Timeout(60)
class PingBatchesTest {
  private static final int MAX_REQUESTS = 240;

  private final BulkStore store = new BulkStore();
  private final List<String> heard = new CopyOnWriteArrayList<>();

  /** Each request is looked at by a guard, which asks for the time, just before it is queued. */
  private final AtomicInteger arrived = new AtomicInteger();

  /** Holds whoever has answered the request of this id, as a client does that reads nothing. */
  private static final String UNREAD = "unread";

  private final RegistryHttpServer server =
      RegistryHttpServer.builder(
              RegistryHandler.builder(ServiceRegistry.over(store))
                  .limits(
                      RequestLimits.builder()
                          .maxRequests(MAX_REQUESTS)
                          .rateLimit(1_000_000, 1_000_000)
                          .build())
                  .nanoTime(
                      () -> {
                        arrived.incrementAndGet();
                        return System.nanoTime();
                      })
                  .listener(this::hear)
                  .build())
          .drainTime(Duration.ofMinutes(10))
          .start();
  private final Wire wire = new Wire(server.address());
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch read = new CountDownLatch(1);
  private final List<RawHttp> connections = new ArrayList<>();

  @BeforeEach
  void register() {
    wire.registered("a");
    arrived.set(0);
    heard.clear();
  }

  private void hear(AnsweredRequest request) {
    String id = MDC.get("request_id");
    heard.add(request.operation() + " " + request.status() + " " + id);
    if (UNREAD.equals(id)) {
      awaitUninterruptibly(read);
    }
  }

  @AfterEach
  void close() throws IOException {
    release.countDown();
    read.countDown();
    for (RawHttp connection : connections) {
      connection.close();
    }
    server.close();
    store.close();
  }

  private static String ping(String target, String... headers) {
    String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    return "PUT /services/" + target + " HTTP/1.1\r\nHost: h\r\n" + more + "\r\n";
  }

  /** Sends a request on a connection of its own. */
  private RawHttp send(String request) throws IOException {
    var connection = new RawHttp(server.address());
    connections.add(connection);
    connection.send(request);
    return connection;
  }

  /** Sends a ping that the store holds until it is released, and more behind it. */
  private List<RawHttp> sendBehindAHeldOne(List<String> pings) throws Exception {
    store.onEachBatch(
        renewals -> {
          entered.countDown();
          awaitUninterruptibly(release);
          store.renewEach(renewals);
        });
    List<RawHttp> sent = new ArrayList<>();
    sent.add(send(ping("a/$ping")));
    entered.await();
    for (String ping : pings) {
      sent.add(send(ping));
    }
    while (arrived.get() < sent.size()) {
      Thread.onSpinWait();
    }
    return sent;
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<String> times(int count, String ping) {
    List<String> pings = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pings.add(ping);
    }
    return pings;
  }

  private static void assertAnswered(int status, List<RawHttp> sent) throws IOException {
    for (RawHttp connection : sent) {
      assertThat(connection.read(false).status()).isEqualTo(status);
    }
  }

  @Test
  void pingsThatComeWhileTheStoreIsAskedAreAskedOfItTogether() throws Exception {
    List<RawHttp> sent = sendBehindAHeldOne(times(100, ping("a/$ping")));
    release.countDown();

    assertAnswered(200, sent);
    assertThat(store.batches().get(0)).isEqualTo(1);
    assertThat(store.batches().stream().mapToInt(Integer::intValue).sum()).isEqualTo(101);
    // One, but for those that were looked at and not yet queued.
    assertThat(store.batches()).hasSizeLessThan(20);
  }

  @Test
  void eachPingOfABatchGetsItsOwnAnswerAndId() throws Exception {
    String lease = wire.registered("b");
    arrived.set(0);
    heard.clear();
    List<RawHttp> sent =
        sendBehindAHeldOne(
            List.of(
                ping("b/$ping", "X-Request-Id: one"),
                ping("b/$ping?lease=" + lease, "X-Request-Id: two"),
                ping("b/$ping?lease=other", "X-Request-Id: three"),
                ping("nobody/$ping", "X-Request-Id: four"),
                ping("no%20id/$ping", "X-Request-Id: five")));
    release.countDown();

    List<Answer> answers = new ArrayList<>();
    for (RawHttp connection : sent.subList(1, sent.size())) {
      answers.add(connection.read(false));
    }
    assertThat(answers).extracting(Answer::status).containsExactly(200, 200, 409, 404, 404);
    assertThat(answers)
        .extracting(answer -> answer.header("X-Request-Id"))
        .containsExactly("one", "two", "three", "four", "five");
    assertThat(answers.get(1).json().path("id").textValue()).isEqualTo("b");
    assertThat(answers.get(2).json().path("type").textValue())
        .isEqualTo("urn:rollcall:error:superseded");
    assertThat(answers.get(3).json().path("detail").textValue()).contains("'nobody'");
    server.close(); // each has been told by then
    assertThat(heard)
        .contains(
            "ping 200 one", "ping 200 two", "ping 409 three", "ping 404 four", "ping 404 five");
  }

  @Test
  void pingsThatWaitHoldNoThread() throws Exception {
    var unused = sendBehindAHeldOne(times(200, ping("a/$ping")));

    assertThat(
            Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("rollcall-http"))
                .filter(thread -> isIn(thread, RegistryHandler.class.getName()))
                .count())
        .isLessThan(20); // only those that were looked at and not yet queued
  }

  private static boolean isIn(Thread thread, String className) {
    for (StackTraceElement frame : thread.getStackTrace()) {
      if (frame.getClassName().equals(className)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void aStoreThatCannotBeAskedFailsTheBatchAndNothingAfterIt() throws Exception {
    store.onEachBatch(
        renewals -> {
          throw new StoreUnavailableException("down");
        });
    List<RawHttp> sent = new ArrayList<>();
    for (String ping : times(10, ping("a/$ping"))) {
      sent.add(send(ping));
    }
    assertAnswered(503, sent);

    store.onEachBatch(store::renewEach);
    assertThat(wire.put("/services/a/$ping").status()).isEqualTo(200);
  }

  @Test
  void aStoreThatIsBrokenHarmsNothingButItsBatch() throws Exception {
    store.onEachBatch(
        renewals -> {
          throw new AssertionError("a test's own");
        });
    assertThat(wire.put("/services/a/$ping").status()).isEqualTo(500);

    store.onEachBatch(renewals -> {}); // settles none
    assertThat(wire.put("/services/a/$ping").status()).isEqualTo(500);

    store.onEachBatch(store::renewEach);
    assertThat(wire.put("/services/a/$ping").status()).isEqualTo(200);
  }

  @Test
  void aPingThatWaitsHoldsAPlaceUntilItIsAnswered() throws Exception {
    List<RawHttp> sent = sendBehindAHeldOne(times(MAX_REQUESTS - 1, ping("a/$ping")));
    while (wire.put("/services/a/$ping?").status() != 503) {
      Thread.onSpinWait(); // One of them may have taken its place a moment later.
    }
    release.countDown();
    assertAnswered(200, sent);

    for (int round = 0; round < 3; round++) {
      arrived.set(0);
      List<RawHttp> again = new ArrayList<>();
      for (String ping : times(MAX_REQUESTS, ping("a/$ping"))) {
        again.add(send(ping));
      }
      assertAnswered(200, again);
    }
  }

  @Test
  void aServerThatClosesAnswersThePingsThatWait() throws Exception {
    List<RawHttp> sent = sendBehindAHeldOne(times(50, ping("a/$ping")));
    var closed =
        CompletableFuture.runAsync(server::close, task -> new Thread(task, "closer").start());
    assertThat(closed.isDone()).isFalse();
    release.countDown();
    closed.get(30, TimeUnit.SECONDS);

    int answered = 0;
    for (RawHttp connection : sent) {
      answered += isAnswered(connection) ? 1 : 0;
    }
    assertThat(answered)
        .isEqualTo(store.batches().stream().mapToInt(Integer::intValue).sum())
        .isGreaterThan(30); // the others were not yet queued
  }

  @Test
  void anAnswerThatIsNotReadHoldsUpNoOther() throws Exception {
    List<String> pings = times(20, ping("a/$ping"));
    pings.add(0, ping("a/$ping", "X-Request-Id: " + UNREAD));
    List<RawHttp> sent = sendBehindAHeldOne(pings);
    release.countDown();

    assertAnswered(200, sent);
    for (int i = 0; i < 3; i++) {
      assertThat(wire.put("/services/a/$ping").status()).isEqualTo(200);
    }
  }

  @Test
  void anAnswerThatIsNotReadHoldsUpNoOtherWhileTheServerCloses() throws Exception {
    List<String> pings = times(20, ping("a/$ping"));
    pings.add(0, ping("a/$ping", "X-Request-Id: " + UNREAD));
    List<RawHttp> sent = sendBehindAHeldOne(pings);
    Thread closer = new Thread(server::close);
    closer.start();
    while (closer.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    release.countDown();

    assertAnswered(200, sent.subList(0, 12)); // The last ones may not have been queued in time.
    read.countDown();
    closer.join();
  }

  private static boolean isAnswered(RawHttp connection) {
    try {
      return connection.read(false).status() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aClientThatLeavesWhileItWaitsHarmsNobody() throws Exception {
    List<RawHttp> sent = sendBehindAHeldOne(times(50, ping("a/$ping")));
    for (int i = 1; i < sent.size(); i += 2) {
      sent.get(i).close();
    }
    release.countDown();

    for (int i = 0; i < sent.size(); i += 2) {
      assertThat(sent.get(i).read(false).status()).isEqualTo(200);
    }
    assertThat(wire.put("/services/a/$ping").status()).isEqualTo(200);
  }

  @Test
  void pingsThatFollowOneAnotherUnaskedAreAnsweredInTheirOrder() throws Exception {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      all.append(ping("a/$ping", "X-Request-Id: " + i));
    }
    RawHttp connection = send(all.toString());

    for (int i = 0; i < 100; i++) {
      assertThat(connection.read(false).header("X-Request-Id")).isEqualTo(Integer.toString(i));
    }
  }

  @Test
  void aPingWithABodyIsCarriedOutByItselfAndItsBodyIsNoRequest() throws Exception {
    RawHttp stated = send(ping("a/$ping", "Content-Length: 5") + "12345" + ping("a/$ping"));
    RawHttp chunked = send(ping("a/$ping", "Transfer-Encoding: chunked") + "2\r\nab\r\n0\r\n\r\n");

    assertAnswered(200, List.of(stated, chunked, stated));
    assertThat(store.batches()).containsExactly(1);
  }

  @Test
  void aPingThatIsRefusedNeverReachesTheStore() throws Exception {
    try (var keyed =
        RegistryHttpServer.builder(
                RegistryHandler.builder(ServiceRegistry.over(store))
                    .serviceKeys(ServiceKeys.of(List.of("the-key-of-these-services")))
                    .build())
            .start()) {
      assertThat(new Wire(keyed.address()).put("/services/a/$ping").status()).isEqualTo(401);
    }
    assertThat(store.batches()).isEmpty();
  }

  @Test
  void inAServerOfTheApplicationAPingIsAnsweredWhenItsHandlerReturns() throws Exception {
    RegistryHandler handler = RegistryHandler.of(ServiceRegistry.over(store));
    HttpServer plain =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    List<Integer> statuses = new CopyOnWriteArrayList<>();
    plain.createContext(
        "/",
        exchange -> {
          handler.handle(exchange);
          statuses.add(exchange.getResponseCode());
          exchange.close();
        });
    plain.start();
    try (var connection = new RawHttp(plain.getAddress())) {
      for (int i = 0; i < 3; i++) {
        connection.send(ping("a/$ping"));
        assertThat(connection.read(false).status()).isEqualTo(200);
      }
    } finally {
      plain.stop(0);
    }
    assertThat(statuses).startsWith(200, 200).allMatch(status -> status == 200);
    assertThat(store.batches()).isEmpty();
  }
}
