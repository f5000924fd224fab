package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.WatchProbe;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Query;
import dev.rollcall.http.client.harness.FakeRegistry;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.registrar.Keepalive;
import dev.rollcall.registrar.Registrar;
import dev.rollcall.store.memory.MemoryTtlStore;
import dev.rollcall.store.valkey.harness.Eventually;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two servers over one store, of which the first goes, by refusing or by hanging, and comes back.
 */
@Timeout(180)
class FailoverBetweenServersTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int SERVICES = 1_000;

  /** Half of them share a client, and so requests; of the others 50 each do, too few for that. */
  private static final int SHARING_ALL = 500;

  private static final int SHARING_FEW = 50;

  private final MemoryTtlStore store = MemoryTtlStore.builder().build();
  private final AtomicLong askedOfFirst = new AtomicLong();
  private final AtomicLong askedOfOther = new AtomicLong();
  private final AtomicLong registrations = new AtomicLong();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private RegistryHttpServer first;
  private int port;
  private String urls;

  @BeforeEach
  void open() {
    first = start(0, askedOfFirst);
    port = first.address().getPort();
    RegistryHttpServer other = start(0, askedOfOther);
    opened.add(other);
    urls = first.url() + "," + other.url();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
    first.close();
    store.close();
  }

  private RegistryHttpServer start(int atPort, AtomicLong asked) {
    RegistryEndpoints endpoints =
        RegistryEndpoints.builder(ServiceRegistry.over(store))
            .listener(
                request -> {
                  if (request.operation().startsWith("ping")) {
                    asked.incrementAndGet();
                  } else if (request.operation().equals("register")) {
                    registrations.incrementAndGet();
                  }
                })
            .build();
    return RegistryHttpServer.builder(endpoints).port(atPort).drainTime(Duration.ZERO).start();
  }

  private HttpServiceRegistry client() {
    HttpServiceRegistry.Builder builder = HttpServiceRegistry.builder(urls);
    builder.transport.probeInterval = Duration.ofMillis(200);
    HttpServiceRegistry client = builder.build();
    opened.add(client);
    return client;
  }

  private List<Registrar> startRegistrars() {
    List<Registrar> registrars = new ArrayList<>();
    HttpServiceRegistry client = null;
    Keepalive keepalive = null;
    for (int i = 0; i < SERVICES; i++) {
      if (i == 0 || (i >= SHARING_ALL && (i - SHARING_ALL) % SHARING_FEW == 0)) {
        client = client();
        keepalive = Keepalive.create();
        opened.add(0, keepalive);
      }
      Registrar registrar =
          Registrar.builder(
                  client,
                  Registration.builder("http://h").id("s" + i).ttl(Duration.ofSeconds(20)).build())
              .keepalive(keepalive)
              .keepaliveInterval(Duration.ofSeconds(1))
              .shutdownHook(false)
              .build();
      registrars.add(registrar);
      var unused = registrar.startInBackground();
    }
    return registrars;
  }

  private static long leastPings(List<Registrar> registrars) {
    return registrars.stream().mapToLong(each -> each.counts().pings()).min().orElse(0);
  }

  /** Waits until each has pinged twice more. */
  private static void awaitPings(List<Registrar> registrars) {
    long before = registrars.stream().mapToLong(each -> each.counts().pings()).max().orElse(0);
    Eventually.await("all have pinged again", LIMIT, () -> leastPings(registrars) >= before + 2);
  }

  private Map<String, Long> leases() {
    return ServiceRegistry.over(store).list().stream()
        .collect(Collectors.toMap(Service::id, Service::revision));
  }

  @Test
  void ofAThousandRegistrarsNoneLosesItsLease() {
    List<Registrar> registrars = startRegistrars();
    awaitPings(registrars);
    Map<String, Long> leases = leases();
    assertThat(leases).hasSize(SERVICES);

    first.close();
    awaitPings(registrars);
    assertThat(askedOfOther.get()).isPositive();
    awaitReturn(registrars);

    first.close();
    long before = askedOfOther.get();
    try (FakeRegistry hung = FakeRegistry.hung(InetAddress.getLoopbackAddress(), port)) {
      awaitPings(registrars);
      assertThat(hung.asked()).isNotEmpty();
    }
    assertThat(askedOfOther.get()).isGreaterThan(before);
    awaitReturn(registrars);

    assertThat(leases()).isEqualTo(leases);
    assertThat(registrations.get()).isEqualTo(SERVICES);
    assertThat(registrars)
        .allSatisfy(each -> assertThat(each.counts().registrations()).isEqualTo(1));
  }

  /** Starts the first again, and waits until all pings go there. */
  private void awaitReturn(List<Registrar> registrars) {
    first = start(port, askedOfFirst);
    Eventually.await(
        "all pings go to the first again",
        LIMIT,
        () -> {
          long atOther = askedOfOther.get();
          awaitPings(registrars);
          return askedOfOther.get() == atOther;
        });
  }

  @Test
  void aWatchGoesOnAtTheOtherAndTellsNothingThatDidNotHappen() {
    ServiceRegistry registry = ServiceRegistry.over(store);
    registry.register(Registration.builder("http://h").id("a").build());
    try (WatchProbe probe = WatchProbe.open(client(), Query.all())) {
      probe.awaitIds("a");
      first.close();
      registry.register(Registration.builder("http://h").id("b").build());
      probe.awaitIds("a", "b");
      registry.deregister("a");
      probe.awaitIds("b");
      first = start(port, askedOfFirst);
      registry.register(Registration.builder("http://h").id("c").build());
      probe.awaitIds("b", "c");

      assertThat(probe.changes())
          .extracting(change -> change.id() + " " + change.type())
          .containsExactly(
              "a " + Change.Type.ADDED,
              "b " + Change.Type.ADDED,
              "a " + Change.Type.DEREGISTERED,
              "c " + Change.Type.ADDED);
    }
  }
}
