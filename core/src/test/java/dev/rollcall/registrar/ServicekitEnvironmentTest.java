package dev.rollcall.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ServicekitEnvironmentTest {
  @Test
  void whatAMessageShowsOfATextHasNoCredentials() {
    assertThat(ServicekitEnvironment.masked("my_host")).isEqualTo("my_host");
    assertThat(ServicekitEnvironment.masked("user:s3/cr@et@h:80")).isEqualTo("***@h:80");
  }

  @Test
  void theNamesAreServicekits() {
    assertThat(EnvironmentVariable.values())
        .extracting(EnvironmentVariable::defaultName)
        .containsExactly(
            "SERVICEKIT_ORCHESTRATOR_URL",
            "SERVICEKIT_HOST",
            "SERVICEKIT_PORT",
            "SERVICEKIT_REGISTRATION_KEY");
    assertThat(ServicekitEnvironment.DEFAULT_PORT).isEqualTo(8000);
  }

  @Test
  void aBlankValueCountsAsNotSet() {
    assertThat(new ServicekitEnvironment(Map.of("SERVICEKIT_HOST", " ")).host()).isEmpty();
  }
}
