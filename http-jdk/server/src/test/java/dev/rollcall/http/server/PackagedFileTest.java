package dev.rollcall.http.server;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ServedRegistry;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page's files and the API's description, as they go over the wire. */
class PackagedFileTest {
  private final ServedRegistry served = new ServedRegistry();

  @AfterEach
  void close() {
    served.close();
  }

  private Answer get(String path, String... headers) {
    return served.wire().send("GET", path, headers);
  }

  @ParameterizedTest
  @CsvSource({
    "/, text/html; charset=utf-8",
    "/assets/page.js, text/javascript; charset=utf-8",
    "/assets/page.css, text/css; charset=utf-8",
    "/assets/mark.svg, image/svg+xml",
    "/openapi.json, application/json"
  })
  void eachHasItsTypeAndIsNotSentTwice(String path, String type) {
    Answer first = get(path);
    Answer second = get(path, "If-None-Match: " + first.header("ETag"));
    Answer changed = get(path, "If-None-Match: \"other\"");

    assertThat(first.status()).isEqualTo(200);
    assertThat(first.header("Content-Type")).isEqualTo(type);
    assertThat(first.header("Cache-Control")).isEqualTo("no-cache");
    assertThat(second.status()).isEqualTo(304);
    assertThat(second.text()).isEmpty();
    assertThat(second.header("ETag")).isEqualTo(first.header("ETag"));
    assertThat(changed.text()).isEqualTo(first.text());
  }

  @Test
  void thePageMayLoadAndSendNothingElsewhere() {
    assertThat(get("/").header("Content-Security-Policy"))
        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe", "http");
  }

  @Test
  void everyFileThatThePageNamesIsThere() {
    Matcher named = Pattern.compile("(?:src|href)=\"([^\"]+)\"").matcher(get("/").text());
    int count = 0;
    while (named.find()) {
      assertThat(get("/" + named.group(1)).status()).as(named.group(1)).isEqualTo(200);
      count++;
    }
    assertThat(count).isGreaterThan(5);
  }

  @Test
  void theBasePathLeadsToThePageBelowIt() {
    try (var mounted = new ServedRegistry(handler -> handler, server -> server.basePath("/a/b"))) {
      Answer answer = mounted.wire().get("/a/b");

      assertThat(answer.status()).isEqualTo(308);
      assertThat(answer.header("Location")).isEqualTo("b/");
      assertThat(mounted.wire().get("/a/b/").status()).isEqualTo(200);
    }
  }

  @Test
  void withoutThePageNothingOfItIsThere() {
    try (var bare =
        new ServedRegistry(handler -> handler.withoutPage(), server -> server.basePath("/v2"))) {
      for (String path : new String[] {"/v2", "/v2/", "/v2/assets/page.js"}) {
        assertProblem(bare.wire().get(path), 404, "no-such-path").at(path);
      }
      assertThat(bare.wire().get("/v2/openapi.json").status()).isEqualTo(200);
    }
  }
}
