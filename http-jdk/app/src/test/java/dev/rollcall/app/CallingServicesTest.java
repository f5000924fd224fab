package dev.rollcall.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.StoreRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.contract.control.ForwardingStore;
import dev.rollcall.discovery.Discovery;
import dev.rollcall.http.client.HttpServiceRegistry;
import dev.rollcall.http.client.harness.CalledService;
import dev.rollcall.http.client.harness.Callers;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callers of services that come and go, over HTTP, while the registry does so, too. */
@Timeout(120)
class CallingServicesTest {
  private static final int INSTANCES = 3;
  private static final int CALLERS = 8;
  private static final int MANY_CALLS = 500;
  private static final Duration PAUSE = Duration.ofMillis(5);
  private static final Duration INTERVAL = Duration.ofMillis(500);
  private static final Duration DRAIN = Duration.ofSeconds(5);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final ValkeyProcess valkey = ValkeyProcess.start();
  private final List<CalledService> services = new ArrayList<>();
  private RegistryServer server;
  private HttpServiceRegistry registry;
  private Discovery orders;
  private Callers callers;

  /** A store that can refuse what is new. */
  private static final class ReadOnlyStore extends ForwardingStore {
    volatile boolean isReadOnly;

    ReadOnlyStore(TtlStore store) {
      super(store);
    }

    @Override
    public Lease put(Claim claim) {
      if (isReadOnly) {
        throw new StoreUnavailableException("read-only", null, null);
      }
      return super.put(claim);
    }
  }

  /** A server over the store. */
  private record RegistryServer(
      ReadOnlyStore store, StoreRegistry registry, RegistryHttpServer http)
      implements AutoCloseable {
    static RegistryServer start(String storeUri, int port, boolean isReadOnly) {
      ReadOnlyStore store = new ReadOnlyStore(TtlStore.open(storeUri));
      store.isReadOnly = isReadOnly;
      StoreRegistry registry = StoreRegistry.builder(store).build();
      return new RegistryServer(
          store, registry, RegistryHttpServer.builder(registry).port(port).start());
    }

    @Override
    public void close() {
      http.close();
      registry.close();
      store.close();
    }
  }

  @BeforeEach
  void call() throws Exception {
    server = RegistryServer.start(valkey.uri(), 0, false);
    for (int i = 0; i < INSTANCES; i++) {
      services.add(startService());
    }
    registry = HttpServiceRegistry.connect(url());
    orders = Discovery.of(registry).named("orders").build();
    awaitKnown();
    callers = Callers.start(orders, CALLERS, PAUSE);
    callers.awaitCalls(MANY_CALLS);
  }

  @AfterEach
  void stop() {
    callers.close();
    orders.close();
    registry.close();
    services.parallelStream().forEach(CalledService::close);
    server.close();
    valkey.close();
  }

  private String url() {
    return server.http().url().toString();
  }

  private CalledService startService() throws IOException {
    return CalledService.start(url(), "orders", INTERVAL, DRAIN);
  }

  private void awaitKnown() {
    List<String> ids = services.stream().map(CalledService::id).sorted().toList();
    Eventually.await(
        "the services are known",
        LIMIT,
        () ->
            orders.staleSince().isEmpty()
                && orders.services().stream().map(Service::id).toList().equals(ids));
  }

  @Test
  void instancesThatAreReplacedOneAfterTheOtherCostNoCall() throws Exception {
    for (int i = 0; i < INSTANCES; i++) {
      CalledService former = services.get(0);
      services.add(startService());
      awaitKnown();
      services.remove(former);
      former.close();
      callers.awaitCalls(MANY_CALLS);
    }

    assertThat(callers.failures()).isEmpty();
    assertThat(orders.ejections()).isZero();
    assertThat(orders.services()).hasSize(INSTANCES);
  }

  @Test
  void anInstanceThatIsKilledCostsAtMostTheCallsUnderWayAndOneOfEachCaller() throws Exception {
    CalledService victim = services.get(0);
    int underWay = callers.underWay(victim.url());
    victim.kill();
    callers.awaitCalls(2 * MANY_CALLS);

    assertThat(callers.failures())
        .hasSizeBetween(1, underWay + mostFailures())
        .allMatch(failure -> failure.startsWith(victim.url() + ": "));
    assertThat(orders.ejections()).isPositive();
  }

  @Test
  void aUrlThatNobodyCanCallIsLeftOutAndEndsNoCaller() throws Exception {
    registry.register(
        Registration.builder("http://no-such-host.invalid:1").id("a").name("orders").build());
    Eventually.await("it is left out", LIMIT, () -> orders.ejections() == 1);
    callers.awaitCalls(MANY_CALLS);

    assertThat(callers.failures()).hasSizeBetween(1, mostFailures());
  }

  /**
   * Each caller has one call under way at a time, and does not call an instance that is left out.
   */
  private int mostFailures() {
    return CALLERS * (int) orders.ejections();
  }

  @Test
  void aRegistryThatIsGoneForAWhileAndComesBackEmptyCostsNoCall() throws Exception {
    int port = server.http().address().getPort();
    valkey.kill();
    Eventually.await("the store is missed", LIMIT, () -> orders.staleSince().isPresent());
    callers.awaitCalls(MANY_CALLS);
    server.close();
    callers.awaitCalls(MANY_CALLS);
    valkey.restart();
    server = RegistryServer.start(valkey.uri(), port, true);
    Eventually.await(
        "it is seen to be empty",
        LIMIT,
        () -> orders.staleSince().isEmpty() && orders.staleSince("orders").isPresent());
    callers.awaitCalls(MANY_CALLS);
    server.store().isReadOnly = false;
    awaitKnown();
    callers.awaitCalls(MANY_CALLS);

    assertThat(callers.failures()).isEmpty();
    assertThat(orders.ejections()).isZero();
  }
}
