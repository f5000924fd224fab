package dev.rollcall.http.server;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.Wire;
import java.io.EOFException;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids and request lines that nobody sends in good faith. */
@Tag("not-on-jetty")
class AbsurdTargetTest {
  private final ServedRegistry served = new ServedRegistry();
  private final Wire wire = served.wire();
  private String before = "";

  @BeforeEach
  void register() {
    wire.registered("a");
    before = wire.get("/services").text();
  }

  @AfterEach
  void nothingHasChanged() {
    String after = wire.get("/services").text();
    served.close();
    assertThat(after).isEqualTo(before);
  }

  static String[] absurdIds() {
    return new String[] {
      "x".repeat(129),
      "x".repeat(10_000),
      "%00",
      "a%00",
      "a%0A",
      "a%0D%0AX-Evil:%20y",
      "a%2F..%2Fb",
      "a%5C",
      "%2524ping",
      "a%3Flease=x",
      "%C3%A9",
      "%F0%9F%98%80",
      "%C0%80",
      "%ED%A0%80",
      "%FF",
      "%E2%80%AE",
      "%1B%5B2J",
      "%C2%85",
      "a+b",
      "a;b",
      "a:b@c",
      "%20",
      "\u00e9"
    };
  }

  @ParameterizedTest
  @MethodSource("absurdIds")
  void anAbsurdIdIsAnIdThatNobodyHas(String id) {
    String path = "/services/" + id;

    assertProblem(wire.get(path), 404, "not-found").at(path);
    assertProblem(wire.delete(path), 404, "not-found").at(path);
    assertProblem(wire.delete(path + "?lease=x"), 404, "not-found").at(path);
    assertProblem(wire.put(path + "/$ping"), 404, "not-found").at(path + "/$ping");
    assertProblem(wire.put(path + "/%24ping?lease=x"), 404, "not-found");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%24", "%24register%00"})
  void anAbsurdOperationIsOneThatIsNotThere(String operation) {
    String path = "/services/" + operation;

    assertProblem(wire.get(path), 404, "no-such-path").at(path);
    assertProblem(wire.delete(path), 404, "no-such-path").at(path);
  }

  /**
   * What {@code java.net.URI} cannot read the JDK's server refuses by itself, before any handler:
   * with a short page instead of a problem.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/services/%",
        "/services/%zz",
        "/services/%2",
        "/services/a|b",
        "/services/<script>",
        "/services/\"",
        "/services/\\",
        "/services/^",
        "/services/{id}",
        "/services/\u0001",
        "/services/\u0085",
        "/services?lease=%"
      })
  void whatIsNoUriIsRefusedByTheJdk(String target) {
    Answer answer = wire.get(target);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.header("Connection")).isEqualTo("close");
    assertThat(answer.text()).doesNotContain("services", "rollcall", "\tat ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "GET /services", "\u0000\u0001\u0002 x y", "GET  HTTP/1.1"})
  void aRequestLineThatIsNoneHarmsNobody(String line) throws IOException {
    try (var connection = new RawHttp(served.server().address())) {
      connection.send(line + "\r\nConnection: close\r\n\r\n");
      try {
        assertThat(connection.read(false).status()).isBetween(400, 405);
      } catch (EOFException e) {
        assertThat(connection.isAtEnd()).isTrue();
      }
    }
  }
}
