package dev.rollcall;

import static dev.rollcall.contract.RegistryFixture.aService;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.Samples;
import dev.rollcall.contract.control.AtomicStore;
import dev.rollcall.contract.control.BulkStore;
import dev.rollcall.spi.BulkRenewal;
import dev.rollcall.spi.Renewal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a registry makes of its store's way to renew in bulk. */
class BulkPingTest {
  private final BulkStore store = new BulkStore(new AtomicStore(new ManualClock()));
  private final StoreRegistry registry = StoreRegistry.builder(store).build();

  private static Renewal ping(String id, Fence fence) {
    return new Renewal(id, fence, System.nanoTime());
  }

  private static Renewal ping(String id) {
    return ping(id, Fence.none());
  }

  @Test
  void whereTheStoreHasNoneNorHasTheRegistry() {
    AtomicStore none = new AtomicStore(new ManualClock());

    assertThat(StoreRegistry.builder(none).build().bulkPing()).isEmpty();
  }

  @Test
  void eachPingComesToWhatItWouldAloneAndAllAreOneStepOfTheStore() {
    Fence old = Fence.of(registry.register(aService("a").build()).leaseId().orElseThrow());
    Fence current = Fence.of(registry.register(aService("a").build()).leaseId().orElseThrow());
    Renewal holder = ping("a", current);
    Renewal superseded = ping("a", old);
    Renewal nobody = ping("b");
    registry.bulkPing().orElseThrow().renewAll(List.of(holder, superseded, nobody));

    assertThat(holder.lease().orElseThrow().leaseId()).isEqualTo(current.leaseId());
    assertThatThrownBy(superseded::lease).isInstanceOf(LeaseSupersededException.class);
    assertThat(nobody.lease()).isEmpty();
    assertThat(store.bulks()).containsExactly(List.of("a", "a", "b"));
  }

  @Test
  void anIdThatNoServiceCanHaveNeverReachesTheStoreAndTheOthersDoTogether() {
    registry.register(aService("first").build());
    registry.register(aService("last").build());
    List<Renewal> impossible = Samples.badIds().map(BulkPingTest::ping).toList();
    Renewal first = ping("first");
    Renewal last = ping("last");
    List<Renewal> all = new ArrayList<>(impossible);
    all.add(0, first);
    all.add(last);
    registry.bulkPing().orElseThrow().renewAll(all);

    assertThat(store.bulks()).containsExactly(List.of("first", "last"));
    assertThat(impossible).isNotEmpty().allSatisfy(each -> assertThat(each.lease()).isEmpty());
    assertThat(first.lease()).isPresent();
    assertThat(last.lease()).isPresent();
  }

  @Test
  void aClosedRegistryAsksNothing() {
    BulkRenewal before = registry.bulkPing().orElseThrow();
    registry.close();
    Renewal ping = ping("a");

    assertThatIllegalStateException().isThrownBy(() -> before.renewAll(List.of(ping)));
    assertThatIllegalStateException()
        .isThrownBy(() -> registry.bulkPing().orElseThrow().renewAll(List.of(ping("no id!"))));
    assertThat(store.bulks()).isEmpty();
    assertThatIllegalStateException().isThrownBy(ping::lease).withMessageContaining("not settled");
  }
}
