package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;

/** A server whose Valkey can be read, but keeps nobody alive. */
@Timeout(60)
class ReplicaHealthTest {
  private final AtomicLong now = new AtomicLong();

  @Test
  void aServerIsReadyOnlyAsLongAsItsStoreTakesPings() {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        ValkeyProcess master = ValkeyProcess.start();
        ServiceRegistry registry = ServiceRegistry.open(valkey.uri());
        RegistryHttpServer server =
            RegistryHttpServer.builder(
                    RegistryEndpoints.builder(registry).nanoTime(now::get).build())
                .start();
        RedisClient admin = RedisClient.create(valkey.host(), valkey.port())) {
      Wire wire = new Wire(server.address());
      registry.register(Registration.builder("http://h").id("a").build());
      assertReady(wire, 200);

      tell(admin, Command.REPLICAOF, master.host(), Integer.toString(master.port()));
      assertReady(wire, 503);
      tell(admin, Command.REPLICAOF, "NO", "ONE");
      assertReady(wire, 200);

      tell(admin, Command.CONFIG, "SET", "maxmemory", "1");
      assertReady(wire, 200);
    }
  }

  private static void tell(RedisClient admin, Command command, String... args) {
    var unused = admin.executeCommand(new CommandArguments(command).addObjects((Object[]) args));
  }

  private void assertReady(Wire wire, int status) {
    now.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(wire.get("/health/ready").status()).isEqualTo(status);
    assertThat(wire.get("/health").status()).isEqualTo(status);
  }
}
