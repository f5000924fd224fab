package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A thousand services in a Valkey that holds a million keys of others. */
class ForeignKeysTest {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  private static final int SERVICES = 1_000;
  private static final int FOREIGN = 1_000_000;

  /** Few enough that a busy machine runs a script long before the client's time is up. */
  private static final int A_SCRIPT = 5_000;

  @Test
  void aListFindsAllServicesAmongAMillionForeignKeysAndPingsPassIt() {
    for (int from = 0; from < FOREIGN; from += A_SCRIPT) {
      VALKEY
          .client()
          .eval(
              "for i = ARGV[1], ARGV[2] do redis.call('SET', 'other:' .. i, 'x') end",
              List.of(),
              List.of(Integer.toString(from), Integer.toString(from + A_SCRIPT - 1)));
    }
    try (TtlStore store = TtlStore.open(VALKEY.uri())) {
      ServiceRegistry registry = ServiceRegistry.over(store);
      for (int i = 0; i < SERVICES; i++) {
        registry.register(Registration.builder("http://h").id("s" + i).build());
      }
      CompletableFuture<Integer> list = CompletableFuture.supplyAsync(() -> registry.list().size());
      int pings = 0;
      for (; !list.isDone(); pings++) {
        assertThat(registry.ping("s" + pings % SERVICES)).isPresent();
      }

      assertThat(list.join()).isEqualTo(SERVICES);
      assertThat(pings).as("pings while the list ran").isGreaterThan(10);
      assertThat(VALKEY.client().dbSize()).isEqualTo(FOREIGN + 2 * SERVICES); // each has a history
    }
  }
}
