package dev.rollcall.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.StoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class RenewalTest {
  private static final Lease LEASE =
      Lease.of("a", Duration.ofSeconds(30), Instant.parse("2026-11-23T18:01:32.977Z"));

  private final Renewal renewal = new Renewal("a", Fence.of("lease"), -7);

  private static Supplier<Optional<Lease>> throwing(RuntimeException e) {
    return () -> {
      throw e;
    };
  }

  @Test
  void itKnowsWhatWasAskedForAndWhen() {
    assertThat(renewal.id()).isEqualTo("a");
    assertThat(renewal.fence().leaseId()).contains("lease");
    assertThat(renewal.sinceNanos()).isEqualTo(-7); // A nano time may be negative.
  }

  @Test
  void itKeepsALeaseThatIsReturned() {
    renewal.settle(() -> Optional.of(LEASE));

    assertThat(renewal.lease()).containsSame(LEASE);
    assertThat(renewal.lease()).containsSame(LEASE);
  }

  @Test
  void itKeepsThatTheIdIsNotAlive() {
    renewal.settle(Optional::empty);

    assertThat(renewal.lease()).isEmpty();
  }

  @Test
  void itKeepsWhatIsThrown() {
    RuntimeException superseded = new LeaseSupersededException("superseded", null);
    renewal.settle(throwing(superseded));

    assertThatThrownBy(renewal::lease).isSameAs(superseded);
    assertThatThrownBy(renewal::lease).isSameAs(superseded);
  }

  @Test
  void whatItKeepsIsAskedForOnceAndBeforeSettleReturns() {
    AtomicInteger asked = new AtomicInteger();
    renewal.settle(
        () -> {
          asked.incrementAndGet();
          return Optional.of(LEASE);
        });

    assertThat(asked).hasValue(1);
    assertThat(renewal.lease()).isPresent();
    assertThat(asked).hasValue(1);
  }

  @Test
  void aLaterOutcomeReplacesAnEarlierOne() {
    RuntimeException down = new StoreUnavailableException("down", null, null);

    renewal.settle(throwing(down));
    renewal.settle(() -> Optional.of(LEASE));
    assertThat(renewal.lease()).containsSame(LEASE);

    renewal.settle(throwing(down));
    assertThatThrownBy(renewal::lease).isSameAs(down);
  }

  @Test
  void anOutcomeMayBeMadeOfTheOneBefore() {
    renewal.settle(() -> Optional.of(LEASE));
    renewal.settle(() -> renewal.lease().map(lease -> lease.withLeaseId("lease")));
    assertThat(renewal.lease().flatMap(Lease::leaseId)).contains("lease");

    RuntimeException down = new StoreUnavailableException("down", null, null);
    renewal.settle(throwing(down));
    renewal.settle(renewal::lease);
    assertThatThrownBy(renewal::lease).isSameAs(down);
  }

  @Test
  void beforeItIsSettledThereIsNothingToTell() {
    assertThatIllegalStateException().isThrownBy(renewal::lease).withMessageContaining("'a'");
  }

  @Test
  void nullIsRefused() {
    assertThatNullPointerException().isThrownBy(() -> new Renewal(null, Fence.none(), 0));
    assertThatNullPointerException().isThrownBy(() -> new Renewal("a", null, 0));
  }
}
