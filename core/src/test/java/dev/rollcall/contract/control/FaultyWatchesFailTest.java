package dev.rollcall.contract.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.RegistryFixture;
import dev.rollcall.contract.StoreLeaseContract;
import dev.rollcall.contract.StoreViewContract;
import dev.rollcall.contract.WatchContract;
import dev.rollcall.contract.WatchOutageContract;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.View;
import dev.rollcall.discovery.Watch;
import dev.rollcall.discovery.WatchListener;
import dev.rollcall.spi.HintListener;
import dev.rollcall.spi.HintSubscription;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The negative controls of what watches rely on: each has one fault, which the contract finds. */
class FaultyWatchesFailTest {

  @Test
  void aStoreThatSaysThatLeasesEndEarlierThanTheyDoFails() {
    assertThat(ContractRun.failuresOf(EarlyStore.class, 5))
        .containsExactlyInAnyOrder("readersSeeWhenALeaseEndsByTheStoresOwnTime()");
  }

  @Test
  void aStoreThatSaysThatLeasesEndLaterThanTheyDoFails() {
    assertThat(ContractRun.failuresOf(LateStore.class, 5))
        .containsExactlyInAnyOrder("readersSeeWhenALeaseEndsByTheStoresOwnTime()");
  }

  @Test
  void aStoreThatClaimsHintsAndLosesThemFails() {
    assertThat(ContractRun.failuresOf(LossyStore.class, 3))
        .containsExactlyInAnyOrder(
            "eachChangeIsToldAfterItCanBeRead()", "aClosedSubscriptionIsToldNothingMore()");
    assertThat(ContractRun.failuresOf(LossyRegistry.class, 10))
        .contains("aDeregistrationIsToldAsThat()")
        .isSubsetOf("aDeregistrationIsToldAsThat()", "theEndOfALeaseIsTold()");
  }

  @Test
  void aWatchOverAStoreThatLosesItsHintsLacksNothingButCauses() {
    assertThat(ContractRun.failuresOf(LossyRegistryWithoutCauses.class, 15)).isEmpty();
  }

  @Test
  void aStoreThatTakesAPingForARegistrationFails() {
    assertThat(ContractRun.failuresOf(RestlessStore.class, 5))
        .containsExactlyInAnyOrder(
            "eachRegistrationHasARevisionOfItsOwnThatPingsDoNotChange()",
            "aRenewalChangesNothingButTheLease()");
    assertThat(ContractRun.failuresOf(RestlessRegistry.class, 10))
        .containsExactlyInAnyOrder("aPingIsNoChange()");
  }

  @Test
  void aRegistryThatTellsOfPingsFails() {
    assertThat(ContractRun.failuresOf(PingTellingRegistry.class, 10))
        .containsExactlyInAnyOrder("aPingIsNoChange()");
  }

  @Test
  void aStoreThatIsEmptyWhereItCannotBeAskedFails() {
    assertThat(ContractRun.failuresOf(EmptyOnErrorRegistry.class, 0))
        .contains(
            "anOutageMakesTheViewOldAndNobodyGone()", "aLeaseThatEndsDuringAnOutageIsToldAfterIt()")
        .isSubsetOf(
            "anOutageMakesTheViewOldAndNobodyGone()",
            "aLeaseThatEndsDuringAnOutageIsToldAfterIt()",
            "afterAnOutageTheWatcherHasWhatTheListHas()");
  }

  @Test
  void aRegistryThatSkipsAChangeOfSeveralFails() {
    assertThat(ContractRun.failuresOf(SkippingRegistry.class, 5))
        .contains(
            "aWatcherIsToldFirstOfAllThereIs()", "whatHappensWhileAListenerBlocksIsToldInFull()")
        .doesNotContain("aWatcherOfAnEmptyRegistryIsToldThatItIsEmpty()", "aPageIsNotWatched()");
  }

  // Nested, so that no build takes them for tests of its own.

