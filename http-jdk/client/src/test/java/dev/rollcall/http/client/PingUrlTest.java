package dev.rollcall.http.client;

import static dev.rollcall.http.client.harness.FakeRegistry.well;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.http.client.harness.FakeRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a registry wants a service to be pinged, it is; but never at another server. */
class PingUrlTest {
  private static final String OWN = "/services/a/$ping";

  private final FakeRegistry fake = FakeRegistry.hung();
  private final FakeRegistry other = FakeRegistry.hung().then(well());
  private final HttpServiceRegistry registry =
      HttpServiceRegistry.builder(fake.url()).serviceKey("secret").build();

  @AfterEach
  void close() {
    registry.close();
    fake.close();
    other.close();
  }

  /** Registers; the answer, a success, is given to what is asked next, too. */
  private void registerWithPingUrl(String url) {
    fake.then(well("\"lease_id\":\"L\",\"ping_url\":\"" + url + "\","));
    registry.register(Registration.builder("http://h").id("a").build());
  }

  private String pinged() {
    assertThat(registry.ping("a")).isPresent();
    return fake.lastAsked().target();
  }

  private String pinged(String lease) {
    assertThat(registry.ping("a", lease)).isPresent();
    return fake.lastAsked().target();
  }

  @Test
  void aPingGoesWhereTheRegistrySaysWithTheLeaseOnce() {
    registerWithPingUrl(fake.url() + "/keepalive/17?token=x&lease=L");

    assertThat(pinged("L")).isEqualTo("/keepalive/17?token=x&lease=L");
    assertThat(pinged("M")).isEqualTo("/keepalive/17?token=x&lease=M");
    assertThat(pinged()).isEqualTo("/keepalive/17?token=x");
    assertThat(registry.ping("b")).isPresent();
    assertThat(fake.lastAsked().target()).isEqualTo("/services/b/$ping");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/p/a", "../p/a", "//127.0.0.1:%d/p/a", "HTTP://127.0.0.1:%d/x/../p/a"})
  void aRelativeUrlResolvesAgainstTheRegistrationUrl(String url) {
    registerWithPingUrl(url.formatted(Integer.parseInt(fake.url().replaceAll(".*:", ""))));

    assertThat(pinged("L")).isEqualTo("/p/a?lease=L");
  }

  @Test
  void theUsualUrlIsTheUsualPing() {
    registerWithPingUrl(fake.url() + OWN + "?lease=L");

    assertThat(pinged("L")).isEqualTo(OWN + "?lease=L");
    assertThat(pinged()).isEqualTo(OWN);
  }

  @Test
  void anotherServerIsNeverPinged() {
    for (String url :
        new String[] {
          other.url() + "/p/a",
          fake.url().replace("127.0.0.1", "localhost") + "/p/a",
          fake.url().replace("http:", "https:") + "/p/a",
          "http://127.0.0.1/p/a",
          "ftp://127.0.0.1/p/a",
          "mailto:a",
          "http://"
        }) {
      registerWithPingUrl(url);

      assertThat(pinged("L")).as(url).isEqualTo(OWN + "?lease=L");
    }
    assertThat(other.asked()).isEmpty();
  }

  @Test
  void whenTheServiceIsGoneItsUrlIsForgotten() {
    registerWithPingUrl("/p/a");
    fake.then(404, "{\"detail\":\"gone\"}").then(well());

    assertThat(registry.ping("a", "L")).isEmpty();
    assertThat(pinged()).isEqualTo(OWN);

    registerWithPingUrl("/p/a");
    registry.deregister("a");
    assertThat(pinged()).isEqualTo(OWN);
  }

  @Test
  void anotherRegistrationBringsAnotherUrl() {
    registerWithPingUrl("/p/a");
    registerWithPingUrl("/q/a");
    assertThat(pinged()).isEqualTo("/q/a");

    registerWithPingUrl(OWN);
    assertThat(pinged()).isEqualTo(OWN);
  }

  @Test
  void aSupersededLeaseIsPingedWhereItWas() {
    registerWithPingUrl("/p/a");
    fake.then(409, "{\"detail\":\"superseded\"}").then(well());

    // Elsewhere the answer could be 404, and the service would take its id back.
    assertThatThrownBy(() -> registry.ping("a", "L")).isInstanceOf(LeaseSupersededException.class);
    assertThat(pinged("L")).isEqualTo("/p/a?lease=L");
  }
}
