package dev.rollcall.http.server.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import java.util.ArrayList;
import java.util.List;

/** Checks that an answer is a problem as RFC 9457 and the protocol have it, and leaks nothing. */
public final class ProblemAssert {
  private static final String LEAKS =
      "(?s).*(Exception|Error:|\\bat [a-z]+\\.|java[./]|dev\\.rollcall|jackson|sun\\.).*";

  private final JsonNode problem;

  private ProblemAssert(JsonNode problem) {
    this.problem = problem;
  }

  public static ProblemAssert assertProblem(Answer answer, int status, String type) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    JsonNode problem = assertWellFormed(answer);
    assertThat(problem.path("type").textValue()).isEqualTo("urn:rollcall:error:" + type);
    return new ProblemAssert(problem);
  }

  /** Checks the form of a problem of any status and type. */
  public static JsonNode assertWellFormed(Answer answer) {
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    JsonNode problem = answer.json();
    List<String> names = new ArrayList<>();
    problem.fieldNames().forEachRemaining(names::add);
    assertThat(names.subList(0, 5))
        .containsExactly("type", "title", "status", "detail", "instance");
    assertThat(names.subList(5, names.size())).isSubsetOf("errors");
    assertThat(problem.path("type").textValue()).startsWith("urn:rollcall:error:");
    assertThat(problem.path("title").textValue()).isNotBlank();
    assertThat(problem.path("detail").textValue()).isNotBlank();
    assertThat(problem.path("status").intValue()).isEqualTo(answer.status());
    assertThat(answer.text()).doesNotMatch(LEAKS);
    problem.findValuesAsText("detail").forEach(ProblemAssert::assertNoControls);
    assertNoControls(answer.text());
    return problem;
  }

  private static void assertNoControls(String text) {
    assertThat(text.chars().filter(Character::isISOControl)).as(text).isEmpty();
  }

  public ProblemAssert at(String instance) {
    assertThat(problem.path("instance").textValue()).isEqualTo(instance);
    return this;
  }

  public ProblemAssert saying(String... parts) {
    assertThat(problem.path("detail").textValue()).contains(parts);
    return this;
  }

  /** Checks which fields are named, in this order. */
  public ProblemAssert pointingAt(String... pointers) {
    assertThat(problem.path("errors").findValuesAsText("pointer")).containsExactly(pointers);
    return this;
  }
}
