package dev.rollcall.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.RawHttp;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is the servlet's own: where a response ends, and what it makes of a target. */
class RegistryServletTest {
  private final TomcatRegistry served = new TomcatRegistry(endpoints -> endpoints);

  @AfterEach
  void close() {
    served.close();
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /services/$register, 415",
    "POST, /services, 405",
    "POST, /nowhere, 404",
    "PUT, /services/a/$ping, 200",
    "PUT, /services/nobody/$ping, 404",
    "DELETE, /services/nobody, 404",
    "GET, /services, 200"
  })
  void aBodyThatIsNotWantedIsReadBeforeTheNextRequest(String method, String target, int status)
      throws IOException {
    served.wire().registered("a");
    try (var connection = new RawHttp(served.address())) {
      for (int i = 0; i < 3; i++) {
        connection.send(
            method
                + " "
                + target
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"
                + "x".repeat(100_000));
        assertThat(connection.read(false).status()).isEqualTo(status);
      }
    }
    assertThat(served.warnings()).isEmpty();
  }

  @Test
  void aHeadRequestHasTheLengthAndNoBody() throws IOException {
    try (var connection = new RawHttp(served.address())) {
      for (int i = 0; i < 2; i++) {
        connection.send("HEAD /services HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(connection.read(true).header("Content-Length")).isNotEqualTo("0");
      }
    }
  }

  @Test
  void aQueryWithAMalformedEscapeIsAProblem() {
    RawHttp.Answer answer = served.wire().put("/services/a/$ping?lease=%zz");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text()).contains("urn:rollcall:error:malformed-target");
  }
}