  abstract static class FaultyStore implements StoreViewContract, StoreLeaseContract {
    private final ManualClock clock = new ManualClock();
    private final TtlStore store = faulty(new AtomicStore(clock, clock));

    abstract TtlStore faulty(TtlStore sound);

    @Override
    public TtlStore store() {
      return store;
    }

    @Override
    public void elapse(Duration time) {
      clock.advance(time);
    }

    @Override
    public Duration patience() {
      return Duration.ofSeconds(1);
    }
  }

  abstract static class FaultyRegistry implements RegistryFixture {
    private final ManualClock clock = new ManualClock();
    final FailingStore store = new FailingStore(new AtomicStore(clock, clock));
    private final ServiceRegistry registry = faulty(store);

    abstract ServiceRegistry faulty(TtlStore sound);

    static ServiceRegistry over(TtlStore store) {
      return StoreRegistry.builder(store).reconcileInterval(Duration.ofMillis(100)).build();
    }

    @AfterEach
    void close() {
      registry.close();
    }

    @Override
    public ServiceRegistry registry() {
      return registry;
    }

    @Override
    public void elapse(Duration time) {
      clock.advance(time);
    }

    @Override
    public int rounds() {
      return 100;
    }
  }

  static class EarlyStore extends FaultyStore {
    @Override
    TtlStore faulty(TtlStore sound) {
      return new LyingStore(sound, Duration.ofMillis(-200));
    }
  }

  static class LateStore extends FaultyStore {
    @Override
    TtlStore faulty(TtlStore sound) {
      return new LyingStore(sound, Duration.ofMillis(200));
    }
  }

  /** Says, to everybody alike, that leases end at another time than they do. */
  private static final class LyingStore extends ForwardingStore {
    private final Duration lie;

    LyingStore(TtlStore store, Duration lie) {
      super(store);
      this.lie = lie;
    }

    private Lease lied(Lease lease) {
      Lease told = Lease.of(lease.id(), lease.ttl(), lease.expiresAt().plus(lie));
      return lease.leaseId().map(told::withLeaseId).orElse(told);
    }

    private Service lied(Service service) {
      return new Service(
          service.id(),
          service.name(),
          service.url(),
          service.info(),
          service.registeredAt(),
          service.lastUpdated(),
          service.lastPingAt().plus(lie),
          service.expiresAt().plus(lie),
          service.revision());
    }

    @Override
    public Optional<Lease> renew(String id, Fence fence) {
      return super.renew(id, fence).map(this::lied);
    }

    @Override
    public Optional<Service> find(String id) {
      return super.find(id).map(this::lied);
    }

    @Override
    public Collection<Service> list() {
      return super.list().stream().map(this::lied).toList();
    }

    @Override
    public Collection<Service> findAll(Collection<String> ids) {
      return super.findAll(ids).stream().map(this::lied).toList();
    }
  }

  static class LossyStore extends FaultyStore {
    @Override
    TtlStore faulty(TtlStore sound) {
      return lossy(sound);
    }

    @Override
    public boolean tellsOfChanges() {
      return true;
    }
  }

  static class LossyRegistry extends LossyRegistryWithoutCauses {
    @Override
    public boolean tellsCauses() {
      return true;
    }
  }

  static class LossyRegistryWithoutCauses extends FaultyRegistry implements WatchContract {
    @Override
    ServiceRegistry faulty(TtlStore sound) {
      return over(lossy(sound));
    }
  }

  /** Returns a store that takes subscriptions, and never tells of a change. */
  private static TtlStore lossy(TtlStore sound) {
    return new ForwardingStore(sound) {
      @Override
      public Optional<HintSubscription> subscribe(HintListener listener) {
        listener.missed();
        return Optional.of(() -> {});
      }
    };
  }

  static class RestlessStore extends FaultyStore {
    @Override
    TtlStore faulty(TtlStore sound) {
      return restless(sound);
    }
  }

