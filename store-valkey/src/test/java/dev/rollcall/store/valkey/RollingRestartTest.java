package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** New instances take over the ids of old ones, which deregister late and by another server. */
class RollingRestartTest {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  private static final int SERVICES = 50;
  private static final int RESTARTS = 20;
  private static final List<String> IDS =
      IntStream.range(0, SERVICES).mapToObj(i -> "s" + i).sorted().toList();

  @Test
  void noIdIsEverAbsentThroughTwentyRollingRestartsOfFiftyServices() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    AtomicBoolean done = new AtomicBoolean();
    try (TtlStore oneStore = TtlStore.open(VALKEY.uri());
        TtlStore otherStore = TtlStore.open(VALKEY.uri())) {
      ServiceRegistry one = ServiceRegistry.over(oneStore);
      ServiceRegistry other = ServiceRegistry.over(otherStore);
      Map<String, String> old = new TreeMap<>();
      IDS.forEach(id -> old.put(id, register(one, id, 0)));
      Future<Integer> watch = threads.submit(() -> watch(other, done));
      for (int restart = 1; restart <= RESTARTS; restart++) {
        restart(one, other, old, restart, threads);
      }
      done.set(true);

      assertThat(watch.get()).as("lists meanwhile").isPositive();
      assertThat(one.list())
          .allSatisfy(service -> assertThat(service.url()).isEqualTo("http://h" + RESTARTS));
    } finally {
      done.set(true);
      threads.shutdownNow();
    }
  }

  private static String register(ServiceRegistry registry, String id, int instance) {
    return registry
        .register(Registration.builder("http://h" + instance).id(id).build())
        .leaseId()
        .orElseThrow();
  }

  private static int watch(ServiceRegistry registry, AtomicBoolean done) {
    int lists = 0;
    for (; !done.get(); lists++) {
      assertThat(registry.list()).extracting(Service::id).containsExactlyElementsOf(IDS);
    }
    return lists;
  }

  /** Each service's new instance registers; its old one pings once more, and then deregisters. */
  private static void restart(
      ServiceRegistry one,
      ServiceRegistry other,
      Map<String, String> leases,
      int instance,
      ExecutorService threads)
      throws Exception {
    List<Future<?>> services = new ArrayList<>();
    for (String id : IDS) {
      services.add(
          threads.submit(
              () -> {
                String now = register(one, id, instance);
                String old = leases.get(id);
                assertThatThrownBy(() -> other.ping(id, old))
                    .isInstanceOf(LeaseSupersededException.class);
                assertThatThrownBy(() -> other.deregister(id, old))
                    .isInstanceOf(LeaseSupersededException.class);
                assertThat(other.ping(id, now)).isPresent();
                return now;
              }));
    }
    for (int i = 0; i < SERVICES; i++) {
      leases.put(IDS.get(i), (String) services.get(i).get());
    }
  }
}
