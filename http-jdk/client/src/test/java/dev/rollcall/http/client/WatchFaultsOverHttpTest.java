package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.contract.WatchProbe;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.View;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import dev.rollcall.store.valkey.harness.ValkeySentinels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Watches over HTTP through faults of the Valkey behind the server. However each ends: what the
 * watcher was told adds up to the list, nobody is told gone because of an error, and a watch that
 * is closed leaves nothing, here or at the server.
 */
@Timeout(120)
class WatchFaultsOverHttpTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String QUICK = "?timeout-ms=500";

  /** A server, a client of it, and one who watches through the client. */
  private static final class Watched implements AutoCloseable {
    private final Set<Thread> before = Thread.getAllStackTraces().keySet();
    private final OverHttp http;
    private final WatchProbe probe;

    Watched(String uri) {
      http = new OverHttp(uri);
      probe = WatchProbe.open(http.client(), Query.all());
    }

    static Registration aService(String id, Duration ttl) {
      return Registration.builder("http://h").id(id).ttl(ttl).build();
    }

    void register(String id) {
      var unused = http.client().register(aService(id, Duration.ofMinutes(5)));
    }

    void awaitStale() {
      probe.await(view -> view.staleSince().isPresent());
    }

    void awaitIds(String... ids) {
      probe.await(
          view ->
              view.staleSince().isEmpty()
                  && view.services().stream().map(Service::id).toList().equals(List.of(ids)));
    }

    List<Change> gone() {
      return probe.changes().stream().filter(Change::isGone).toList();
    }

    private static Map<String, Long> revisions(List<Service> services) {
      return services.stream().collect(Collectors.toMap(Service::id, Service::revision));
    }

    private void awaitTheList() {
      Eventually.await(
          "the watcher knows what the list has",
          LIMIT,
          () -> {
            View view = probe.await(latest -> true);
            return view.staleSince().isEmpty()
                && revisions(view.services()).equals(revisions(http.client().list()));
          });
    }

    @Override
    public void close() {
      try {
        awaitTheList();
      } finally {
        probe.close();
        http.close();
      }
      assertThat(http.watchesOpen()).isZero();
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

  @Test
  void aValkeyThatComesBackEmptyHasLostAllAndNobodyBefore() {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        Watched watched = new Watched(valkey.uri() + QUICK)) {
      watched.register("a");
      watched.register("b");
      watched.awaitIds("a", "b");
      valkey.kill();
      watched.awaitStale();
      assertThat(watched.gone()).isEmpty();
      valkey.restart();

      watched.awaitIds();
      assertThat(watched.gone()).extracting(Change::type).containsOnly(Change.Type.LOST);
      watched.register("a");
      watched.awaitIds("a");
    }
  }

  @Test
  void aValkeyThatComesBackWithItsDataHasLostNobody() {
    try (ValkeyProcess valkey =
            ValkeyProcess.start("--appendonly", "yes", "--appendfsync", "always");
        Watched watched = new Watched(valkey.uri() + QUICK)) {
      watched.register("a");
      watched.register("b");
      watched.awaitIds("a", "b");
      valkey.kill();
      watched.awaitStale();
      valkey.restart();

      watched.awaitIds("a", "b");
      watched.register("c");
      watched.awaitIds("a", "b", "c");
      assertThat(watched.gone()).isEmpty();
    }
  }

  @Test
  void aSentinelFailoverCostsNobody() {
    try (ValkeySentinels set = new ValkeySentinels();
        Watched watched = new Watched(set.uri() + QUICK)) {
      watched.register("a");
      watched.register("b");
      watched.awaitIds("a", "b");
      set.firstMaster().awaitReplicas();
      set.firstMaster().kill();
      Eventually.await(
          "a new one is told",
          LIMIT,
          () -> {
            watched.register("c");
            return watched.probe.isSeenWithin("c", Duration.ofSeconds(2));
          });
      watched.awaitTheList();
      assertThat(watched.gone()).extracting(Change::id).doesNotContain("a", "b");
      assertThat(watched.http.client().list()).hasSize(3);
    }
  }

  @Test
  void aThousandRegistrationsAtOnceAreAllTold() {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        Watched watched = new Watched(valkey.uri() + "?timeout-ms=30000")) {
      watched.awaitIds();
      List<CompletableFuture<?>> registrations = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        registrations.add(
            watched
                .http
                .served()
                .registerAsync(Watched.aService("s" + i, Duration.ofMinutes(5)), LIMIT));
      }
      registrations.forEach(CompletableFuture::join);

      watched.probe.await(view -> view.services().size() == 1_000);
      assertThat(watched.gone()).isEmpty();
    }
  }
}
