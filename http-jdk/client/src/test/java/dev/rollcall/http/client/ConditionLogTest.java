package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.client.harness.FakeRegistry;
import dev.rollcall.http.client.json.ResponseFields;
import dev.rollcall.http.client.json.ServiceReader;
import dev.rollcall.http.client.protocol.Endpoints;
import dev.rollcall.http.client.protocol.LeaseReader;
import dev.rollcall.http.server.harness.CapturedLog;
import dev.rollcall.store.valkey.harness.Eventually;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.logging.Level;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What lasts is logged when it begins and when it ends. */
class ConditionLogTest {
  private final CapturedLog log = new CapturedLog("dev.rollcall.http.client", Level.INFO);

  @AfterEach
  void close() {
    log.close();
  }

  @Test
  void entriesOfListsThatCannotBeReadAreLoggedOnceUntilAListIsWholeAgain() throws IOException {
    ServiceReader reader = new ServiceReader(() -> Instant.EPOCH);
    for (String entries : new String[] {"{}", "1,2,3", "", "", "{}"}) {
      String list = "{\"services\":[" + entries + "]}";
      assertThat(
              reader.readList(
                  new ByteArrayInputStream(list.getBytes(StandardCharsets.UTF_8)), Long.MAX_VALUE))
          .isPresent();
    }

    assertThat(log.levels()).containsExactly(Level.WARNING, Level.INFO, Level.WARNING);
  }

  @Test
  void aPingUrlOfAnotherServerIsLoggedOnceUntilItIsOfThisOneAgain() {
    Endpoints endpoints = Endpoints.of("http://registry:9000");
    LeaseReader reader = new LeaseReader(endpoints);
    HttpUrl asked = endpoints.register();
    for (String url : new String[] {"http://other/p", "http://other/q", "/p", "/p", "//other/p"}) {
      var unused = reader.pingUrl("a", asked, new ResponseFields(Map.of("ping_url", url)));
    }

    assertThat(log.levels()).containsExactly(Level.WARNING, Level.INFO, Level.WARNING);
  }

  @Test
  void anotherServerIsLoggedWhenCallsGoThereAndWhenTheyReturn() {
    try (FakeRegistry one = FakeRegistry.hung();
        FakeRegistry other = FakeRegistry.hung().then(FakeRegistry.well())) {
      one.then(FakeRegistry.answer(502, "", "")).then(FakeRegistry.well());
      HttpServiceRegistry.Builder builder =
          HttpServiceRegistry.builder(one.url() + "," + other.url());
      builder.transport.probeInterval = Duration.ofMillis(10);
      try (HttpServiceRegistry registry = builder.build()) {
        Eventually.await(
            "both are logged",
            Duration.ofSeconds(20),
            () -> {
              assertThat(registry.ping("a")).isPresent();
              return log.levels().size() == 2;
            });
        assertThat(registry.ping("a")).isPresent();
      }
    }
    assertThat(log.levels()).containsExactly(Level.WARNING, Level.INFO);
  }

  @Test
  void whatAServerSaysIsLoggedWithoutTheKeyThatItWasSent() {
    try (FakeRegistry one = FakeRegistry.hung();
        FakeRegistry other = FakeRegistry.hung().then(FakeRegistry.well());
        HttpServiceRegistry registry =
            HttpServiceRegistry.builder(one.url() + "," + other.url())
                .serviceKey("the-secret-key")
                .build()) {
      one.then(
          FakeRegistry.byRequest(
              asked ->
                  FakeRegistry.raw("sent " + asked.headers().get("x-service-key") + "\r\n\r\n")));

      assertThat(registry.ping("a")).isPresent();

      assertThat(log.lines())
          .singleElement()
          .asString()
          .contains("sent ***")
          .doesNotContain("the-secret-key");
    }
  }
}
