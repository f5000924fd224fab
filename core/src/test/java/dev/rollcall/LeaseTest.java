package dev.rollcall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LeaseTest {
  private static final Instant END = Instant.parse("2026-11-23T18:01:32.977Z");
  private static final Lease LEASE = Lease.of("a", Duration.ofSeconds(30), END);

  @Test
  void itTellsWhenTheServiceWasHeardOf() {
    assertThat(LEASE.id()).isEqualTo("a");
    assertThat(LEASE.ttl()).isEqualTo(Duration.ofSeconds(30));
    assertThat(LEASE.expiresAt()).isEqualTo(END);
    assertThat(LEASE.lastPingAt()).isEqualTo(END.minusSeconds(30));
  }

  @Test
  void aLeaseIdChangesNothingElse() {
    Lease fenced = LEASE.withLeaseId("fence");

    assertThat(LEASE.leaseId()).isEmpty();
    assertThat(fenced.leaseId()).contains("fence");
    assertThat(fenced).usingRecursiveComparison().ignoringFields("leaseId").isEqualTo(LEASE);
  }

  @Test
  void itsTextDoesNotTellTheLeaseId() {
    assertThat(LEASE.withLeaseId("fence").toString())
        .isEqualTo("Lease[id=a, ttl=PT30S, expiresAt=2026-11-23T18:01:32.977Z]");
  }

  @Test
  void nullIsRefused() {
    assertThatNullPointerException().isThrownBy(() -> Lease.of(null, Duration.ZERO, END));
    assertThatNullPointerException().isThrownBy(() -> Lease.of("a", null, END));
    assertThatNullPointerException().isThrownBy(() -> Lease.of("a", Duration.ZERO, null));
    assertThatNullPointerException().isThrownBy(() -> LEASE.withLeaseId(null));
  }
}
