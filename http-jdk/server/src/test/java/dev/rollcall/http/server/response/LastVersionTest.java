package dev.rollcall.http.server.response;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Service;
import dev.rollcall.discovery.SetVersion;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** That a version that is known is right for each list. */
class LastVersionTest {
  private static final Instant THEN = Instant.parse("2026-01-01T12:00:00Z");

  private final LastVersion lastVersion = new LastVersion();

  private static Service service(String id, long revision, String url, Instant expiresAt) {
    return new Service(id, id, url, Map.of(), THEN, THEN, THEN, expiresAt, revision);
  }

  private static Service service(String id, long revision) {
    return service(id, revision, "http://h", THEN);
  }

  private void check(Service... services) {
    List<Service> list = List.of(services);
    assertThat(lastVersion.of(list)).isEqualTo(SetVersion.of(list));
    assertThat(lastVersion.of(list)).isEqualTo(SetVersion.of(list));
  }

  @Test
  void theVersionIsThatOfTheListWhateverTheOneBeforeWas() {
    check();
    check(service("a", 1));
    check(service("a", 2));
    check(service("b", 2));
    check(service("a", 1), service("b", 2));
    check(service("a", 2), service("b", 1));
    check(service("b", 1));
    check();
  }

  @Test
  void aPingDoesNotMakeItAnew() {
    SetVersion version = lastVersion.of(List.of(service("a", 1)));

    assertThat(lastVersion.of(List.of(service("a", 1, "http://h", THEN.plusSeconds(9)))))
        .isSameAs(version);
  }

  @Test
  void servicesWithoutARevisionAreLookedAtWhole() {
    check(service("a", 0, "http://one", THEN));
    check(service("a", 0, "http://other", THEN));
  }
}
