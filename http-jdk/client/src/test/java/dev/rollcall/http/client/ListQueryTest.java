package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.RejectedException;
import dev.rollcall.Service;
import dev.rollcall.discovery.Query;
import dev.rollcall.http.client.harness.FakeRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is sent for a query and for a name, and what is made of answers to it. */
class ListQueryTest {
  private static final String ALL =
      """
      {"count":4,"services":[
        {"id":"c","url":"http://c","info":{"name":"orders"}},
        {"id":"b","url":"http://b","info":{"name":"orders","zone":"eu-1"}},
        {"id":"orders","url":"http://o","info":{"name":"not a name"}},
        {"id":"a","url":"http://a","info":{"name":"billing","zone":"eu-1"}}]}
      """;

  private final FakeRegistry fake = FakeRegistry.hung();
  private final HttpServiceRegistry registry = HttpServiceRegistry.connect(fake.url());

  @AfterEach
  void close() {
    registry.close();
    fake.close();
  }

  @Test
  void aQueryIsSentWithEscapes() {
    fake.then(200, ALL);
    Query query =
        Query.named("orders").or("billing").where("info.a b", "é&=+ /").limit(7).after("x");
    registry.list(query);

    assertThat(fake.lastAsked().target())
        .isEqualTo(
            "/services?name=billing&name=orders&info.a%20b=%C3%A9%26%3D%2B%20%2F&limit=7&after=x");
    registry.list(Query.all());
    assertThat(fake.lastAsked().target()).isEqualTo("/services");
  }

  @Test
  void theAnswerOfARegistryThatKnowsNoQueriesIsSelectedFrom() {
    fake.then(200, ALL);
    assertThat(registry.list(Query.named("orders")))
        .isUnmodifiable()
        .extracting(Service::id)
        .containsExactly("b", "c", "orders");
    assertThat(registry.list(Query.all().where("info.zone", "eu-1")))
        .extracting(Service::id)
        .containsExactly("a", "b");
    assertThat(registry.list(Query.all().after("a").limit(2)))
        .extracting(Service::id)
        .containsExactly("b", "c");
  }

  @Test
  void aQueryThatIsTooLongForAUrlIsAnsweredFromTheWholeList() {
    fake.then(200, ALL);
    Query query = Query.named("orders");
    for (int i = 0; i < 10; i++) {
      query = query.where("info.k" + i, "x".repeat(1_000));
    }

    assertThat(registry.list(query)).isEmpty();
    assertThat(fake.lastAsked().target()).isEqualTo("/services");
  }

  @Test
  void aRefusedQueryIsRejected() {
    fake.then(
        422,
        """
        {"type":"urn:rollcall:error:invalid-query","title":"Invalid query","status":422,
        "detail":"limit: must be 1","instance":"/services",
        "errors":[{"parameter":"limit","detail":"must be 1"}]}
        """);

    assertThatThrownBy(() -> registry.list(Query.all().limit(2)))
        .isInstanceOf(RejectedException.class)
        .hasMessageContaining("limit: must be 1");
  }

  @Test
  void onlyANameThatTheInfoDoesNotHaveIsSent() {
    fake.then(201, "{\"id\":\"a\",\"status\":\"registered\"}");
    Registration.Builder service = Registration.builder("http://h").id("a");

    registry.register(service.name("orders").build());
    assertThat(fake.lastAsked().body())
        .isEqualTo("{\"id\":\"a\",\"name\":\"orders\",\"url\":\"http://h\",\"info\":{}}");
    registry.register(service.info(Map.of("name", "orders")).build());
    assertThat(fake.lastAsked().body()).doesNotContain("\"name\":\"orders\",\"url\"");
    registry.register(service.info(Map.of("name", "other")).build());
    assertThat(fake.lastAsked().body()).contains("\"name\":\"orders\",\"url\"");
  }

  @Test
  void aCompressedAnswerIsBoundedByWhatItHoldsAndNotByItsSize() throws Exception {
    fake.then(
        socket -> {
          OutputStream out = socket.getOutputStream();
          writeHead(out);
          writeBomb(out);
          socket.close();
        });

    assertThatThrownBy(() -> registry.find("a"))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining("larger than 16777216 bytes");
  }

  private static void writeHead(OutputStream out) throws IOException {
    String head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n";
    out.write(head.getBytes(StandardCharsets.US_ASCII));
  }

  /** Writes 64 MiB of spaces in a few kilobytes. */
  private static void writeBomb(OutputStream out) throws IOException {
    byte[] spaces = " ".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
    try (var gzip = new GZIPOutputStream(out)) {
      for (int i = 0; i < 64; i++) {
        gzip.write(spaces);
      }
    }
  }

  @Test
  void aCompressedListIsRead() {
    fake.then(
        socket -> {
          OutputStream out = socket.getOutputStream();
          writeHead(out);
          try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(ALL.getBytes(StandardCharsets.UTF_8));
          }
          socket.close();
        });

    assertThat(registry.list()).hasSize(4);
    assertThat(fake.lastAsked().headers().get("accept-encoding")).isEqualTo("gzip");
  }
}
