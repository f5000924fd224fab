package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.FaultProxy;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A network that is slow, or loses a connection without a word. */
class NetworkFaultTest {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  private FaultProxy proxy;
  private TtlStore store;
  private ServiceRegistry registry;

  @BeforeEach
  void open() {
    proxy = new FaultProxy(VALKEY.server());
    store = TtlStore.open(proxy.uri() + "?timeout-ms=3000&connect-timeout-ms=1500");
    registry = ServiceRegistry.over(store);
    registry.register(service("a"));
    registry.register(service("b"));
  }

  @AfterEach
  void close() {
    store.close();
    proxy.close();
  }

  private static Registration service(String id) {
    return Registration.builder("http://h").id(id).build();
  }

  @Test
  void aSlowNetworkWithinTheTimeoutIsOnlySlow() {
    proxy.delay(Duration.ofMillis(100));

    assertThat(registry.ping("a")).isPresent();
    assertThat(registry.find("a")).isPresent();
    assertThat(registry.list()).hasSize(2);
  }

  @Test
  void whoeverHasGoneToSleepIsWokenByItsReplyNotByItsTimeout() throws Exception {
    int callers = 8;
    ExecutorService threads = Executors.newFixedThreadPool(callers);
    proxy.delay(Duration.ofMillis(20));
    try (TtlStore patient = TtlStore.open(proxy.uri() + "?timeout-ms=60000")) {
      ServiceRegistry slow = ServiceRegistry.over(patient);
      List<Future<?>> pings = new ArrayList<>();
      for (int i = 0; i < 5 * callers; i++) {
        pings.add(threads.submit(() -> assertThat(slow.ping("a")).isPresent()));
      }
      for (Future<?> ping : pings) {
        ping.get(20, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aReplyThatComesTooLateIsNobodyElses() {
    proxy.delay(Duration.ofMillis(4_500));
    assertThatThrownBy(() -> registry.find("a")).isInstanceOf(StoreUnavailableException.class);
    proxy.delay(Duration.ZERO);

    for (int i = 0; i < 100; i++) {
      assertThat(registry.find("b").orElseThrow().id()).isEqualTo("b");
      assertThat(registry.ping("a").orElseThrow().id()).isEqualTo("a");
    }
  }

  @Test
  void aConnectionHalfOpenCostsOneTimeoutAndTheNextCallHasANewOne() {
    proxy.forget();
    long start = System.nanoTime();
    assertThatThrownBy(() -> registry.ping("a"))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining(proxy.uri().replace("valkey://", ""));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));

    assertThat(registry.ping("a")).isPresent();
    assertThat(registry.list()).hasSize(2);
  }

  @Test
  void aConnectionThatTheServerClosedIsNoticedByNobody() {
    proxy.cut();

    assertThat(registry.ping("a")).isPresent();
    proxy.cut();
    assertThat(registry.list()).hasSize(2);
  }

  @Test
  void aConnectTimeoutAsLongAsTheWholeHindersNoReconnection() {
    try (TtlStore patient =
        TtlStore.open(proxy.uri() + "?timeout-ms=1000&connect-timeout-ms=1000")) {
      proxy.cut();

      assertThat(ServiceRegistry.over(patient).ping("a")).isPresent();
    }
  }
}
