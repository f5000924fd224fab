package dev.rollcall.http.server;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.contract.BodyLimitContract;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.TestServer;
import java.io.IOException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class BodyLimitTest extends BodyLimitContract {
  private static final String HEAD =
      """
      POST /services/$register HTTP/1.1\r
      Host: localhost\r
      Content-Type: application/json\r
      Transfer-Encoding: chunked\r
      \r
      """;
  private static final String VALID = "{\"id\":\"a\",\"url\":\"http://h\",\"info\":{}}";

  @Override
  protected TestServer serve(UnaryOperator<RegistryEndpoints.Builder> settings) {
    return new ServedRegistry(settings, server -> server);
  }

  @Test
  void aConnectionServesOnAfterABodyThatWasRefused() throws IOException {
    try (TestServer small =
            serve(
                endpoints -> endpoints.limits(RequestLimits.builder().maxBodyBytes(100).build()));
        var connection = new RawHttp(small.address())) {
      connection.send(chunked("x".repeat(50), "x".repeat(50), "x"));
      assertProblem(connection.read(false), 413, "too-large");

      connection.send(chunked(VALID));
      assertThat(connection.read(false).status()).isEqualTo(201);
    }
  }

  private static String chunked(String... chunks) {
    var request = new StringBuilder(HEAD);
    for (String chunk : chunks) {
      request.append(Integer.toHexString(chunk.length())).append("\r\n");
      request.append(chunk).append("\r\n");
    }
    return request.append("0\r\n\r\n").toString();
  }
}
