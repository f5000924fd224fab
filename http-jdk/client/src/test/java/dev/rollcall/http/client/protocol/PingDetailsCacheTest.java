package dev.rollcall.http.client.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.client.protocol.PingDetailsCache.PingDetails;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PingDetailsCacheTest {
  private static final Duration DEFAULT_TTL = Duration.ofSeconds(30);

  private final PingDetailsCache pingDetails = new PingDetailsCache();

  private static PingDetails details(int seconds) {
    return new PingDetails(Duration.ofSeconds(seconds), Optional.empty());
  }

  @Test
  void beyondTheBoundTheOldestIsForgotten() {
    for (int i = 0; i < 100_000; i++) {
      pingDetails.remember("s" + i, details(1));
    }
    pingDetails.remember("s0", details(2));
    pingDetails.remember("one more", details(3));

    assertThat(pingDetails.of("one more")).isEqualTo(details(3));
    assertThat(pingDetails.of("s0")).isEqualTo(details(2));
    assertThat(pingDetails.of("s1").ttl()).isEqualTo(DEFAULT_TTL);
    assertThat(pingDetails.of("s2")).isEqualTo(details(1));
  }

  @Test
  void whatWasRegisteredMeanwhileIsNotForgotten() {
    pingDetails.remember("a", details(1));
    PingDetails asked = pingDetails.of("a");
    pingDetails.remember("a", details(2));

    pingDetails.forget("a", asked);
    assertThat(pingDetails.of("a")).isEqualTo(details(2));
    pingDetails.forget("a", pingDetails.of("a"));
    assertThat(pingDetails.of("a").ttl()).isEqualTo(DEFAULT_TTL);
  }
}
