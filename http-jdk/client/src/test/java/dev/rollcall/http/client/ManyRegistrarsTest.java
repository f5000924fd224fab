package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.client.harness.FakeRegistry;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.registrar.Keepalive;
import dev.rollcall.registrar.Registrar;
import dev.rollcall.registrar.RegistrarState;
import dev.rollcall.store.memory.MemoryTtlStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many registrars that share a keepalive and a client, on real threads. */
@Timeout(60)
class ManyRegistrarsTest {
  private static final int SERVICES = 200;
  private static final Duration INTERVAL = Duration.ofMillis(500);

  private static List<Registrar> start(Keepalive keepalive, ServiceRegistry registry) {
    List<Registrar> registrars = new ArrayList<>();
    for (int i = 0; i < SERVICES; i++) {
      Registrar registrar =
          Registrar.builder(registry, Registration.builder("http://h").id("s" + i).build())
              .keepalive(keepalive)
              .keepaliveInterval(INTERVAL)
              .shutdownHook(false)
              .build();
      registrars.add(registrar);
      var unused = registrar.startInBackground();
    }
    return registrars;
  }

  private static void assertWell(List<Registrar> registrars) {
    assertThat(registrars)
        .allSatisfy(
            registrar -> {
              assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
              assertThat(registrar.counts().registrations()).isEqualTo(1);
              assertThat(registrar.counts().failures()).isZero();
            });
  }

  @Test
  void theirPingsShareRequests() throws Exception {
    CountDownLatch batches = new CountDownLatch(20);
    MemoryTtlStore store = MemoryTtlStore.builder().build();
    ServiceRegistry served = ServiceRegistry.over(store);
    RegistryEndpoints endpoints =
        RegistryEndpoints.builder(served)
            .listener(
                request -> {
                  if (request.operation().equals("ping-batch") && request.status() == 200) {
                    batches.countDown();
                  }
                })
            .build();
    try (RegistryHttpServer server = RegistryHttpServer.builder(endpoints).start();
        ServiceRegistry registry = HttpServiceRegistry.connect(server.url().toString());
        Keepalive keepalive = Keepalive.create()) {
      List<Registrar> registrars = start(keepalive, registry);

      assertThat(batches.await(30, TimeUnit.SECONDS)).isTrue();
      assertWell(registrars);
      assertThat(served.list()).hasSize(SERVICES);
    }
    assertThat(served.list()).isEmpty();
    store.close();
  }

  @Test
  void atARegistryThatKnowsNoBatchesTheyPingOneByOne() throws Exception {
    CountDownLatch singlePings = new CountDownLatch(3 * SERVICES);
    FakeRegistry.Script refusal =
        FakeRegistry.answer(405, "", "{\"detail\":\"Method Not Allowed\"}");
    FakeRegistry.Script well = FakeRegistry.well();
    try (FakeRegistry fake =
            FakeRegistry.hung()
                .then(
                    FakeRegistry.byRequest(
                        asked -> {
                          if (asked.target().equals("/services/$ping")) {
                            return refusal;
                          }
                          if (asked.target().endsWith("/$ping")) {
                            singlePings.countDown();
                          }
                          return well;
                        }));
        ServiceRegistry registry = HttpServiceRegistry.connect(fake.url());
        Keepalive keepalive = Keepalive.create()) {
      List<Registrar> registrars = start(keepalive, registry);

      assertThat(singlePings.await(30, TimeUnit.SECONDS)).isTrue();
      assertWell(registrars);
      assertThat(fake.asked().stream().filter(asked -> asked.target().equals("/services/$ping")))
          .hasSizeBetween(1, 5);
    }
  }
}
