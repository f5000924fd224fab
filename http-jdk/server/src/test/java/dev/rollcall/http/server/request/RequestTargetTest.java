package dev.rollcall.http.server.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {
  @ParameterizedTest
  @CsvSource({
    "'', /, []",
    "'', //, [|]",
    "'', ///, [|]",
    "'', ////, [||]",
    "'', /services, [services]",
    "'', /services/, [services]",
    "'', /services//, [services|]",
    "'', //services, [|services]",
    "'', /services/a/$ping, [services|a|$ping]",
    "'', /services/a/$ping/, [services|a|$ping]",
    "'', /services//$ping, [services||$ping]",
    "'', /services/a%2Fb/%24ping, [services|a/b|$ping]",
    "'', /services/a+b%20c, [services|a+b c]",
    "/v2, /v2/, []",
    "/v2, /v2//, [|]",
    "/v2, /v2/services/a/, [services|a]"
  })
  void theSegmentsAreWhatIsBetweenTheSlashesWithoutTheLast(
      String base, String path, String segments) {
    String[] found = RequestTarget.of("http://h" + path).segmentsBelow(base);

    assertThat("[" + String.join("|", found) + "]").isEqualTo(segments);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v2", "/v2services", "/services", "/", "/V2/services"})
  void whatIsNotBelowTheBasePathHasNoSegments(String path) {
    assertThat(RequestTarget.of(path).segmentsBelow("/v2")).isNull();
  }

  @Test
  void aMalformedEscapeIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RequestTarget.of("/services/%zz").segmentsBelow(""));
  }

  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "lease=1, 1",
    "lease=, ''",
    "lease=1&lease=2, 1",
    "a=b&lease=1, 1",
    "&&lease=1&, 1",
    "lease=%31&x, 1",
    "lease=a+b%26c, a+b&c"
  })
  void theFenceIsTheFirstLeaseOfTheQuery(String query, String lease) {
    assertThat(ServiceReference.of("a", query).fence().leaseId().orElse("")).isEqualTo(lease);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "&", "lease", "Lease=1", "release=1", "a&b=lease=1", "%6cease=1"})
  void aQueryWithoutALeaseHasNoFence(String query) {
    assertThat(ServiceReference.of("a", query).fence().leaseId()).isEmpty();
  }
}
