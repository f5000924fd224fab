package dev.rollcall.store.valkey;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreRegistry;
import dev.rollcall.contract.WatchProbe;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.View;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;

/** A registry over a store of its own, and one who watches it. */
final class Watched implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration LONG = Duration.ofMinutes(5);

  private final Set<Thread> before = Thread.getAllStackTraces().keySet();
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

  void register(String id) {
    register(id, LONG);
  }

  void register(String id, Duration ttl) {
    var unused = registry.register(Registration.builder("http://h").id(id).ttl(ttl).build());
  }

  void awaitIds(String... ids) {
    probe.awaitIds(ids);
  }

  View awaitStale() {
    return probe.await(view -> view.staleSince().isPresent());
  }

  void awaitFresh() {
    probe.await(view -> view.staleSince().isEmpty());
  }

  List<Change> gone() {
    return probe.changes().stream().filter(Change::isGone).toList();
  }

  /** Waits until what was told is what the list has, each in its newest registration. */
  void awaitTheList() {
    Eventually.await(
        "the watcher knows what the list has",
        LIMIT,
        () -> {
          View view = probe.await(latest -> true);
          return view.staleSince().isEmpty()
              && revisions(view.services()).equals(revisions(registry.list()));
        });
  }

  private static Map<String, Long> revisions(List<Service> services) {
    return services.stream().collect(Collectors.toMap(Service::id, Service::revision));
  }

  @Override
  public void close() {
    try {
      awaitTheList();
    } finally {
      probe.close();
      registry.close();
      store.close();
    }
    Eventually.await("no thread is left", LIMIT, () -> threads().isEmpty());
  }

  private Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread))
        .map(Thread::getName)
        .filter(name -> name.startsWith("rollcall-"))
        .collect(Collectors.toSet());
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
