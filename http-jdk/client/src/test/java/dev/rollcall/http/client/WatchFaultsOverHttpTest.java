package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.WatchProbe;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Query;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.RegistryAndWatcher;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import dev.rollcall.store.valkey.harness.ValkeyRestartContract;
import dev.rollcall.store.valkey.harness.ValkeySentinels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Watches over HTTP through faults of the Valkey behind the server. However each ends: what the
 * watcher was told adds up to the list, nobody is told gone because of an error, and a watch that
 * is closed leaves nothing, here or at the server.
 */
@Timeout(120)
class WatchFaultsOverHttpTest implements ValkeyRestartContract {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Override
  public RegistryAndWatcher watch(String uri) {
    return new Watched(uri);
  }

  /** A server, a client of it, and one who watches through the client. */
  private static final class Watched extends RegistryAndWatcher {
    private final OverHttp http;
    private final WatchProbe probe;

    Watched(String uri) {
      http = new OverHttp(uri);
      probe = WatchProbe.open(http.client(), Query.all());
    }

    @Override
    public ServiceRegistry registry() {
      return http.client();
    }

    @Override
    public WatchProbe probe() {
      return probe;
    }

    @Override
    protected void closeRegistry() {
      http.close();
    }

    @Override
    public void close() {
      super.close();
      assertThat(http.watchesOpen()).isZero();
    }
  }

  @Test
  void aSentinelFailoverCostsNobody() {
    try (ValkeySentinels set = ValkeySentinels.thatFailOver();
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
        Registration one =
            Registration.builder("http://h").id("s" + i).ttl(Duration.ofMinutes(5)).build();
        registrations.add(watched.http.served().registerAsync(one, LIMIT));
      }
      registrations.forEach(CompletableFuture::join);

      watched.probe.await(view -> view.services().size() == 1_000);
      assertThat(watched.gone()).isEmpty();
    }
  }
}