  static class RestlessRegistry extends FaultyRegistry implements WatchContract {
    @Override
    ServiceRegistry faulty(TtlStore sound) {
      return over(restless(sound)); // By comparison, which reads it after each ping.
    }
  }

  /** Returns a store whose services look after a ping as if they had registered again. */
  private static TtlStore restless(TtlStore sound) {
    return new ForwardingStore(sound) {
      private final Map<String, Long> pings = new ConcurrentHashMap<>();

      @Override
      public Optional<Lease> renew(String id, Fence fence) {
        Optional<Lease> renewed = super.renew(id, fence);
        renewed.ifPresent(lease -> pings.merge(id, 1L, Long::sum));
        return renewed;
      }

      @Override
      public Optional<Service> find(String id) {
        return super.find(id).map(this::restless);
      }

      @Override
      public Collection<Service> list() {
        return super.list().stream().map(this::restless).toList();
      }

      @Override
      public Collection<Service> findAll(Collection<String> ids) {
        return super.findAll(ids).stream().map(this::restless).toList();
      }

      private Service restless(Service service) {
        return new Service(
            service.id(),
            service.name(),
            service.url(),
            service.info(),
            service.registeredAt(),
            service.lastUpdated(),
            service.lastPingAt(),
            service.expiresAt(),
            service.revision() + pings.getOrDefault(service.id(), 0L));
      }
    };
  }

  static class PingTellingRegistry extends FaultyRegistry implements WatchContract {
    @Override
    public boolean tellsCauses() {
      return true;
    }

    @Override
    ServiceRegistry faulty(TtlStore sound) {
      return new ForwardingRegistry(ServiceRegistry.over(new HintingStore(sound))) {
        private final AtomicLong pings = new AtomicLong();

        @Override
        public Optional<Lease> ping(String id, Fence fence) {
          pings.incrementAndGet();
          return super.ping(id, fence);
        }

        @Override
        public Watch watch(Query query, WatchListener listener) {
          AtomicLong told = new AtomicLong();
          AtomicReference<View> last = new AtomicReference<>();
          return super.watch(
              query,
              (view, changes) -> {
                long now = pings.get();
                View before = last.getAndSet(view);
                if (told.getAndSet(now) < now && before != null) {
                  listener.changed(before, List.of());
                }
                listener.changed(view, changes);
              });
        }
      };
    }
  }

  static class EmptyOnErrorRegistry extends FaultyRegistry implements WatchOutageContract {
    @Override
    public Duration patience() {
      return Duration.ofSeconds(1); // It never says that its view is old.
    }

    @Override
    public void beginOutage() {
      store.fail(true);
    }

    @Override
    public void endOutage() {
      store.fail(false);
    }

    @Override
    ServiceRegistry faulty(TtlStore sound) {
      return over(
          new ForwardingStore(sound) {
            @Override
            public Collection<Service> list() {
              try {
                return super.list();
              } catch (StoreUnavailableException e) {
                return List.of();
              }
            }

            @Override
            public Collection<Service> findAll(Collection<String> ids) {
              try {
                return super.findAll(ids);
              } catch (StoreUnavailableException e) {
                return List.of();
              }
            }

            @Override
            public Instant time() {
              return Instant.now();
            }
          });
    }
  }

  static class SkippingRegistry extends FaultyRegistry implements WatchContract {
    @Override
    public boolean tellsCauses() {
      return true;
    }

    @Override
    ServiceRegistry faulty(TtlStore sound) {
      return new ForwardingRegistry(ServiceRegistry.over(new HintingStore(sound))) {
        @Override
        public Watch watch(Query query, WatchListener listener) {
          return super.watch(
              query,
              (view, changes) -> {
                List<Change> told = new ArrayList<>(changes);
                if (told.size() > 1) {
                  told.remove(told.size() - 1);
                }
                listener.changed(view, told);
              });
        }
      };
    }
  }
}
