package dev.rollcall.http.wire;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LibraryVersionTest {
  @ParameterizedTest
  @ValueSource(strings = {"4.9.0", "4.12.0", "4.10", "5.0.0-alpha.14", "10.1", "unknown", ""})
  void aVersionThatIsNotOlderDoes(String version) {
    LibraryVersion.check("OkHttp", version, 4, 9);
  }

  @ParameterizedTest
  @ValueSource(strings = {"4.8.1", "3.14 or older", "0.1"})
  void anOlderOneIsNamedInOneClearError(String version) {
    assertThatIllegalStateException()
        .isThrownBy(() -> LibraryVersion.check("OkHttp", version, 4, 9))
        .withMessage(
            "Rollcall needs OkHttp 4.9 or later, and found %s; set its version in the"
                + " application's build",
            version);
  }

  @Test
  void theJacksonThatTestsRunOnDoes() {
    LibraryVersion.checkJackson();
  }
}
