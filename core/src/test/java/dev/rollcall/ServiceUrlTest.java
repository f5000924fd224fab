package dev.rollcall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ServiceUrlTest {

  @ParameterizedTest
  @MethodSource("dev.rollcall.contract.Samples#urls")
  void aUrlIsItself(String url) {
    assertThat(ServiceUrl.check(url)).isEqualTo(url);
  }

  @ParameterizedTest
  @MethodSource("dev.rollcall.contract.Samples#badUrls")
  void anyOtherTextIsRefused(String url) {
    assertThatIllegalArgumentException().isThrownBy(() -> ServiceUrl.check(url));
  }

  @Test
  void credentialsAreRefusedByAMessageThatDoesNotShowThem() {
    for (String url :
        new String[] {"http://user:s3cret@h", "http://s3cret@h:80/x", "https://a@s3cret@h"}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ServiceUrl.check(url))
          .withMessageStartingWith("a url holds no user name and no password")
          .withMessageNotContaining("s3cret");
    }
  }

  @Test
  void theMessageSaysWhatIsWrong() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServiceUrl.check("http://h/" + "x".repeat(2048)))
        .withMessage("a url has 1 to 2048 characters; this one has 2057");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServiceUrl.check("http://h/ "))
        .withMessage("a url holds no spaces and no control characters");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServiceUrl.check("ftp://h"))
        .withMessageContaining("absolute, http or https, and has a host");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServiceUrl.check("http://h:65536"))
        .withMessage("a url's port is at most 65535; this one is 65536");
  }
}
