package dev.rollcall.app.attack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.ServerProcess;
import java.io.EOFException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests to every endpoint with bytes changed, taken out, doubled and put in anywhere. */
@Timeout(120)
class FuzzedRequestsTest {
  private static final int REQUESTS = 10_000;
  private static final long SEED = 20_261_124;
  private static final Duration SERVED = Duration.ofSeconds(1);

  private static final String BODY =
      "{\"id\":\"svc\",\"url\":\"http://h:80/x\",\"info\":{\"k\":[1,2.5e3,null]},\"ttl_seconds\":30}";

  private static final List<String> REQUEST_LINES =
      List.of(
          "POST /services/$register",
          "PUT /services/svc/$ping",
          "PUT /services/svc/%24ping?lease=01M84S401H4R260E75QAS22SQ3",
          "GET /services",
          "GET /services/svc",
          "HEAD /services/svc",
          "DELETE /services/svc",
          "GET /health",
          "GET /health/live",
          "GET /health/ready");

  private static final String[] TOKENS = {
    "\r\n",
    "\n",
    "\r",
    " ",
    "\t",
    ":",
    ";",
    ",",
    "\u0000",
    "\u007f",
    "\u00ff",
    "%",
    "%00",
    "..",
    "/",
    "?",
    "#",
    "{",
    "\"",
    "\\",
    "-1",
    "999999999999999999999",
    "HTTP/1.1",
    "HTTP/9.9",
    "Transfer-Encoding: chunked\r\n",
    "Content-Length: 7\r\n",
    "Expect: 100-continue\r\n",
    "Connection: close\r\n",
    "X-Service-Key: x\r\n",
    "Host: evil\r\n",
    "Content-Encoding: gzip\r\n"
  };

  private final Random random = new Random(SEED);

  @Test
  void noneGetsA500AndABystanderIsServed() throws Exception {
    try (var server =
            ServerProcess.start(
                List.of("-Dsun.net.httpserver.maxReqTime=4"), "--store=memory:?max-services=100");
        var bystander = Bystander.at(server.address())) {
      int answered = 0;
      for (int i = 0; i < REQUESTS; i++) {
        String request = mutated(aRequest());
        try (var connection = new RawHttp(server.address())) {
          connection.send(request);
          connection.endSending();
          int status = connection.read(request.startsWith("HEAD ")).status();
          assertThat(status).as("round " + i + ": " + request).isNotEqualTo(500).isLessThan(504);
          answered++;
        } catch (EOFException | SocketException e) {
          // What is no request at all has its connection closed.
        }
      }

      assertThat(bystander.p99(REQUESTS + " mutated requests, " + answered + " answered"))
          .isLessThan(SERVED);
      assertThat(answered).isGreaterThan(REQUESTS / 2);
      server.terminate();
      assertThat(server.log()).doesNotContain("level=error", "Exception");
      assertThat(server.exitCode()).isZero();
    }
  }

  private String aRequest() {
    String line = REQUEST_LINES.get(random.nextInt(REQUEST_LINES.size()));
    String body = line.startsWith("POST") || random.nextInt(5) == 0 ? BODY : "";
    return line
        + " HTTP/1.1\r\nHost: localhost:9000\r\nContent-Type: application/json\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private String mutated(String valid) {
    byte[] bytes = valid.getBytes(ISO_8859_1);
    for (int left = 1 + random.nextInt(3); left > 0; left--) {
      int at = random.nextInt(bytes.length + 1);
      int end = Math.min(bytes.length, at + random.nextInt(6));
      byte[] middle =
          switch (random.nextInt(4)) {
            case 0 -> TOKENS[random.nextInt(TOKENS.length)].getBytes(ISO_8859_1);
            case 1 -> new byte[] {(byte) random.nextInt(256)};
            case 2 -> Arrays.copyOfRange(bytes, at, end);
            default -> new byte[0];
          };
      bytes = spliced(bytes, at, random.nextBoolean() ? at : end, middle);
    }
    return new String(bytes, ISO_8859_1);
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] middle) {
    byte[] result = Arrays.copyOf(bytes, from + middle.length + bytes.length - to);
    System.arraycopy(middle, 0, result, from, middle.length);
    System.arraycopy(bytes, to, result, from + middle.length, bytes.length - to);
    return result;
  }
}
