package dev.rollcall.http.server;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.Wire;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Queries, pages, tags and compression of the list, as the wire shows them. */
class ListEndpointTest {
  private final ServedRegistry served =
      new ServedRegistry(
          handler -> handler.corsOrigin("https://dashboard.example"), server -> server);
  private final Wire wire = served.wire();

  @AfterEach
  void close() {
    served.close();
  }

  private void register(String id, String name, String info) {
    String body = "{\"id\":\"%s\",\"name\":\"%s\",\"url\":\"http://h\",\"info\":%s}";
    assertThat(wire.register(body.formatted(id, name, info)).status()).isEqualTo(201);
  }

  private List<String> ids(String query) {
    JsonNode list = wire.get("/services" + query).json();
    List<String> ids = list.path("services").findValuesAsText("id");
    assertThat(list.path("count").intValue()).isEqualTo(ids.size());
    return ids;
  }

  private String tag(String query) {
    return wire.get("/services" + query).header("ETag");
  }

  @Test
  void aQueryListsWhatItAsksFor() {
    register("o1", "orders", "{\"zone\":\"eu-1\",\"tags\":[\"blue\"]}");
    register("o2", "orders", "{\"zone\":\"eu 2+\"}");
    register("b1", "billing", "{\"zone\":\"eu-1\"}");

    assertThat(ids("?name=orders")).containsExactly("o1", "o2");
    assertThat(ids("?name=orders&name=billing&lease=x")).containsExactly("b1", "o1", "o2");
    assertThat(ids("?info.zone=eu-1&info.tags=blue")).containsExactly("o1");
    assertThat(ids("?info.zone=eu%202+")).containsExactly("o2");
    assertThat(ids("/?name=none")).isEmpty();
  }

  @Test
  void pagesSayWhereTheNextOneStarts() {
    List.of("a", "b", "c", "d").forEach(wire::registered);

    Answer first = wire.get("/services?limit=2");
    assertThat(first.text()).startsWith("{\"count\":2,\"next\":\"b\",\"services\":[{\"id\":\"a\"");
    assertThat(wire.get("/services?limit=2&after=b").json().has("next")).isFalse();
    assertThat(ids("?limit=2&after=b")).containsExactly("c", "d");
    assertThat(ids("?after=d")).isEmpty();
    assertThat(wire.get("/services?limit=4").text()).isEqualTo(wire.get("/services").text());
  }

  @Test
  void allThatIsWrongWithAQueryIsToldAtOnce() {
    Answer answer = wire.get("/services?nme=orders&limit=0&info.a=%C3");

    assertProblem(answer, 422, "invalid-query").at("/services").saying("3 errors");
    assertThat(answer.json().path("errors").findValuesAsText("parameter"))
        .containsExactly("nme", "limit", "info.a");
    assertThat(wire.send("HEAD", "/services?limit=x").status()).isEqualTo(422);
  }

  @Tag("not-on-jetty")
  @Test
  void thousandsOfNamesAreRefusedWithAShortAnswer() {
    Answer answer = wire.get("/services?" + "name=a&".repeat(4_000));

    assertProblem(answer, 422, "invalid-query").saying("200 parameters");
    assertThat(answer.text().length()).isLessThan(1_000);
  }

  @Test
  void theTagChangesWithTheServicesAndNotWithAPing() {
    String empty = tag("");
    String lease = wire.registered("a");
    String one = tag("");
    served.clock().advance(Duration.ofSeconds(10));
    wire.put("/services/a/$ping?lease=" + lease);

    assertThat(one).matches("W/\"[0-9a-f]{32}\"").isNotEqualTo(empty);
    assertThat(tag("")).isEqualTo(one);
    wire.registered("a");
    String again = tag("");
    assertThat(again).isNotEqualTo(one);
    wire.registered("b");
    assertThat(tag("")).isNotEqualTo(again);
    assertThat(tag("?name=a")).isEqualTo(again);
    wire.delete("/services/b");
    assertThat(tag("")).isEqualTo(again);
    served.clock().advance(Duration.ofSeconds(30));
    assertThat(tag("")).isEqualTo(empty);
  }

  @Test
  void theTagOfAPageChangesWhenTheNextPageComesOrGoes() {
    wire.registered("a");
    String last = tag("?limit=1");
    wire.registered("b");

    assertThat(tag("?limit=1")).isNotEqualTo(last);
    wire.delete("/services/b");
    assertThat(tag("?limit=1")).isEqualTo(last);
  }

