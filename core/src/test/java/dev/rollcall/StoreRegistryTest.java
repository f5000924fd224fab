package dev.rollcall;

import static dev.rollcall.contract.RegistryFixture.aService;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.control.AtomicStore;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StoreRegistryTest {
  private final ManualClock clock = new ManualClock();
  private final WatchedStore store = new WatchedStore(new AtomicStore(clock, clock));
  private final StoreRegistry registry = StoreRegistry.builder(store).wallClock(clock).build();

  @Test
  void aServiceThatAsksForNoTtlGetsTheDefault() {
    Registration registration = Registration.builder("http://h").build();
    Duration five = Duration.ofSeconds(5);

    assertThat(registry.register(registration).ttl()).isEqualTo(Duration.ofSeconds(30));
    assertThat(ServiceRegistry.over(store).register(registration).ttl())
        .isEqualTo(Duration.ofSeconds(30));
    assertThat(StoreRegistry.builder(store).defaultTtl(five).build().register(registration).ttl())
        .isEqualTo(five);
  }

  @Test
  void aServiceThatAsksForATtlGetsIt() {
    Lease lease = registry.register(aService("a").ttl(Duration.ofSeconds(7)).build());

    assertThat(lease.ttl()).isEqualTo(Duration.ofSeconds(7));
  }

  @ParameterizedTest
  @MethodSource("dev.rollcall.contract.Samples#badTtls")
  void aDefaultTtlHasTheBoundsOfAnyTtl(Duration ttl) {
    StoreRegistry.Builder builder = StoreRegistry.builder(store);

    assertThatIllegalArgumentException().isThrownBy(() -> builder.defaultTtl(ttl));
  }

  @Test
  void itsClockDatesTheIdsThatItMakes() {
    Lease lease = registry.register(aService().build());

    assertThat(Ulid.parse(lease.id()).map(Ulid::time)).contains(clock.instant());
    assertThat(lease.leaseId().flatMap(Ulid::parse).map(Ulid::time)).contains(clock.instant());
  }

  @ParameterizedTest
  @MethodSource("dev.rollcall.contract.Samples#badIds")
  void anIdThatNoServiceCanHaveNeverReachesTheStore(String id) {
    assertThat(registry.find(id)).isEmpty();
    assertThat(registry.ping(id)).isEmpty();
    assertThat(registry.ping(id, "lease")).isEmpty();
    assertThat(registry.deregister(id)).isEmpty();
    assertThat(registry.deregister(id, "lease")).isEmpty();
    assertThat(store.calls).isEmpty();
  }

  @Test
  void eachCallIsOneStepOfTheStore() {
    Lease lease = registry.register(aService("a").build());
    String leaseId = lease.leaseId().orElseThrow();
    registry.ping("a");
    registry.ping("a", leaseId);
    registry.find("a");
    registry.list();
    registry.deregister("a", leaseId);
    registry.deregister("a");

    assertThat(store.calls)
        .containsExactly(
            "put a",
            "renew a Fence[none]",
            "renew a Fence[" + leaseId + "]",
            "find a",
            "list",
            "remove a Fence[" + leaseId + "]",
            "remove a Fence[none]");
  }

  @Test
  void theListIsSortedWhateverTheStoreAnswersAndCannotBeChanged() {
    List.of("b", "c", "a").forEach(id -> registry.register(aService(id).build()));

    assertThat(registry.list()).extracting(Service::id).containsExactly("a", "b", "c");
    assertThat(registry.list()).isUnmodifiable();
  }

  @Test
  void aClosedRegistryAnswersNothing() {
    registry.close();
    Registration registration = aService("a").build();

    assertThatIllegalStateException().isThrownBy(() -> registry.register(registration));
    assertThatIllegalStateException().isThrownBy(() -> registry.ping("a"));
    assertThatIllegalStateException().isThrownBy(() -> registry.ping("a", "lease"));
    assertThatIllegalStateException().isThrownBy(() -> registry.deregister("a"));
    assertThatIllegalStateException().isThrownBy(() -> registry.deregister("a", "lease"));
    assertThatIllegalStateException().isThrownBy(() -> registry.find("a"));
    assertThatIllegalStateException().isThrownBy(() -> registry.find("no id!"));
    assertThatIllegalStateException().isThrownBy(registry::list);
    assertThat(store.calls).isEmpty();
  }

  @Test
  void aStoreThatItWasGivenStaysOpenWithItsServices() {
    registry.register(aService("a").build());
    registry.close();
    registry.close();

    assertThat(store.closed).isZero();
    assertThat(ServiceRegistry.over(store).find("a")).isPresent();
  }

  @Test
  void aStoreThatItOwnsIsClosedWithIt() {
    StoreRegistry.owning(store).close();

    assertThat(store.closed).isEqualTo(1);
  }

  @Test
  void nullIsRefused() {
    StoreRegistry.Builder builder = StoreRegistry.builder(store);

    assertThatNullPointerException().isThrownBy(() -> StoreRegistry.builder(null));
    assertThatNullPointerException().isThrownBy(() -> builder.defaultTtl(null));
    assertThatNullPointerException().isThrownBy(() -> builder.wallClock(null));
  }

  /** Notes what a store is asked. */
  private static final class WatchedStore implements TtlStore {
    final List<String> calls = new ArrayList<>();
    int closed;
    private final TtlStore store;

    WatchedStore(TtlStore store) {
      this.store = store;
    }

    @Override
    public Lease put(Claim claim) {
      calls.add("put " + claim.id());
      return store.put(claim);
    }

    @Override
    public Optional<Lease> renew(String id, Fence fence) {
      calls.add("renew " + id + " " + fence);
      return store.renew(id, fence);
    }

    @Override
    public Optional<Service> remove(String id, Fence fence) {
      calls.add("remove " + id + " " + fence);
      return store.remove(id, fence);
    }

    @Override
    public Optional<Service> find(String id) {
      calls.add("find " + id);
      return store.find(id);
    }

    @Override
    public Collection<Service> list() {
      calls.add("list");
      List<Service> services = new ArrayList<>(store.list());
      services.sort((a, b) -> b.id().compareTo(a.id()));
      return List.copyOf(services);
    }

    @Override
    public void close() {
      closed++;
    }
  }
}
