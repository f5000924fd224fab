package dev.rollcall.http.server.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScrapeUrlTest {
  @ParameterizedTest
  @CsvSource({
    "http://h, http, h:80, ''",
    "https://h, https, h:443, ''",
    "http://h:, http, h:80, ''",
    "HTTP://H:8000, http, H:8000, ''",
    "HttpS://my_service:08443/, https, my_service:8443, ''",
    "http://10.0.0.7:8000/api, http, 10.0.0.7:8000, /api",
    "http://h/api/v2//, http, h:80, /api/v2",
    "http://h/a%20b?q=/x#/y, http, h:80, /a%20b",
    "http://h?q=/x, http, h:80, ''",
    "http://h/#f, http, h:80, ''",
    "http://[2001:db8::7]:8000/api, http, [2001:db8::7]:8000, /api",
    "https://[::1], https, [::1]:443, ''",
    "http://[fe80::1%eth0]:8000, http, [fe80::1%eth0]:8000, ''",
    "http://h/user@x, http, h:80, /user@x"
  })
  void aUrlHasASchemeAnAddressAndABasePath(
      String url, String scheme, String address, String basePath) {
    assertThat(ScrapeUrl.of(url)).contains(new ScrapeUrl(scheme, address, basePath));
  }

  /** Another registry over the same store may have accepted these. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "h:8000",
        "ftp://h",
        "http://",
        "http:///x",
        "http://:8000",
        "http://user:secret@h",
        "http://h:65536",
        "http://h:999999",
        "http://h:x",
        "http://h x",
        "http://::1",
        "http://[h]"
      })
  void whatHasNoAddressIsNone(String url) {
    assertThat(ScrapeUrl.of(url)).isEmpty();
  }

  @Test
  void aUrlThatIsTooLongToBeRegisteredIsNone() {
    assertThat(ScrapeUrl.of("http://h/" + "x".repeat(2_039))).isPresent();
    assertThat(ScrapeUrl.of("http://h/" + "x".repeat(2_040))).isEmpty();
  }
}
