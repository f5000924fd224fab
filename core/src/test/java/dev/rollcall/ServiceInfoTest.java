package dev.rollcall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceInfoTest {
  @Test
  void itsFieldsHaveTheirNamesInJsonAndTheirOrder() {
    ServiceInfo info =
        ServiceInfo.builder("my-service")
            .displayName("My Service")
            .version("1.0.0")
            .description("Serves")
            .with("capabilities", List.of("a", "b"))
            .build();

    assertThat(info.toMap().toString())
        .isEqualTo(
            "{id=my-service, display_name=My Service, version=1.0.0, description=Serves,"
                + " capabilities=[a, b]}");
    assertThat(ServiceInfo.builder().build().toMap()).isEmpty();
  }

  @Test
  void whatJsonCannotHoldIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServiceInfo.builder().with("now", Thread.currentThread()).build())
        .withMessageContaining("info.now");
    assertThatIllegalArgumentException().isThrownBy(() -> ServiceInfo.builder("no id"));
  }
}
