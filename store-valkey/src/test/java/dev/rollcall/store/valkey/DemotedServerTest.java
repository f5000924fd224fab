package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.FailingConnections;
import dev.rollcall.store.valkey.harness.FaultProxy;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import dev.rollcall.store.valkey.harness.ValkeyServer;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;

/** A name that leads to another master, while the former one is a replica and goes on to answer. */
@Timeout(60)
class DemotedServerTest {
  private final ValkeyProcess former = ValkeyProcess.start();
  private final ValkeyProcess next = ValkeyProcess.start();
  private final FaultProxy name = new FaultProxy(former);
  private final FailingConnections connections = new FailingConnections(name);
  private final RedisClient client = connections.client(4);
  private final TtlStore store = ValkeyTtlStore.builder(client).build();
  private final ServiceRegistry registry = ServiceRegistry.over(store);

  @BeforeEach
  void register() {
    register(former, "old");
    register(next, "new");
  }

  @AfterEach
  void close() {
    connections.holdScans(null);
    store.close();
    client.close();
    name.close();
    former.close();
    next.close();
  }

  private static Registration service(String id) {
    return Registration.builder("http://h").id(id).ttl(Duration.ofSeconds(60)).build();
  }

  private static void register(ValkeyServer server, String id) {
    try (TtlStore direct = TtlStore.open(server.uri())) {
      ServiceRegistry.over(direct).register(service(id));
    }
  }

  /** Makes the former master a replica that has no link to its master, so it keeps its data. */
  private void failOver() {
    name.leadTo(next);
    try (RedisClient admin = RedisClient.create(former.host(), former.port())) {
      var unused =
          admin.executeCommand(new CommandArguments(Command.REPLICAOF).add("127.0.0.1").add("1"));
    }
    assertThatThrownBy(() -> registry.register(service("a")))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("READONLY");
  }

  /** Opens two connections, which are idle then. */
  private void openTwo() {
    Connection one = client.getPool().getResource();
    client.getPool().getResource().close();
    one.close();
    assertThat(client.getPool().getNumIdle()).isEqualTo(2);
  }

  @Test
  void afterARefusalNoIdleConnectionToTheDemotedServerIsUsed() {
    openTwo();

    failOver();

    assertThat(registry.ping("new")).isPresent();
    try (Connection current = client.getPool().getResource()) {
      assertThat(current.ping()).isTrue();
      assertThat(registry.list()).extracting(Service::id).containsExactly("new");
    }
  }

  @Test
  void aListThatWasInProgressThereGivesItsConnectionBackToNobody() {
    openTwo();
    CountDownLatch release = new CountDownLatch(1);
    connections.holdScans(release);
    CompletableFuture<Collection<Service>> list =
        CompletableFuture.supplyAsync(registry::list, task -> new Thread(task).start());
    Eventually.await(
        "the list has begun", Duration.ofSeconds(30), () -> connections.scansWaiting() > 0);

    failOver();
    assertThat(registry.ping("new")).isPresent();
    release.countDown();
    assertThat(list.join()).extracting(Service::id).containsExactly("old");

    assertThat(registry.list()).extracting(Service::id).containsExactly("new");
  }
}
