package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KnownTest {
  private static final Duration DEFAULT_TTL = Duration.ofSeconds(30);

  private final Known known = new Known();

  private static Known.Details details(int seconds) {
    return new Known.Details(Duration.ofSeconds(seconds), Optional.empty());
  }

  @Test
  void beyondTheBoundTheOldestIsForgotten() {
    for (int i = 0; i < 100_000; i++) {
      known.remember("s" + i, details(1));
    }
    known.remember("s0", details(2));
    known.remember("one more", details(3));

    assertThat(known.of("one more")).isEqualTo(details(3));
    assertThat(known.of("s0")).isEqualTo(details(2));
    assertThat(known.of("s1").ttl()).isEqualTo(DEFAULT_TTL);
    assertThat(known.of("s2")).isEqualTo(details(1));
  }

  @Test
  void whatWasRegisteredMeanwhileIsNotForgotten() {
    known.remember("a", details(1));
    Known.Details asked = known.of("a");
    known.remember("a", details(2));

    known.forget("a", asked);
    assertThat(known.of("a")).isEqualTo(details(2));
    known.forget("a", known.of("a"));
    assertThat(known.of("a").ttl()).isEqualTo(DEFAULT_TTL);
  }
}
