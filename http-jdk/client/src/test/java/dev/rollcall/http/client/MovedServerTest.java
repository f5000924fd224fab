package dev.rollcall.http.client;

import static dev.rollcall.http.client.harness.FakeRegistry.onceAllAreAsked;
import static dev.rollcall.http.client.harness.FakeRegistry.well;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.http.client.harness.FakeRegistry;
import dev.rollcall.registrar.Registrar;
import dev.rollcall.registrar.RegistrarCounts;
import dev.rollcall.registrar.RegistrarState;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * A registry whose host name leads to another address than before, seen by a registered service.
 */
@Timeout(60)
@EnabledOnOs(OS.LINUX) // where all of 127.0.0.0/8 is this host
class MovedServerTest {
  private static final Duration PING_TIMEOUT = Duration.ofSeconds(3);
  private static final FakeRegistry.Script ALIVE = well("\"lease_id\":\"L\",\"ttl_seconds\":15,");

  private final InetAddress oldAddress = address(1);
  private final InetAddress newAddress = address(2);
  private final FakeRegistry old = FakeRegistry.hung(oldAddress, 0);
  private final FakeRegistry moved = FakeRegistry.hung(newAddress, old.port());
  private volatile List<InetAddress> addresses = List.of(oldAddress);
  private HttpServiceRegistry registry;

  @BeforeEach
  void connect() {
    registry = at(old.port());
  }

  @AfterEach
  void close() {
    registry.close();
    old.close();
    moved.close();
  }

  private static InetAddress address(int last) {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private HttpServiceRegistry at(int port) {
    HttpServiceRegistry.Builder builder = HttpServiceRegistry.builder("http://registry:" + port);
    builder.transport.dns = host -> addresses;
    return builder.build();
  }

  /** Registers a service that pings every half second, with a lease of 15 s. */
  private Registrar registered(HttpServiceRegistry where) {
    Registrar registrar =
        Registrar.builder(where, Registration.builder("http://h").id("a").build())
            .keepaliveInterval(Duration.ofMillis(500))
            .timeout(PING_TIMEOUT)
            .build();
    registrar.start();
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
    return registrar;
  }

  /** Makes the new address answer, and tell of the first ping that it has answered. */
  private CountDownLatch arrival() {
    CountDownLatch arrived = new CountDownLatch(1);
    moved.then(
        socket -> {
          ALIVE.play(socket);
          arrived.countDown();
        });
    return arrived;
  }

  @Test
  void whileItsOldAddressHangsItIsFoundByTheFirstPingAfterOneThatTimedOut() throws Exception {
    CountDownLatch arrived = arrival();
    old.then(ALIVE).then(ALIVE).then(socket -> addresses = List.of(newAddress));
    try (Registrar registrar = registered(registry)) {
      assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();

      assertThat(old.asked()).hasSize(3); // the registration, a ping, and the one that hung
      assertThat(registrar.counts())
          .extracting(RegistrarCounts::registrations, RegistrarCounts::failures)
          .containsExactly(1L, 1L);
    }
  }

  @Test
  void noIdleConnectionToTheOldAddressIsTriedAfterOneThatTimedOut() {
    CountDownLatch all = new CountDownLatch(5);
    List<CompletableFuture<?>> pings = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      old.then(onceAllAreAsked(all, ALIVE)); // so that each has a connection of its own
      pings.add(ping(Duration.ofSeconds(30)));
    }
    CompletableFuture.allOf(pings.toArray(CompletableFuture<?>[]::new)).join();
    assertThat(old.connections()).isEqualTo(5);
    old.then(socket -> {});
    moved.then(ALIVE);
    addresses = List.of(newAddress);

    assertThatThrownBy(() -> ping(Duration.ofMillis(200)).join())
        .hasCauseInstanceOf(RegistryUnavailableException.class);
    assertThat(ping(Duration.ofSeconds(30)).join()).isPresent();
    assertThat(moved.asked()).hasSize(1);
  }

  private CompletableFuture<Optional<Lease>> ping(Duration timeout) {
    return registry.pingAsync("a", Fence.of("L"), timeout);
  }

  @Test
  void whereNobodyListensAtItsOldAddressAnyMoreNoPingFails() throws Exception {
    CountDownLatch arrived = arrival();
    old.then(ALIVE);
    try (Registrar registrar = registered(registry)) {
      addresses = List.of(newAddress);
      old.close();
      assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();

      assertThat(registrar.counts().failures()).isZero();
    }
  }

  @Test
  void ofTwoAddressesOneThatTakesNoConnectionCostsNoPing() throws Exception {
    try (ServerSocket full = new ServerSocket(0, 1, oldAddress);
        Socket first = new Socket(oldAddress, full.getLocalPort());
        Socket second = new Socket(oldAddress, full.getLocalPort());
        FakeRegistry other = FakeRegistry.hung(newAddress, full.getLocalPort()).then(ALIVE);
        HttpServiceRegistry client = at(full.getLocalPort())) {
      assertThat(first.isConnected() && second.isConnected()).isTrue();
      addresses = List.of(oldAddress, newAddress);

      assertThat(client.pingAsync("a", Fence.of("L"), Duration.ofSeconds(9)).join()).isPresent();
      assertThat(other.asked()).hasSize(1);
    }
  }
}
