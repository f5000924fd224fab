package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.ValkeyCluster;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import dev.rollcall.store.valkey.harness.ValkeySentinels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A master dies while 200 services ping. */
class FailoverTest {
  private static final int SERVICES = 200;
  private static final int THREADS = 20;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final AtomicBoolean done = new AtomicBoolean();
  private final AtomicInteger reportedGone = new AtomicInteger();
  private final AtomicInteger outages = new AtomicInteger();

  @Test
  void aSentinelFailoverLosesNoService() throws InterruptedException {
    try (ValkeySentinels set = ValkeySentinels.thatFailOver();
        TtlStore store = TtlStore.open(set.uri())) {
      survivesTheDeathOfAMaster(set.servers(), store);
    }
  }

  @Test
  void theDeathOfAClusterMasterLosesNoService() throws InterruptedException {
    try (ValkeyCluster cluster = ValkeyCluster.thatFailsOver();
        TtlStore store = TtlStore.open(cluster.uri())) {
      survivesTheDeathOfAMaster(cluster.nodes(), store);
    }
  }

  private void survivesTheDeathOfAMaster(List<ValkeyProcess> servers, TtlStore store)
      throws InterruptedException {
    ServiceRegistry registry = ServiceRegistry.over(store);
    for (int i = 0; i < SERVICES; i++) {
      registry.register(
          Registration.builder("http://h").id("s" + i).ttl(Duration.ofSeconds(120)).build());
    }
    Eventually.await("all are listed", LIMIT, () -> registry.list().size() == SERVICES);
    // Replication is not part of an answer; what has been replicated survives.
    servers.forEach(ValkeyProcess::awaitReplicas);
    // On a busy machine the first one may have been taken for dead, and be a replica by now.
    ValkeyProcess master =
        servers.stream().filter(ValkeyProcess::isMaster).findFirst().orElseThrow();
    List<Thread> pingers = startPingers(registry);
    try {
      master.kill();
      Eventually.await("an outage is seen", LIMIT, () -> outages.get() > 0);
      Eventually.await("every service pings", LIMIT, () -> allPing(registry));
    } finally {
      done.set(true);
      for (Thread pinger : pingers) {
        pinger.join();
      }
    }

    assertThat(reportedGone).hasValue(0);
    assertThat(registry.list()).hasSize(SERVICES);
  }

  private List<Thread> startPingers(ServiceRegistry registry) {
    List<Thread> pingers = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      int first = t;
      Thread pinger = new Thread(() -> ping(registry, first), "pinger");
      pinger.start();
      pingers.add(pinger);
    }
    return pingers;
  }

  private void ping(ServiceRegistry registry, int first) {
    for (int i = first; !done.get(); i = (i + THREADS) % SERVICES) {
      try {
        if (registry.ping("s" + i).isEmpty()) {
          reportedGone.incrementAndGet();
        }
      } catch (StoreUnavailableException e) {
        outages.incrementAndGet();
      }
    }
  }

  private static boolean allPing(ServiceRegistry registry) {
    return IntStream.range(0, SERVICES).allMatch(i -> registry.ping("s" + i).isPresent());
  }
}
