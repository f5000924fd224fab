package dev.rollcall.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.rollcall.Registration;
import dev.rollcall.Ttl;
import dev.rollcall.Ulid;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClaimTest {
  private static final Ulid LEASE = new Ulid(1, 2);
  private static final Duration TTL = Duration.ofSeconds(30);

  @Test
  void itsIdIsTheRegistrations() {
    Registration registration = Registration.builder("http://h").id("a").build();

    assertThat(new Claim(registration, LEASE, TTL).id()).isEqualTo("a");
  }

  @Test
  void aRegistrationWithoutAnIdClaimsNothing() {
    Registration registration = Registration.builder("http://h").build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Claim(registration, LEASE, TTL))
        .withMessageContaining("has an id")
        .withMessageContaining("http://h");
  }

  @Test
  void nullIsRefused() {
    Registration registration = Registration.builder("http://h").id("a").build();

    assertThatNullPointerException().isThrownBy(() -> new Claim(null, LEASE, TTL));
    assertThatNullPointerException().isThrownBy(() -> new Claim(registration, null, TTL));
    assertThatNullPointerException().isThrownBy(() -> new Claim(registration, LEASE, null));
  }

  @Test
  void aTtlThatNoStoreCouldKeepIsRefused() {
    Registration registration = Registration.builder("http://h").id("a").build();

    assertThat(new Claim(registration, LEASE, Ttl.MAX).ttl()).isEqualTo(Ttl.MAX);
    for (Duration ttl :
        new Duration[] {
          Duration.ZERO,
          Duration.ofMillis(-1),
          Ttl.MAX.plusMillis(1),
          Duration.ofSeconds(Long.MAX_VALUE)
        }) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Claim(registration, LEASE, ttl))
          .withMessageContaining("a claim's ttl is positive and at most PT24H, not " + ttl);
    }
  }
}
