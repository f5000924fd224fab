package dev.rollcall.http.server.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rollcall.discovery.Query;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.Problem.Fault;
import dev.rollcall.http.server.problem.ProblemException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The query strings of lists: what they ask for, and what is said of those that are malformed. */
class ListRequestTest {
  private static Problem problemOf(String raw) {
    return catchThrowableOfType(ProblemException.class, () -> ListRequest.of(raw)).problem();
  }

  private static List<String> placesOf(Problem problem) {
    return problem.errors().stream().map(Fault::place).toList();
  }

  @Test
  void noParametersAskForAllServices() {
    assertThat(ListRequest.of(null).query()).isEqualTo(Query.all());
    assertThat(ListRequest.of("").query()).isEqualTo(Query.all());
    assertThat(ListRequest.of("&").query()).isEqualTo(Query.all());
    assertThat(ListRequest.of("").maxWait()).isEmpty();
  }

  @Test
  void parametersAskForWhatTheQueryInJavaAsksFor() {
    String raw =
        "name=orders&name=billing&info.zone=eu-1&info.a.b=%C3%A9%26%3D+%20&limit=100&after=x.1";

    assertThat(ListRequest.of(raw).query())
        .isEqualTo(
            Query.named("billing")
                .or("orders")
                .where("info.zone", "eu-1")
                .where("info.a.b", "é&=+ ")
                .limit(100)
                .after("x.1"));
  }

  @Test
  void aNameMayHaveEscapes() {
    assertThat(ListRequest.of("n%61me=%6Frders").query()).isEqualTo(Query.named("orders"));
  }

  @Test
  void aValueMayBeEmptyAndMayHoldAnEqualsSign() {
    assertThat(ListRequest.of("info.a=&info.b=c=d").query())
        .isEqualTo(Query.all().where("info.a", "").where("info.b", "c=d"));
  }

  @Test
  void aLeaseIdIsAcceptedAndIgnored() {
    assertThat(ListRequest.of("lease=x&lease=y").query()).isEqualTo(Query.all());
  }

  @Test
  void aWaitIsInSeconds() {
    assertThat(ListRequest.of("wait=1").maxWait()).contains(Duration.ofSeconds(1));
    assertThat(ListRequest.of("name=a&wait=50").maxWait()).contains(Duration.ofSeconds(50));
  }

  @ParameterizedTest
  @CsvSource({
    "nme=orders, nme",
    "info=x, info",
    "info.=x, info.",
    "name=, name",
    "name=a%20b, name",
    "name, name",
    "info.zone, info.zone",
    "limit=0, limit",
    "limit=1001, limit",
    "limit=-1, limit",
    "limit=1e2, limit",
    "limit=+5, limit",
    "limit=99999999999999999999, limit",
    "limit=1&limit=1, limit",
    "after=%2F, after",
    "after=a&after=a, after",
    "wait=0, wait",
    "wait=51, wait",
    "wait=1e9, wait",
    "wait=1.5, wait",
    "wait=1&wait=1, wait",
    "wait=1&limit=1, wait",
    "wait=1&after=a, wait",
    "=x, ''",
  })
  void aWrongParameterIsNamed(String raw, String place) {
    Problem problem = problemOf(raw);

    assertThat(problem.status()).isEqualTo(422);
    assertThat(problem.type()).isEqualTo("invalid-query");
    assertThat(placesOf(problem)).containsExactly(place);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%zz",
        "%",
        "%4",
        "%u0041",
        "%ff",
        "%c3",
        "%ed%a0%80",
        "\u00e9",
        "a\u0000",
        "\ufffd"
      })
  void aMalformedEscapeIsNamed(String value) {
    Problem problem = problemOf("info.zone=" + value + "&limit=x");

    assertThat(placesOf(problem)).containsExactly("info.zone", "limit");
    assertThat(problem.errors().get(0).detail()).contains("perc").doesNotContain("Decoder");
    assertThat(placesOf(problemOf(value + "=eu-1"))).hasSize(1);
  }

  @Test
  void allFaultsAreNamedAtOnceAndEachOnlyOnce() {
    Problem problem = problemOf("nme=a&nme=b&limit=0&after=*&info.a=%&name=&x=1");

    assertThat(placesOf(problem)).containsExactly("nme", "limit", "after", "info.a", "name", "x");
    assertThat(problem.detail()).contains("6 errors");
  }

  @Test
  void moreNamesOrConditionsThanAQueryHasAreRefused() {
    String names =
        IntStream.range(0, 101).mapToObj(i -> "name=n" + i).collect(Collectors.joining("&"));
    String conditions =
        IntStream.range(0, 21).mapToObj(i -> "info.c" + i + "=1").collect(Collectors.joining("&"));

    assertThat(problemOf(names).errors())
        .singleElement()
        .extracting(Fault::place)
        .isEqualTo("name");
    assertThat(placesOf(problemOf(conditions))).containsExactly("info.c20");
  }

  @Test
  void aPathBeyondItsBoundIsRefused() {
    assertThat(placesOf(problemOf("info" + ".a".repeat(1_000) + "=1"))).hasSize(1);
    assertThat(placesOf(problemOf("info.a=" + "1".repeat(1_001)))).containsExactly("info.a");
  }

  @Test
  void aHundredThousandParametersAreReadOnlyToTheBound() {
    String many = "name=a&".repeat(100_000) + "unknown=1";
    String wrong =
        IntStream.range(0, 100_000).mapToObj(i -> "u" + i + "=1").collect(Collectors.joining("&"));

    assertThat(problemOf(many).detail()).contains("200");
    assertThat(problemOf("&".repeat(100_000)).detail()).contains("200");
    assertThat(problemOf(wrong).errors()).hasSize(20);
  }
}
