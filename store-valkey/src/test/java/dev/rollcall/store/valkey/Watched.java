package dev.rollcall.store.valkey;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreRegistry;
import dev.rollcall.contract.WatchProbe;
import dev.rollcall.discovery.Query;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.RegistryAndWatcher;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;

/** A registry over a store of its own, and one who watches it. */
final class Watched extends RegistryAndWatcher {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  final TtlStore store;
  final ServiceRegistry registry;
  final WatchProbe probe;

  Watched(String uri) {
    this(uri, UnaryOperator.identity(), UnaryOperator.identity());
  }

  Watched(
      String uri, UnaryOperator<TtlStore> around, UnaryOperator<StoreRegistry.Builder> settings) {
    store = TtlStore.open(uri);
    registry =
        settings
            .apply(
                StoreRegistry.builder(around.apply(store)).reconcileInterval(Duration.ofSeconds(1)))
            .build();
    probe = WatchProbe.open(registry, Query.all());
  }

  @Override
  public ServiceRegistry registry() {
    return registry;
  }

  @Override
  public WatchProbe probe() {
    return probe;
  }

  @Override
  protected void closeRegistry() {
    registry.close();
    store.close();
  }

  /** Waits until the client's own connection is the only one. */
  static void awaitNobodyElse(RedisClient client) {
    AtomicReference<String> last = new AtomicReference<>("");
    try {
      Eventually.await(
          "no connection is left",
          LIMIT,
          () -> {
            CommandArguments list = new CommandArguments(Command.CLIENT).addObjects("LIST");
            last.set(new String((byte[]) client.executeCommand(list), UTF_8));
            return last.get().lines().count() == 1;
          });
    } catch (AssertionError e) {
      throw new AssertionError(last.get(), e);
    }
  }
}
