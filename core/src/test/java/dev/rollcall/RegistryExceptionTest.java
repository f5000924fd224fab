package dev.rollcall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegistryExceptionTest {
  private final IOException cause = new IOException("reset");

  @Test
  void whatMayBeTriedAgainIsOneKindAndWhatMayNotTheOther() {
    List<RegistryException> again =
        List.of(
            new RegistryUnavailableException("m"),
            new RegistryFullException("m"),
            new RegistryBusyException("m"),
            new StoreUnavailableException("m"));
    List<RegistryException> never =
        List.of(
            new RejectedException("m"),
            new AccessDeniedException("m"),
            new LeaseSupersededException("m"));

    assertThat(again).allMatch(e -> e instanceof RegistryUnavailableException);
    assertThat(never).allMatch(e -> e instanceof RejectedException);
    assertThat(again).allSatisfy(e -> assertThat(e).hasMessage("m").hasNoCause());
    assertThat(never).allSatisfy(e -> assertThat(e).hasMessage("m").hasNoCause());
  }

  @Test
  void theCauseIsKept() {
    assertThat(new RegistryUnavailableException("m", cause)).hasMessage("m").hasCause(cause);
    assertThat(new StoreUnavailableException("m", cause)).hasMessage("m").hasCause(cause);
  }

  @Test
  void theWaitThatARegistryAsksForIsTold() {
    assertThat(new RegistryUnavailableException("m", Duration.ofSeconds(3)).retryAfter())
        .contains(Duration.ofSeconds(3));
    assertThat(new RegistryUnavailableException("m").retryAfter()).isEmpty();
    assertThat(new RegistryUnavailableException("m", cause).retryAfter()).isEmpty();
  }

  @Test
  void nullIsRefused() {
    assertThatNullPointerException()
        .isThrownBy(() -> new RegistryUnavailableException("m", (Throwable) null));
    assertThatNullPointerException()
        .isThrownBy(() -> new RegistryUnavailableException("m", (Duration) null));
  }
}
