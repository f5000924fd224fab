package dev.rollcall.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.control.AtomicStore;
import dev.rollcall.contract.control.BulkStore;
import dev.rollcall.spi.Renewal;
import dev.rollcall.spi.TtlStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A renewal in bulk is counted as it would be alone. */
class BulkMetricsTest {
  private final StoreUnavailableException down = new StoreUnavailableException("down", null, null);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final BulkStore bulk = new BulkStore(new AtomicStore(new ManualClock()));
  private final TtlStore store = RollcallMetrics.of(meters).measured(bulk);

  /** The store cannot be asked for one id. */
  @BeforeEach
  void breakOne() {
    bulk.onEachBulk(
        renewals -> {
          bulk.renewEach(renewals);
          for (Renewal each : renewals) {
            if (each.id().equals("down")) {
              each.settle(
                  () -> {
                    throw down;
                  });
            }
          }
        });
  }

  private static Renewal renewal(String id, Fence fence) {
    return new Renewal(id, fence, System.nanoTime());
  }

  private double count(String name, String... tags) {
    return meters.get(name).tags(tags).counter().count();
  }

  private long renewals() {
    return meters.get("rollcall.store").tags("operation", "renew").timer().count();
  }

  @Test
  void eachRenewalIsCountedAndTimedAndToldAsItIs() {
    Lease lease =
        ServiceRegistry.over(store).register(Registration.builder("http://h").id("a").build());
    Fence holder = Fence.of(lease.leaseId().orElseThrow());
    Renewal alive = renewal("a", holder);
    Renewal aliveToo = renewal("a", Fence.none());
    Renewal superseded = renewal("a", Fence.of("another's"));
    Renewal gone = renewal("gone", Fence.none());
    Renewal failed = renewal("down", Fence.none());
    store.bulkRenewal().orElseThrow().renewAll(List.of(alive, failed, superseded, gone, aliveToo));

    assertThat(bulk.bulks()).containsExactly(List.of("a", "down", "a", "gone", "a"));
    assertThat(alive.lease().orElseThrow().leaseId()).isEqualTo(lease.leaseId());
    assertThat(aliveToo.lease().orElseThrow().leaseId()).isEmpty();
    assertThatThrownBy(superseded::lease).isInstanceOf(LeaseSupersededException.class);
    assertThat(gone.lease()).isEmpty();
    assertThatThrownBy(failed::lease).isSameAs(down);
    assertThat(count("rollcall.pings")).isEqualTo(2);
    assertThat(renewals()).isEqualTo(5);
    assertThat(count("rollcall.store.errors", "operation", "renew")).isEqualTo(1);
  }

  @Test
  void toReadAnOutcomeCountsNothing() {
    Renewal failed = renewal("down", Fence.none());
    store.bulkRenewal().orElseThrow().renewAll(List.of(failed));
    assertThatThrownBy(failed::lease).isSameAs(down);
    assertThatThrownBy(failed::lease).isSameAs(down);

    assertThat(renewals()).isEqualTo(1);
    assertThat(count("rollcall.store.errors", "operation", "renew")).isEqualTo(1);
  }

  @Test
  void aClosedStoreCountsNothing() {
    store.close();
    List<Renewal> renewals = List.of(renewal("a", Fence.none()));

    assertThatIllegalStateException()
        .isThrownBy(() -> store.bulkRenewal().orElseThrow().renewAll(renewals))
        .withMessageContaining("closed");
    assertThat(renewals()).isZero();
  }

  @Test
  void aMeasuredStoreRenewsInBulkIfTheStoreDoes() {
    try (TtlStore memory =
        RollcallMetrics.of(new SimpleMeterRegistry()).measured(TtlStore.open("memory:"))) {
      assertThat(memory.bulkRenewal()).isEmpty();
    }
    assertThat(store.bulkRenewal()).isPresent();
  }
}
