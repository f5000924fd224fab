package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;

/** A server that comes back with its data, and takes its time to load it. */
class LoadingTest {
  private static final int SERVICES = 60;
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @Test
  void aServerThatLoadsItsDataIsUnavailableUntilItHasIt() {
    try (ValkeyProcess valkey =
            ValkeyProcess.start(
                "--dbfilename", "dump.rdb",
                "--key-load-delay", "2000",
                "--loading-process-events-interval-bytes", "1024");
        TtlStore store = TtlStore.open(valkey.uri());
        RedisClient admin = RedisClient.create(valkey.host(), valkey.port())) {
      ServiceRegistry registry = ServiceRegistry.over(store);
      for (int i = 0; i < SERVICES; i++) {
        registry.register(
            Registration.builder("http://h").id("s" + i).ttl(Duration.ofSeconds(120)).build());
      }
      var unused = admin.executeCommand(new CommandArguments(Command.SAVE));
      valkey.kill();
      valkey.restartWithoutWaiting();
      List<String> outages = new ArrayList<>();
      Eventually.await("it serves again", LIMIT, () -> isPinged(registry, outages));

      assertThat(outages).anySatisfy(message -> assertThat(message).contains("LOADING"));
      assertThat(registry.list()).hasSize(SERVICES);
    }
  }

  private static boolean isPinged(ServiceRegistry registry, List<String> outages) {
    try {
      Optional<Lease> lease = registry.ping("s0");
      assertThat(lease).as("a service that is still to be loaded").isPresent();
      return true;
    } catch (StoreUnavailableException e) {
      outages.add(e.getMessage());
      return false;
    }
  }
}