  @Tag("not-on-jetty")
  @Test
  void whoKnowsTheTagGetsNoBody() {
    wire.registered("a");
    String tag = tag("");
    String strong = tag.substring(2);

    for (String known :
        List.of(tag, strong, "*", "\"x\", " + tag + ",W/\"y\"", "\"x\" ,\t" + tag)) {
      for (String method : List.of("GET", "HEAD")) {
        Answer answer = wire.send(method, "/services", "If-None-Match: " + known);
        assertThat(answer.status()).as(known).isEqualTo(304);
        assertThat(answer.header("ETag")).isEqualTo(tag);
        assertThat(answer.header("Vary")).contains("Accept-Encoding");
        assertThat(answer.text()).isEmpty();
      }
    }
    assertThat(wire.send("GET", "/services", "If-None-Match: \"x\"", "If-None-Match: " + tag))
        .extracting(Answer::status)
        .isEqualTo(304);
    for (String other : List.of("\"x\"", "x", "\"\"", tag.substring(0, tag.length() - 2) + '"')) {
      assertThat(wire.send("GET", "/services", "If-None-Match: " + other).status()).isEqualTo(200);
    }
    wire.registered("b");
    assertThat(wire.send("GET", "/services", "If-None-Match: " + tag).status()).isEqualTo(200);
  }

  @Test
  void cachesAskEachTime() {
    assertThat(wire.get("/services").header("Cache-Control")).isEqualTo("no-cache");
    assertThat(wire.get("/services").header("Vary")).isEqualTo("Accept-Encoding, Origin");
    assertThat(wire.get("/services/nobody").header("Vary")).isEqualTo("Origin");
  }

  private HttpResponse<byte[]> fetch(String method, String accepted) {
    URI uri = URI.create("http://localhost:" + served.address().getPort() + "/services");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody());
    if (!accepted.isEmpty()) {
      request.header("Accept-Encoding", accepted);
    }
    try {
      return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofByteArray());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void registerMany() {
    for (int i = 0; i < 40; i++) {
      register("s" + i, "n", "{\"zone\":\"eu-1\"}");
    }
  }

  private static String unzipped(byte[] body) throws IOException {
    try (var in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"gzip", "GZIP", "br, gzip", "gzip;q=0.5", "deflate;q=1.0, gzip ; q=0.001", "*"})
  void aLongListIsCompressedForWhoAcceptsIt(String accepted) throws Exception {
    registerMany();
    HttpResponse<byte[]> answer = fetch("GET", accepted);
    HttpResponse<byte[]> head = fetch("HEAD", accepted);

    assertThat(answer.headers().firstValue("Content-Encoding")).contains("gzip");
    assertThat(unzipped(answer.body())).isEqualTo(wire.get("/services").text());
    assertThat(answer.headers().firstValue("ETag")).contains(tag(""));
    assertThat(answer.body().length).isLessThan(wire.get("/services").text().length() / 4);
    assertThat(head.headers().firstValue("Content-Encoding")).contains("gzip");
    assertThat(head.headers().firstValue("Content-Length"))
        .contains(Integer.toString(answer.body().length));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "br", "gzip;q=0", "gzip; q=0.000", "*;q=0", "*, gzip;q=0", "identity"})
  void aListIsNotCompressedForOthers(String accepted) {
    registerMany();
    HttpResponse<byte[]> answer = fetch("GET", accepted);

    assertThat(answer.headers().firstValue("Content-Encoding")).isEmpty();
    assertThat(answer.headers().firstValue("Vary").orElseThrow()).contains("Accept-Encoding");
    assertThat(new String(answer.body(), UTF_8)).isEqualTo(wire.get("/services").text());
  }

  @ParameterizedTest
  @CsvSource({"4096, false", "4097, true"})
  void aListIsCompressedAboveFourKilobytes(int length, boolean isCompressed) {
    register("a", "a", "{\"pad\":\"\"}");
    int rest = length - wire.get("/services").text().length();
    register("a", "a", "{\"pad\":\"" + "x".repeat(rest) + "\"}");
    assertThat(wire.get("/services").text()).hasSize(length);

    assertThat(fetch("GET", "gzip").headers().firstValue("Content-Encoding").isPresent())
        .isEqualTo(isCompressed);
  }
}
