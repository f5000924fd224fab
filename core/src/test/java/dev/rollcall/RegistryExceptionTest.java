package dev.rollcall;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryExceptionTest {
  private final IOException cause = new IOException("reset");
  private final Duration wait = Duration.ofSeconds(3);

  private final List<RegistryUnavailableException> again =
      List.of(
          new RegistryUnavailableException("m", cause, wait),
          new RegistryFullException("m", cause, wait),
          new RegistryBusyException("m", cause, wait),
          new StoreUnavailableException("m", cause, wait));

  private final List<RejectedException> never =
      List.of(
          new RejectedException("m", cause),
          new AccessDeniedException("m", cause),
          new LeaseSupersededException("m", cause));

  @Test
  void theMessageAndTheCauseAreKept() {
    assertThat(again).allSatisfy(e -> assertThat(e).hasMessage("m").hasCause(cause));
    assertThat(never).allSatisfy(e -> assertThat(e).hasMessage("m").hasCause(cause));
  }

  @Test
  void theWaitThatARegistryAsksForIsToldBesideTheCause() {
    assertThat(again).allSatisfy(e -> assertThat(e.retryAfter()).contains(wait));
  }

  @Test
  void aCauseAndAWaitMayBeMissing() {
    var bare = new RegistryUnavailableException("m", null, null);

    assertThat(bare).hasNoCause();
    assertThat(bare.retryAfter()).isEmpty();
    assertThat(new RejectedException("m", null)).hasNoCause();
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        RegistryUnavailableException.class,
        RegistryFullException.class,
        RegistryBusyException.class,
        StoreUnavailableException.class,
        RejectedException.class,
        AccessDeniedException.class,
        LeaseSupersededException.class
      })
  void eachIsCreatedInOneWay(Class<? extends RegistryException> type) {
    assertThat(type.getDeclaredConstructors()).hasSize(1);
  }
}
