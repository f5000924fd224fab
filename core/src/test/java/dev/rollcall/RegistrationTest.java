package dev.rollcall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RegistrationTest {
  private static final Duration TTL = Duration.ofSeconds(5);

  @Test
  void itNeedsNothingButAUrl() {
    Registration registration = Registration.builder("http://h").build();

    assertThat(registration.url()).isEqualTo("http://h");
    assertThat(registration.id()).isEmpty();
    assertThat(registration.info()).isEmpty();
    assertThat(registration.ttl()).isEmpty();
  }

  @Test
  void itKeepsWhatWasSet() {
    Registration registration =
        Registration.builder("http://h").id("a").info(Map.of("v", 1)).ttl(TTL).build();

    assertThat(registration.id()).contains("a");
    assertThat(registration.info()).isEqualTo(Map.of("v", 1));
    assertThat(registration.ttl()).contains(TTL);
  }

  @Test
  void aBuilderFromItDiffersInWhatIsSetNext() {
    Registration first =
        Registration.builder("http://h").id("a").info(Map.of("v", 1)).ttl(TTL).build();
    Registration second = first.toBuilder().id("b").build();

    assertThat(second.id()).contains("b");
    assertThat(second.url()).isEqualTo("http://h");
    assertThat(second.info()).isSameAs(first.info());
    assertThat(second.ttl()).contains(TTL);
    assertThat(first.id()).contains("a");
  }

  @Test
  void itsTextTellsIdAndUrlAndNoInfo() {
    assertThat(Registration.builder("http://h").info(Map.of("secret", 1)).build())
        .hasToString("Registration[id=(to be generated), url=http://h]");
    assertThat(Registration.builder("http://h").id("a").build())
        .hasToString("Registration[id=a, url=http://h]");
  }

  @Test
  void theInfosIdIsCheckedOnlyWhereItCounts() {
    Registration.Builder builder = Registration.builder("http://h").info(Map.of("id", "no id!"));

    assertThatIllegalArgumentException()
        .isThrownBy(builder::build)
        .withMessageStartingWith(
            "info.id is not a service id (set another with id()): an id holds");
    assertThat(builder.id("a").build().id()).contains("a");
  }

  @ParameterizedTest
  @MethodSource("dev.rollcall.contract.Samples#badUrls")
  void aBadUrlIsRefusedAtOnce(String url) {
    assertThatIllegalArgumentException().isThrownBy(() -> Registration.builder(url));
  }

  @ParameterizedTest
  @MethodSource("dev.rollcall.contract.Samples#badTtls")
  void aBadTtlIsRefusedAtOnce(Duration ttl) {
    Registration.Builder builder = Registration.builder("http://h");

    assertThatIllegalArgumentException().isThrownBy(() -> builder.ttl(ttl));
  }

  @Test
  void nullIsRefusedAtOnce() {
    Registration.Builder builder = Registration.builder("http://h");

    assertThatNullPointerException().isThrownBy(() -> Registration.builder(null));
    assertThatNullPointerException().isThrownBy(() -> builder.id(null));
    assertThatNullPointerException().isThrownBy(() -> builder.info(null));
    assertThatNullPointerException().isThrownBy(() -> builder.ttl(null));
  }
}
