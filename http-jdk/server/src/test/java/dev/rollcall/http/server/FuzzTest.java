package dev.rollcall.http.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.ProblemAssert;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ServedRegistry;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Thousands of requests that are almost right: each gets a well-formed answer, and never a 500. */
class FuzzTest {
  private static final int REQUESTS = 2_000;
  private static final long SEED = 20_261_123;
  private static final Set<Integer> EXPECTED = Set.of(200, 201, 400, 404, 405, 409, 415, 422, 503);

  private static final String BODY =
      "{\"id\":\"svc\",\"url\":\"http://h:80/x\",\"info\":{\"k\":[1,2.5e3,null,\"é\\u0041😀\"],"
          + "\"id\":\"b\"},\"ttl_seconds\":30.5}";

  private static final String[] TOKENS = {
    "{",
    "}",
    "[",
    "]",
    "\"",
    ",",
    ":",
    "\\",
    "\\u0000",
    "\\ud83d",
    "null",
    "true",
    "-",
    "1e999999999",
    "1e99999999999",
    "0.1",
    "\u0000",
    "\u0080",
    "\u00ff",
    "\u00c3\u00a9",
    "\r\n",
    " ",
    "\"id\":",
    "\"url\":"
  };

  private static final String[] SEGMENTS = {
    "services",
    "health",
    "$register",
    "$ping",
    "%24ping",
    "svc",
    "..",
    "%2e%2e",
    ".",
    "",
    "%00",
    "%2F",
    "?lease=x",
    "?",
    ";x",
    "%C3%A9",
    "+",
    "SVC",
    "services/svc/$ping"
  };

  private static final String[] METHODS = {"GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "X"};

  private final ServedRegistry served = new ServedRegistry();
  private final Random random = new Random(SEED);

  @AfterEach
  void close() {
    served.close();
  }

  private static <T> T oneOf(T[] choices, Random random) {
    return choices[random.nextInt(choices.length)];
  }

  @Test
  void almostRegistrationsAreAnsweredWell() throws IOException {
    for (int i = 0; i < REQUESTS; i++) {
      byte[] body = mutated(BODY.getBytes(UTF_8));
      assertAnsweredWell("POST /services/$register", body, i);
    }
  }

  @Tag("not-on-jetty")
  @Test
  void almostPathsAreAnsweredWell() throws IOException {
    for (int i = 0; i < REQUESTS; i++) {
      var path = new StringBuilder();
      for (int left = 1 + random.nextInt(4); left > 0; left--) {
        path.append('/').append(oneOf(SEGMENTS, random));
      }
      // The JDK itself answers a path that starts as an authority does.
      String target = path.toString().replaceFirst("^/+", "/");
      assertAnsweredWell(oneOf(METHODS, random) + " " + target, BODY.getBytes(UTF_8), i);
    }
  }

  private byte[] mutated(byte[] valid) {
    byte[] body = valid;
    for (int left = 1 + random.nextInt(4); left > 0; left--) {
      int at = random.nextInt(body.length + 1);
      int end = Math.min(body.length, at + random.nextInt(8));
      byte[] token = oneOf(TOKENS, random).getBytes(ISO_8859_1);
      byte[] middle = random.nextBoolean() ? token : Arrays.copyOfRange(body, at, end);
      body = spliced(body, at, random.nextBoolean() ? at : end, middle);
    }
    return body;
  }

  private static byte[] spliced(byte[] body, int from, int to, byte[] middle) {
    byte[] result = Arrays.copyOf(body, from + middle.length + body.length - to);
    System.arraycopy(middle, 0, result, from, middle.length);
    System.arraycopy(body, to, result, from + middle.length, body.length - to);
    return result;
  }

  private void assertAnsweredWell(String target, byte[] body, int round) throws IOException {
    try (var connection = new RawHttp(served.server().address())) {
      connection.send(
          target + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length + "\r\n\r\n");
      connection.send(body);
      Answer answer = connection.read(false);
      String request = "round " + round + ": " + target + "\n" + new String(body, ISO_8859_1);

      assertThat(EXPECTED).as(request).contains(answer.status());
      if (answer.status() >= 400) {
        ProblemAssert.assertWellFormed(answer);
      } else if (!answer.header("Content-Type").startsWith("text/html")) { // the page at the root
        assertThat(answer.json().isObject()).as(request).isTrue();
      }
    }
  }
}
