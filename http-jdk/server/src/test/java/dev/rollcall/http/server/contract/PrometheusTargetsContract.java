package dev.rollcall.http.server.contract;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.TestServer;
import dev.rollcall.http.server.harness.Wire;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The targets that Prometheus discovers; what of a service becomes a label is tested elsewhere. */
@SuppressWarnings("this-escape") // A subclass only says how it serves.
public abstract class PrometheusTargetsContract extends EndpointsContract {
  private static final String PATH = "/services/$prometheus";

  private final TestServer served = serve(endpoints -> endpoints);
  private final Wire wire = served.wire();

  @AfterEach
  void close() {
    served.close();
  }

  private void register(String id, String name, String info) {
    String body = "{\"id\":\"%s\",\"name\":\"%s\",\"url\":\"http://%1$s:8000/api\",\"info\":%s}";
    assertThat(wire.register(body.formatted(id, name, info)).status()).isEqualTo(201);
  }

  private List<String> ids(String query) {
    return wire.get(PATH + query).json().findValuesAsText("__meta_rollcall_id");
  }

  @Test
  void eachServiceIsAGroupOfOneTarget() {
    register("o1", "orders", "{\"zone\":\"eu-1\"}");
    register("b1", "billing", "{}");

    Answer answer = wire.get(PATH);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text())
        .isEqualTo(
            "[%s,%s]",
            group("b1", "billing", ""),
            group("o1", "orders", ",\"__meta_rollcall_info_zone\":\"eu-1\""));
  }

  private static String group(String id, String name, String moreLabels) {
    return ("{\"targets\":[\"%1$s:8000\"],\"labels\":{\"__meta_rollcall_id\":\"%1$s\","
            + "\"__meta_rollcall_name\":\"%2$s\","
            + "\"__meta_rollcall_url\":\"http://%1$s:8000/api\","
            + "\"__meta_rollcall_scheme\":\"http\",\"__meta_rollcall_base_path\":\"/api\"%3$s}}")
        .formatted(id, name, moreLabels);
  }

  /** Prometheus accepts this type, and beside it only that with a charset of UTF-8. */
  @Test
  void theContentTypeIsTheOneThatPrometheusAccepts() {
    assertThat(wire.get(PATH).header("Content-Type")).isEqualTo("application/json");
  }

  @Test
  void withoutServicesThereIsAnEmptyList() {
    assertThat(wire.get(PATH).text()).isEqualTo("[]");
  }

  @Test
  void theFiltersAreThoseOfTheList() {
    register("o1", "orders", "{\"zone\":\"eu-1\",\"tags\":[\"blue\"]}");
    register("o2", "orders", "{\"zone\":\"eu-2\"}");
    register("b1", "billing", "{\"zone\":\"eu-1\"}");

    assertThat(ids("?name=orders")).containsExactly("o1", "o2");
    assertThat(ids("?name=orders&info.zone=eu-1")).containsExactly("o1");
    assertThat(ids("?info.tags=blue")).containsExactly("o1");
    assertThat(ids("/?name=none")).isEmpty();
  }

  @Test
  void thereAreNoPagesAndNoWaits() {
    Answer answer = wire.get(PATH + "?limit=2&after=a&wait=1&nme=x&name=a");

    assertProblem(answer, 422, "invalid-query").at(PATH).saying("4 errors");
    assertThat(answer.json().path("errors").findValuesAsText("parameter"))
        .containsExactly("limit", "after", "wait", "nme");
    assertThat(answer.text()).contains("those are name and info.…");
  }

  @Tag("not-on-jetty")
  @Test
  void whoKnowsTheTagGetsNoBody() {
    register("o1", "orders", "{}");
    String tag = wire.get(PATH).header("ETag");

    assertThat(wire.send("GET", PATH, "If-None-Match: " + tag).status()).isEqualTo(304);
    register("o1", "orders", "{}");
    assertThat(wire.send("GET", PATH, "If-None-Match: " + tag).status()).isEqualTo(200);
  }

  @Test
  void aLongAnswerIsCompressed() {
    for (int i = 0; i < 40; i++) {
      register("o" + i, "orders", "{}");
    }

    Answer answer = wire.send("HEAD", PATH, "Accept-Encoding: gzip");
    assertThat(answer.header("Content-Encoding")).isEqualTo("gzip");
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
  }
}
