package dev.rollcall.http.server;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server of a small heap: what slow clients and large bodies may hold of it. */
@Timeout(60)
class HeldMemoryTest {
  private static final long HEAP = 16 << 20;
  private static final String BODY = "{\"url\":\"http://h\",\"info\":{}}";

  private final AtomicLong skippedNanos = new AtomicLong();
  private final ServiceRegistry registry = ServiceRegistry.open("memory:");
  private final RegistryHttpServer server =
      RegistryHttpServer.builder(
              RegistryEndpoints.builder(registry)
                  .heapBytes(HEAP)
                  .nanoTime(() -> System.nanoTime() + skippedNanos.get())
                  .build())
          .start();
  private final Wire wire = new Wire(server.address());
  private final List<RawHttp> slow = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (RawHttp connection : slow) {
      connection.close();
    }
    server.close();
    registry.close();
  }

  private RawHttp sendSlowly(String request) throws IOException {
    var connection = new RawHttp(server.address());
    slow.add(connection);
    connection.send(request);
    return connection;
  }

  private static String register(int length, String start) {
    return "POST /services/$register HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        + "Content-Length: "
        + length
        + "\r\n\r\n"
        + start;
  }

  @Test
  void listsThatNobodyReadsDenyNoListToOthersOnceTheyAreSlow() throws IOException {
    for (int i = 0; i < 20; i++) {
      String info = "{\"k\":\"" + "x".repeat(100_000) + "\"}";
      assertThat(wire.register("{\"url\":\"http://h\",\"info\":" + info + "}").status())
          .isEqualTo(201);
    }
    String list = "GET /services HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (int i = 0; i < 16; i++) {
      sendSlowly(list.repeat(5));
    }
    // Without waiting for it: of those that are refused each is told so, none hangs.
    assertThat(wire.get("/services").status()).isIn(200, 503);

    skippedNanos.addAndGet(30_000_000_000L);
    int status = wire.get("/services").status();
    while (status == 503) {
      skippedNanos.addAndGet(30_000_000_000L);
      status = wire.get("/services").status();
    }
    assertThat(status).isEqualTo(200);
  }

  @Test
  void aDeregistrationThatWasCarriedOutIsNeverAnsweredAsRefused() throws IOException {
    Map<String, Object> info = Map.of("k", "x".repeat(300_000));
    for (int i = 0; i < 3; i++) {
      registry.register(Registration.builder("http://h").id("big" + i).info(info).build());
      // More than the buffers on the way hold.
      sendSlowly(("GET /services/big" + i + " HTTP/1.1\r\nHost: localhost\r\n\r\n").repeat(100));
    }
    for (int i = 0; i < 200; i++) { // There is room for some, since others have just been sent.
      registry.register(Registration.builder("http://h").id("x").info(info).build());

      var answer = wire.delete("/services/x");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text())
          .startsWith("{\"status\":\"deregistered\",\"service\":{\"id\":\"x\"");
      assertThat(registry.find("x")).isEmpty();
    }
  }

  @Test
  void slowSendersHoldNoMoreThanThereIsAndAreCutOffWhereItIsNeeded() throws IOException {
    for (int i = 0; i < 100; i++) { // a sixteenth of the heap is a MiB
      var unused = sendSlowly(register(16 << 10, "{"));
    }
    assertThat(slow).isNotEmpty();

    int status = wire.register(" ".repeat(20_000) + BODY).status();
    while (status == 503) {
      skippedNanos.addAndGet(5_000_000_000L);
      status = wire.register(" ".repeat(20_000) + BODY).status();
    }
    assertThat(status).isEqualTo(201);
  }

  @Test
  void aBodyThatBecomesMoreThanThereIsForAllIsTooLarge() {
    for (String item : List.of("[],", "{},", "{\"a\":{}},", "0,", "null,", "1.5,", "\"\",")) {
      String items = item.repeat(400_000 / item.length());
      String info = "{\"k\":[" + items + "0]}";
      var answer = wire.register("{\"url\":\"http://h\",\"info\":" + info + "}");

      assertProblem(answer, 413, "too-large");
      assertThat(answer.text()).contains("more memory than there is for all bodies");
    }
    assertThat(wire.register(BODY).status()).isEqualTo(201);
  }

  @Test
  void whatIsRefusedOrReadHoldsNothingAfterwards() {
    String large = "{\"url\":\"http://h\",\"info\":{\"k\":\"" + "x".repeat(200_000) + "\"}}";
    for (int i = 0; i < 50; i++) {
      assertThat(wire.register("[" + "[],".repeat(100_000) + "[]]").status()).isEqualTo(413);
      assertThat(wire.register(large).status()).isEqualTo(201);
      assertThat(wire.register(large.substring(1)).status()).isEqualTo(400);
    }
  }

  @Test
  void aListThatFitsNoBudgetIsSentAllTheSameWithItsLength() {
    for (int i = 0; i < 30; i++) {
      String info = "{\"k\":\"" + "x".repeat(100_000) + "\"}";
      wire.register("{\"url\":\"http://h\",\"info\":" + info + "}");
    }
    var answer = wire.get("/services");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Length")).isEqualTo(Integer.toString(answer.text().length()));
    assertThat(answer.json().path("services")).hasSize(30);
  }

  private RawHttp refuse() throws IOException {
    RawHttp connection =
        sendSlowly(
            "POST /services/$register HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{");
    assertThat(connection.read(false).status()).isEqualTo(415);
    return connection;
  }

  private static void awaitEnd(RawHttp connection) {
    long start = System.nanoTime();
    assertThatThrownBy(() -> connection.read(false)).isInstanceOf(IOException.class);
    // The JDK's server ends a request after 20 s.
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
  }

  @Test
  void whoWasRefusedAndSendsNothingMoreIsCutOff() throws IOException {
    RawHttp refused = refuse();
    // As soon as it waits for the rest, which is at some time after its answer.
    CompletableFuture<Void> ended = CompletableFuture.runAsync(() -> awaitEnd(refused));
    while (!ended.isDone()) {
      skippedNanos.addAndGet(Duration.ofSeconds(5).toNanos());
      Thread.onSpinWait();
    }
    ended.join();
  }

  @Test
  void manyWhoWereRefusedHoldFewConnections() throws IOException {
    for (int i = 0; i < 64; i++) {
      refuse();
    }
    awaitEnd(refuse());
  }
}
