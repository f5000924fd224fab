package dev.rollcall.store.valkey.harness;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.WatchProbe;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.View;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A registry and one who watches it. When this is closed, the watcher must know what the list has,
 * and no thread may be left.
 */
public abstract class RegistryAndWatcher implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration LONG = Duration.ofMinutes(5);

  // A subclass opens the registry after this.
  private final Set<Thread> before = Thread.getAllStackTraces().keySet();

  /** Returns the registry. */
  public abstract ServiceRegistry registry();

  /** Returns the one who watches it. */
  public abstract WatchProbe probe();

  /** Closes the registry, and what was opened for it. */
  protected abstract void closeRegistry();

  /** Registers a service for longer than a test takes. */
  public final void register(String id) {
    register(id, LONG);
  }

  /** Registers a service. */
  public final void register(String id, Duration ttl) {
    var unused = registry().register(Registration.builder("http://h").id(id).ttl(ttl).build());
  }

  /** Waits until the view is not old, and has just these ids. */
  public final void awaitIds(String... ids) {
    probe()
        .await(
            view ->
                view.staleSince().isEmpty()
                    && view.services().stream().map(Service::id).toList().equals(List.of(ids)));
  }

  /** Waits until the view is old, and returns it. */
  public final View awaitStale() {
    return probe().await(view -> view.staleSince().isPresent());
  }

  /** Returns the changes that told that a service is gone. */
  public final List<Change> gone() {
    return probe().changes().stream().filter(Change::isGone).toList();
  }

  /** Waits until what was told is what the list has, each in its newest registration. */
  public final void awaitTheList() {
    Eventually.await(
        "the watcher knows what the list has",
        LIMIT,
        () -> {
          View view = probe().await(latest -> true);
          return view.staleSince().isEmpty()
              && revisions(view.services()).equals(revisions(registry().list()));
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
      probe().close();
      closeRegistry();
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
}
