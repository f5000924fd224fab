package dev.rollcall.contract;

import static dev.rollcall.contract.StoreFixture.aClaim;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Service;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long an entry lives, to the millisecond. */
public interface StoreLeaseContract extends StoreFixture {

  @ParameterizedTest
  @ValueSource(longs = {1_000, 1_001, 30_000, 86_400_000})
  default void anEntryLivesForItsTtlAndNotAMillisecondMore(long ttlMillis) {
    store().put(aClaim("a", Duration.ofMillis(ttlMillis)));
    elapse(Duration.ofMillis(ttlMillis).minus(MILLI).minus(clockTolerance()));
    assertThat(store().find("a")).isPresent();
    assertThat(store().list()).hasSize(1);

    elapse(MILLI.plus(clockTolerance()));
    assertThat(store().find("a")).isEmpty();
    assertThat(store().list()).isEmpty();
    assertThat(store().renew("a", Fence.none())).isEmpty();
    assertThat(store().remove("a", Fence.none())).isEmpty();
  }

  @Test
  default void whatNobodyLookedAtSinceItsExpiryIsGoneToTheFirstCaller() {
    store().put(aClaim("a"));
    store().put(aClaim("b"));
    elapse(TTL);

    assertThat(store().renew("a", Fence.none())).isEmpty();
    assertThat(store().remove("b", Fence.none())).isEmpty();
  }

  @Test
  default void aRenewedEntryLivesForOneTtlFromTheRenewal() {
    store().put(aClaim("a", Duration.ofMillis(21_500)));
    elapse(Duration.ofSeconds(15));
    assertThat(store().renew("a", Fence.none())).isPresent();
    elapse(Duration.ofSeconds(15));
    assertThat(store().find("a")).isPresent(); // a renewal that added nothing fails here
    elapse(Duration.ofMillis(6_500));
    assertThat(store().find("a")).isEmpty(); // one that added two ttls fails here
  }

  @Test
  default void aRenewalAnswersTheLeaseThatReadersSee() {
    store().put(aClaim("a"));
    elapse(Duration.ofSeconds(10));
    Lease renewed = store().renew("a", Fence.none()).orElseThrow();

    assertThat(renewed.id()).isEqualTo("a");
    assertThat(renewed.ttl()).isEqualTo(TTL);
    assertThat(renewed.expiresAt()).isEqualTo(store().find("a").orElseThrow().expiresAt());
  }

  @Test
  default void aRenewalChangesNothingButTheLease() {
    store().put(aClaim("a"));
    Service before = store().find("a").orElseThrow();
    elapse(Duration.ofSeconds(10));
    store().renew("a", Fence.none());

    Service after = store().find("a").orElseThrow();
    assertThat(after)
        .usingRecursiveComparison()
        .ignoringFields("lastPingAt", "expiresAt")
        .isEqualTo(before);
    assertThat(after.ttl()).isEqualTo(before.ttl());
  }

  @Test
  default void aPutStartsTheLeaseAgainEvenAShorterOne() {
    store().put(aClaim("a", Duration.ofSeconds(600)));
    store().put(aClaim("a", Duration.ofSeconds(5)));
    elapse(Duration.ofSeconds(5));
    assertThat(store().find("a")).isEmpty();
  }
}
