package dev.rollcall.http.server.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.TestServer;
import dev.rollcall.http.server.harness.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that a proxy and a server could read as different requests, and bytes that are none. */
@Timeout(60)
@SuppressWarnings("this-escape") // A subclass only says how it serves.
public abstract class SmugglingContract extends EndpointsContract {
  private static final String HIDDEN = "DELETE /services/a HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final String PING = "PUT /services/a/$ping HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final String BODY = "{\"id\":\"b\",\"url\":\"http://h\",\"info\":{}}";

  private final TestServer server = serve(endpoints -> endpoints);
  private final Wire wire = server.wire();

  @BeforeEach
  void register() {
    wire.registered("a");
  }

  @AfterEach
  void othersAreServed() {
    assertThat(wire.get("/services/a").status()).isEqualTo(200);
    server.close();
  }

  /** Sends bytes, ends the sending, and returns the statuses of all answers. */
  private List<Integer> statusesOf(String bytes) throws IOException {
    List<Integer> statuses = new ArrayList<>();
    try (var connection = new RawHttp(server.address())) {
      connection.send(bytes);
      connection.endSending();
      while (true) {
        statuses.add(connection.read(false).status());
      }
    } catch (EOFException | SocketException e) {
      return statuses;
    }
  }

  static List<String> ambiguousLengths() {
    return List.of(
        "Content-Length: 0\r\nContent-Length: " + HIDDEN.length(),
        "Content-Length: " + HIDDEN.length() + "\r\nContent-Length: 0",
        "Content-Length: 0\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 0",
        "Content-Length: 0, 0",
        "Content-Length: -1",
        "Content-Length: 0x0",
        "Content-Length: ",
        "Content-Length: 99999999999999999999",
        "Transfer-Encoding: identity, chunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding: \u000bchunked",
        "Transfer-Encoding : chunked",
        "Content-Length\u0000: 0",
        "Content Length: 0");
  }

  @ParameterizedTest
  @MethodSource("ambiguousLengths")
  void whereTheLengthIsInDoubtNothingIsDoneAndTheConnectionEnds(String header) throws IOException {
    List<Integer> statuses =
        statusesOf(
            "POST /services/$register HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + header
                + "\r\n\r\n"
                + HIDDEN);

    assertThat(statuses).hasSizeLessThanOrEqualTo(1).allMatch(status -> status >= 400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zz\r\n",
        "-1\r\n",
        "\r\n",
        "7fffffffffffffff\r\n",
        "80000000\r\n",
        "0x5\r\n",
        "5 5\r\nhello\r\n",
        "5\nhello\n0\n\n",
        "5\r\nhelloX"
      })
  void badChunksEndTheConnectionAndHideNothing(String chunks) throws IOException {
    String rest =
        " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + HIDDEN;

    assertThat(statusesOf("POST /services/$register" + rest))
        .hasSizeLessThanOrEqualTo(1)
        .allMatch(status -> status >= 400 && status != 500);
    // A ping wants no body, and what comes is passed over.
    assertThat(statusesOf("PUT /services/a/$ping" + rest))
        .hasSizeLessThanOrEqualTo(1)
        .allMatch(status -> status == 200);
  }

  /** The length says that the body ends before what makes it invalid. */
  @Test
  void aLengthBesideChunksCutsNoBody() throws IOException {
    String length = Integer.toHexString(BODY.length() + 1);

    List<Integer> statuses =
        statusesOf(
            "POST /services/$register HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + ("Content-Length: " + BODY.length() + "\r\nTransfer-Encoding: chunked\r\n\r\n")
                + (length + "\r\n" + BODY + "x\r\n0\r\n\r\n"));

    assertThat(statuses).hasSizeLessThanOrEqualTo(1).allMatch(status -> status >= 400);
    assertThat(server.registry().find("b")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0000\u0001\u0002\u0003\r\n\r\n",
        "\r\n\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        "\u0016\u0003\u0001\u0002\u0000\u0001",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET\r\n\r\n",
        "x"
      })
  void garbageBehindAGoodRequestHarmsItNot(String garbage) throws IOException {
    List<Integer> statuses = statusesOf(PING + garbage);

    assertThat(statuses.get(0)).isEqualTo(200);
    assertThat(statuses.subList(1, statuses.size()))
        .allMatch(status -> status >= 400 && status != 500);
  }

  @Test
  void requestsThatComeTogetherAreAnsweredInTurn() throws IOException {
    assertThat(statusesOf(PING.repeat(50))).hasSize(50).containsOnly(200);
  }

  @Test
  void aRequestThatIsCutAtAnyByteIsDoneWhollyOrNotAtAll() throws IOException {
    String whole =
        "POST /services/$register HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: "
            + BODY.length()
            + "\r\n\r\n"
            + BODY;
    for (int length = 0; length < whole.length(); length++) {
      List<Integer> statuses = statusesOf(whole.substring(0, length));

      assertThat(statuses).as("cut at " + length).doesNotContain(200, 201, 500);
      assertThat(server.registry().find("b")).isEmpty();
    }
    assertThat(statusesOf(whole)).containsExactly(201);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/services/../services/a",
        "/services/./a",
        "/services//a",
        "//services/a",
        "/services/%2e%2e/services/a",
        "/services/..%2fa",
        "/services/a//",
        "/services/a;x=y",
        "/Services/a",
        "/services%2Fa",
        "/health/../services/a",
        "/health%2Flive",
        "services/a",
        "*"
      })
  void aPathIsTakenAsItStands(String path) throws IOException {
    List<Integer> statuses =
        statusesOf("DELETE " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    assertThat(statuses).hasSizeLessThanOrEqualTo(1).allMatch(s -> s >= 400 && s < 500);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Host:\r\n", "", "Host: a\r\nHost: b\r\n", "Host: a/../b\r\n"})
  void aWrongHostIsRefusedOrNotBelieved(String host) throws IOException {
    try (var connection = new RawHttp(server.address())) {
      connection.send(
          "POST /services/$register HTTP/1.1\r\n"
              + host
              + "Content-Type: application/json\r\nContent-Length: "
              + BODY.length()
              + "\r\n\r\n");
      connection.send(BODY.getBytes(UTF_8));
      Answer answer = connection.read(false);

      if (answer.status() == 201) {
        assertThat(answer.header("Location"))
            .isEqualTo("http://127.0.0.1:" + server.address().getPort() + "/services/b");
      } else {
        assertThat(answer.status()).isIn(400, 403);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/services/x%0d%0aX-Evil:%20yes",
        "/services/x%0aX-Evil:%20yes",
        "/services/a/$ping?lease=x%0d%0aX-Evil:%20yes",
        "/health?%0d%0aX-Evil:%20yes"
      })
  void nothingInATargetBecomesAHeader(String target) {
    for (String method : List.of("GET", "PUT", "DELETE", "POST")) {
      assertThat(wire.send(method, target, new byte[0]).headers()).doesNotContainKey("X-Evil");
    }
  }
}
