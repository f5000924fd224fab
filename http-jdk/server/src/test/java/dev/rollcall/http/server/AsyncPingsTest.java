package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.Lease;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.jdk.RegistryHandler;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pings over a registry that can be called without holding a thread. */
@Timeout(60)
class AsyncPingsTest {
  private final HeldPings pings = new HeldPings();

  @AfterEach
  void close() throws IOException {
    pings.close();
  }

  @Test
  void pingsWaitForTheStoreAllAtOnce() throws Exception {
    List<RawHttp> sent = pings.sendBehindAHeldOne(HeldPings.times(100, HeldPings.ping("a/$ping")));
    while (pings.asked() < sent.size()) {
      Thread.onSpinWait(); // the timeout of this class is the assertion
    }
    pings.release();

    HeldPings.assertAnswered(200, sent);
    assertThat(pings.asked()).isEqualTo(101);
  }

  @Test
  void eachPingThatWaitsGetsItsOwnAnswerAndId() throws Exception {
    String lease = pings.wire().registered("b");
    pings.forget();
    List<RawHttp> sent =
        pings.sendBehindAHeldOne(
            List.of(
                HeldPings.ping("b/$ping", "X-Request-Id: one"),
                HeldPings.ping("b/$ping?lease=" + lease, "X-Request-Id: two"),
                HeldPings.ping("b/$ping?lease=other", "X-Request-Id: three"),
                HeldPings.ping("nobody/$ping", "X-Request-Id: four"),
                HeldPings.ping("no%20id/$ping", "X-Request-Id: five")));
    pings.release();

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
    pings.server().close(); // each has been told by then
    assertThat(pings.heard())
        .contains(
            "ping 200 one", "ping 200 two", "ping 409 three", "ping 404 four", "ping 404 five");
  }

  @Test
  void pingsThatWaitHoldNoThread() throws Exception {
    assumeThat(Runtime.version().feature()).isLessThan(24); // No stack trace tells of virtual ones.
    var unused = pings.sendBehindAHeldOne(HeldPings.times(200, HeldPings.ping("a/$ping")));

    assertThat(
            Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("rollcall-http"))
                .filter(thread -> isIn(thread, RegistryEndpoints.class.getName()))
                .count())
        .isLessThan(20); // only those that were looked at and not yet asked for
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
  void aStoreThatCannotBeAskedFailsWhatItIsAskedAndNothingAfterIt() throws Exception {
    pings.answerInstead(
        () -> CompletableFuture.failedFuture(new StoreUnavailableException("down", null, null)));
    List<RawHttp> sent = new ArrayList<>();
    for (String ping : HeldPings.times(10, HeldPings.ping("a/$ping"))) {
      sent.add(pings.send(ping));
    }
    HeldPings.assertAnswered(503, sent);

    pings.answerInstead(null);
    assertThat(pings.wire().put("/services/a/$ping").status()).isEqualTo(200);
  }

  @Test
  void aStoreThatIsBrokenHarmsNothingButWhatItIsAsked() throws Exception {
    List<Supplier<CompletableFuture<Optional<Lease>>>> broken =
        List.of(
            () -> CompletableFuture.failedFuture(new AssertionError("a test's own")),
            () -> CompletableFuture.completedFuture(null),
            () -> null,
            () -> {
              throw new IllegalStateException("a test's own");
            });
    for (Supplier<CompletableFuture<Optional<Lease>>> answer : broken) {
      pings.answerInstead(answer);
      assertThat(pings.wire().put("/services/a/$ping").status()).isEqualTo(500);
    }

    pings.answerInstead(null);
    assertThat(pings.wire().put("/services/a/$ping").status()).isEqualTo(200);
  }

  @Test
  void pingsThatFollowOneAnotherUnaskedAreAnsweredInTheirOrder() throws Exception {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      all.append(HeldPings.ping("a/$ping", "X-Request-Id: " + i));
    }
    RawHttp connection = pings.send(all.toString());

    for (int i = 0; i < 100; i++) {
      assertThat(connection.read(false).header("X-Request-Id")).isEqualTo(Integer.toString(i));
    }
  }

  @Test
  void aPingWithABodyIsCarriedOutByItselfAndItsBodyIsNoRequest() throws Exception {
    RawHttp stated =
        pings.send(
            HeldPings.ping("a/$ping", "Content-Length: 5") + "12345" + HeldPings.ping("a/$ping"));
    RawHttp chunked =
        pings.send(
            HeldPings.ping("a/$ping", "Transfer-Encoding: chunked") + "2\r\nab\r\n0\r\n\r\n");

    HeldPings.assertAnswered(200, List.of(stated, chunked, stated));
    assertThat(pings.asked()).isEqualTo(1);
  }

  @Test
  void aPingThatIsRefusedNeverReachesTheStore() throws Exception {
    try (var keyed =
        RegistryHttpServer.builder(
                RegistryEndpoints.builder(ServiceRegistry.over(pings.store()))
                    .serviceKeys(ServiceKeys.of(List.of("the-key-of-these-services")))
                    .build())
            .start()) {
      assertThat(new Wire(keyed.address()).put("/services/a/$ping").status()).isEqualTo(401);
    }
    assertThat(pings.asked()).isZero();
  }

  @Test
  void inAServerOfTheApplicationAPingIsAnsweredWhenItsHandlerReturns() throws Exception {
    RegistryHandler handler = RegistryHandler.of(ServiceRegistry.over(pings.store()));
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
        connection.send(HeldPings.ping("a/$ping"));
        assertThat(connection.read(false).status()).isEqualTo(200);
      }
    } finally {
      plain.stop(0);
    }
    assertThat(statuses).startsWith(200, 200).allMatch(status -> status == 200);
    assertThat(pings.asked()).isZero();
  }
}
