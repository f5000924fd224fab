package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Fence;
import dev.rollcall.Registration;
import dev.rollcall.RegistryFullException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.FaultProxy;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;

/** What a caller sees of a Valkey that is down, and that it recovers with it. */
class OutageTest {
  private final ValkeyProcess valkey = ValkeyProcess.start();
  private final TtlStore store = TtlStore.open(valkey.uri());
  private final ServiceRegistry registry = ServiceRegistry.over(store);

  @AfterEach
  void close() {
    store.close();
    valkey.close();
  }

  private static Registration service(String id) {
    return Registration.builder("http://h").id(id).ttl(Duration.ofSeconds(60)).build();
  }

  private void assertUnavailable(ThrowingCallable call) {
    assertUnavailable(call, Duration.ofSeconds(6)); // 2 seconds, and a busy machine.
  }

  private void assertUnavailable(ThrowingCallable call, Duration within) {
    long start = System.nanoTime();
    assertThatThrownBy(call)
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("127.0.0.1:" + valkey.port())
        .hasMessageNotContaining("the pool") // which is ours, and none of the reason
        .hasCauseInstanceOf(Exception.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(within);
  }

  private void assertAllUnavailable() {
    assertUnavailable(() -> registry.ping("a"));
    assertUnavailable(() -> registry.find("a"));
    assertUnavailable(() -> registry.list());
    assertUnavailable(() -> registry.register(service("b")));
    assertUnavailable(() -> registry.deregister("a"));
  }

  @Test
  void aRefusedConnectionIsUnavailableAndTheNextCallAfterARestartIsNot() {
    registry.register(service("a"));
    valkey.kill();
    assertAllUnavailable();
    valkey.restart();

    assertThat(registry.ping("a")).isEmpty();
    assertThat(registry.register(service("a")).id()).isEqualTo("a");
    assertThat(registry.list()).hasSize(1);
  }

  @Test
  void aRegistrationRightAfterARestartFindsTheConnectionThatDied() {
    registry.register(service("a"));
    valkey.kill();
    valkey.restart();

    assertThat(registry.ping("a")).isEmpty();
    assertThat(registry.register(service("b")).id()).isEqualTo("b");
  }

  @Test
  void aHungServerIsUnavailableInTimeAndTheServiceLivesOn() {
    Duration within = Duration.ofMillis(9_900); // The time to connect does not count on top.
    try (TtlStore patient = TtlStore.open(valkey.uri() + "?timeout-ms=8000")) {
      ServiceRegistry waiting = ServiceRegistry.over(patient);
      waiting.register(service("a"));
      valkey.suspend();
      assertUnavailable(() -> waiting.ping("a"), within);
      assertUnavailable(() -> waiting.find("a"), within);
      valkey.resume();

      assertThat(waiting.ping("a")).isPresent();
    }
  }

  @Test
  void aResetConnectionIsNoticedByNobodyWhoPings() {
    try (FaultProxy proxy = new FaultProxy(valkey);
        TtlStore proxied = TtlStore.open(proxy.uri())) {
      ServiceRegistry far = ServiceRegistry.over(proxied);
      far.register(service("a"));
      proxy.reset();

      assertThat(far.ping("a")).isPresent();
      assertThat(far.find("a")).isPresent();
    }
  }

  @Test
  void aDeregistrationWhoseReplyIsLostIsUnavailableAndIsNotMadeTwice() {
    try (FaultProxy proxy = new FaultProxy(valkey);
        TtlStore proxied = TtlStore.open(proxy.uri() + "?timeout-ms=1000&connect-timeout-ms=500")) {
      ServiceRegistry far = ServiceRegistry.over(proxied);
      far.register(service("a"));
      proxy.dropReplies(true);
      assertThatThrownBy(() -> far.deregister("a")).isInstanceOf(StoreUnavailableException.class);
      registry.register(service("a"));
      proxy.dropReplies(false);

      assertThat(far.find("a")).isPresent();
    }
  }

  @Test
  void aServerOutOfMemoryRefusesRegistrationsAndGoesOnWithPings() {
    String lease = registry.register(service("a")).leaseId().orElseThrow();
    configure("maxmemory", "1");

    for (String id : List.of("b", "a")) {
      assertThatThrownBy(() -> registry.register(service(id)))
          .isInstanceOf(RegistryFullException.class)
          .hasMessageContaining("127.0.0.1:" + valkey.port())
          .hasMessageContaining("maxmemory");
    }
    assertThat(registry.ping("a", lease)).isPresent();
    assertThat(registry.ping("b")).isEmpty();
    // The scripts are as little known to a server that has just been started.
    flushScripts();
    assertThat(registry.ping("a", lease)).isPresent();
    assertThat(registry.list()).hasSize(1);
    assertThat(registry.deregister("a")).isPresent();
    configure("maxmemory", "0");
    assertThat(registry.register(service("b")).id()).isEqualTo("b");
  }

  private void flushScripts() {
    try (RedisClient admin = RedisClient.create(valkey.host(), valkey.port())) {
      admin.scriptFlush();
    }
  }

  @Test
  void aReadOnlyReplicaIsUnavailableForChanges() {
    registry.register(service("a"));
    try (ValkeyProcess master = ValkeyProcess.start();
        RedisClient admin = RedisClient.create(valkey.host(), valkey.port())) {
      configure("replica-serve-stale-data", "yes");
      replicate(admin, master.host(), Integer.toString(master.port()));
      assertUnavailable(() -> registry.register(service("b")));
      // A replica that lacks a service does not know whether it is alive.
      assertUnavailable(() -> registry.ping("nobody"));
      assertUnavailable(() -> registry.deregister("nobody"));
      replicate(admin, "NO", "ONE");
      assertThat(registry.register(service("b")).id()).isEqualTo("b");
    }
  }

  private static void replicate(RedisClient admin, String host, String port) {
    var unused = admin.executeCommand(new CommandArguments(Command.REPLICAOF).add(host).add(port));
  }

  @Test
  void aFlushedScriptIsSentAgain() {
    registry.register(service("a"));
    flushScripts();
    assertThat(registry.ping("a")).isPresent();
    assertThat(registry.list()).hasSize(1);
  }

  @Test
  void aPasswordThatIsAskedForLaterIsAnOutageAndAtOpenAnErrorThatShowsNone() {
    configure("requirepass", "secret");
    String wrong = "valkey://:not-this@127.0.0.1:" + valkey.port();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> TtlStore.open(valkey.uri()))
        .withMessageContaining("NOAUTH");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TtlStore.open(wrong))
        .withMessageContaining("WRONGPASS")
        .withMessageNotContaining("not-this");
    try (TtlStore right = TtlStore.open("valkey://:secret@127.0.0.1:" + valkey.port())) {
      assertThat(right.list()).isEmpty();
    }
  }

  @Test
  void aPlainServerIsNoTlsServerAndNoCluster() {
    String address = "://127.0.0.1:" + valkey.port();

    // It waits for the end of what it takes for a command, and so does the handshake for an answer.
    // The first time it loads all that TLS needs, too, which is not what is timed.
    assertThatThrownBy(() -> TtlStore.open("valkeys" + address))
        .isInstanceOf(StoreUnavailableException.class);
    assertUnavailable(() -> TtlStore.open("valkeys" + address));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TtlStore.open("valkey+cluster" + address))
        .withMessageContaining("cluster support disabled");
  }

  @Test
  void aClosedStoreLeavesThePoolOfAGivenClientAsItFoundIt() {
    try (RedisClient given = RedisClient.create(valkey.host(), valkey.port())) {
      TtlStore over = ValkeyTtlStore.builder(given).timeout(Duration.ofMillis(200)).build();
      valkey.suspend();
      // Is not made again, so nobody needs another connection.
      assertThatThrownBy(() -> over.remove("a0", Fence.none()))
          .isInstanceOf(StoreUnavailableException.class);
      valkey.resume();
      over.close();

      assertThat(given.getPool().getNumActive()).isZero();
    }
  }

  @Test
  void afterCloseItSaysSo() {
    store.close();
    store.close();

    assertThatThrownBy(() -> store.find("a")).isInstanceOf(IllegalStateException.class);
  }

  private void configure(String name, String value) {
    try (RedisClient admin = RedisClient.create(valkey.host(), valkey.port())) {
      var unused =
          admin.executeCommand(
              new CommandArguments(Command.CONFIG).add("SET").add(name).add(value));
    }
  }
}
