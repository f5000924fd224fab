package dev.rollcall.http.server.contract;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.RequestLimits;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.TestServer;
import dev.rollcall.http.server.harness.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A body costs at most its limit, and an answer waits for no body that is not wanted. */
@SuppressWarnings("this-escape") // A subclass only says how it serves.
public abstract class BodyLimitContract extends EndpointsContract {
  private static final int NO_ANSWER = 0;
  private static final int DEFAULT_LIMIT = 1 << 20;
  private static final String POST =
      "POST /services/$register HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

  private final TestServer served = serve(endpoints -> endpoints);
  private final TestServer small =
      serve(handler -> handler.limits(RequestLimits.builder().maxBodyBytes(100).build()));

  @AfterEach
  void close() {
    served.close();
    small.close();
  }

  private static byte[] bodyOf(int bytes) {
    String start = "{\"id\":\"a\",\"url\":\"http://h\",\"info\":{\"k\":\"";
    String end = "\"}}";
    return (start + "x".repeat(bytes - start.length() - end.length()) + end).getBytes(UTF_8);
  }

  @Test
  void aBodyOfTheDefaultLimitIsTakenAndOneByteMoreIsNot() {
    Wire wire = served.wire();
    assertThat(wire.register(bodyOf(DEFAULT_LIMIT)).status()).isEqualTo(201);
    wire.delete("/services/a");

    assertProblem(wire.register(bodyOf(DEFAULT_LIMIT + 1)), 413, "too-large")
        .at("/services/$register")
        .saying("1048576 bytes");
    assertThat(served.registry().list()).isEmpty();
  }

  @Test
  void theLimitIsTheHandlersToSet() {
    assertThat(small.wire().register(bodyOf(100)).status()).isEqualTo(201);
    assertProblem(small.wire().register(bodyOf(101)), 413, "too-large").saying("100 bytes");
  }

  @Test
  void aChunkedBodyHasTheSameLimit() throws IOException {
    assertProblem(chunked("x".repeat(50), "x".repeat(50), "x"), 413, "too-large");
    assertThat(chunked(new String(bodyOf(100), UTF_8)).status()).isEqualTo(201);
  }

  private RawHttp.Answer chunked(String... chunks) throws IOException {
    try (var connection = new RawHttp(small.address())) {
      connection.send(POST + "Transfer-Encoding: chunked\r\n\r\n");
      for (String chunk : chunks) {
        connection.send(Integer.toHexString(chunk.length()) + "\r\n" + chunk + "\r\n");
      }
      connection.send("0\r\n\r\n");
      return connection.read(false);
    }
  }

  @Test
  void aBodyThatIsSaidToBeTooLargeIsRefusedBeforeItIsSent() throws IOException {
    try (var connection = new RawHttp(served.address())) {
      connection.send(POST + "Content-Length: 1000000000\r\n\r\n{\"url\":");

      assertProblem(connection.read(false), 413, "too-large");
    }
  }

  @Test
  void aChunkedBodyWithoutEndIsRefusedWhileItIsSent() throws IOException {
    try (var connection = new RawHttp(served.address())) {
      connection.send(POST + "Transfer-Encoding: chunked\r\n\r\n");
      String chunk = "10000\r\n" + "x".repeat(1 << 16) + "\r\n";
      for (int sent = 0; sent <= DEFAULT_LIMIT; sent += 1 << 16) {
        connection.send(chunk);
      }

      assertProblem(connection.read(false), 413, "too-large");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "POST /services/$register, 'Content-Type: text/plain', 415",
    "POST /services/$register, 'Content-Encoding: br', 415",
    "POST /services, 'X: y', 405",
    "POST /nowhere, 'X: y', 404",
    "PUT /services/nobody/$ping, 'X: y', 404",
    "DELETE /services/nobody, 'X: y', 404",
    "GET /services, 'X: y', 200"
  })
  void anAnswerDoesNotWaitForABodyThatIsNotWanted(String target, String header, int status)
      throws IOException {
    try (var connection = new RawHttp(served.address())) {
      connection.send(target + " HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n");
      connection.send("Content-Length: 500000\r\n\r\n");

      assertThat(connection.read(false).status()).isEqualTo(status);
    }
  }

  @ParameterizedTest
  @CsvSource({"-1", "x", "9223372036854775808", "''", "'5, 5'"})
  void aContentLengthThatIsNoneIsABadRequest(String length) throws IOException {
    try (var connection = new RawHttp(served.address())) {
      connection.send(POST + "Content-Length: " + length + "\r\n\r\n{\"url\":\"http://h\"}");

      assertThat(connection.read(false).status()).isEqualTo(400);
    }
    assertThat(served.registry().list()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"zz", "-5", "FFFFFFFFFFFFFFFFFF"})
  void aBrokenChunkEndsTheConnectionAndNothingElse(String size) throws IOException {
    try (var connection = new RawHttp(served.address())) {
      connection.send(POST + "Transfer-Encoding: chunked\r\n\r\n" + size + "\r\n{}\r\n0\r\n\r\n");

      assertThat(statusBeforeTheEnd(connection)).isIn(NO_ANSWER, 400);
    }
    assertThat(served.wire().get("/services").status()).isEqualTo(200);
  }

  /** Returns what a connection is answered before it ends, as it must. */
  private static int statusBeforeTheEnd(RawHttp connection) throws IOException {
    int status;
    try {
      status = connection.read(false).status();
    } catch (EOFException | SocketException e) {
      return NO_ANSWER;
    }
    assertThat(connection.isAtEnd()).isTrue();
    return status;
  }
}
