package dev.rollcall.http.server;

import static dev.rollcall.http.server.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.RawHttp;
import dev.rollcall.http.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
              RegistryHandler.builder(registry)
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
}
