package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.WatchProbe;
import dev.rollcall.discovery.Query;
import dev.rollcall.http.client.harness.ServerProgram;
import dev.rollcall.http.server.harness.ChildJvm;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server, in a process of its own, that is killed while many watch. */
@Timeout(120)
class KilledServerTest {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  private static final int WATCHERS = 500;
  private static final long WINDOW_MILLIS = 250;

  private static ChildJvm serve(int port) {
    return ChildJvm.start(
        List.of(
            "-cp",
            ChildJvm.classPath(),
            ServerProgram.class.getName(),
            VALKEY.uri(),
            Integer.toString(port)));
  }

  private static void register(ServiceRegistry registry, String id) {
    registry.register(Registration.builder("http://h").id(id).ttl(Duration.ofHours(1)).build());
  }

  @Test
  void eachWatcherGoesOnWithoutASnapshotAndTheyDoNotComeBackAllAtOnce() throws Exception {
    List<WatchProbe> probes = new ArrayList<>();
    ChildJvm killed = serve(0);
    ChildJvm back = null;
    try (TtlStore store = TtlStore.open(VALKEY.uri());
        ServiceRegistry registry = ServiceRegistry.over(store)) {
      int port = (int) numberIn(killed.readLineWith("serves "));
      register(registry, "a");
      register(registry, "b");
      try (HttpServiceRegistry client = HttpServiceRegistry.connect("http://127.0.0.1:" + port)) {
        for (int i = 0; i < WATCHERS; i++) {
          probes.add(WatchProbe.open(client, Query.all()));
        }
        probes.forEach(probe -> probe.awaitIds("a", "b"));

        killed.close(); // by SIGKILL
        killed.exitCode();
        for (WatchProbe probe : probes) {
          assertThat(probe.await(view -> view.staleSince().isPresent()).services()).hasSize(2);
        }
        back = serve(port);
        back.readLineWith("serves ");
        List<Long> times = timesOfResumption(back);

        register(registry, "c");
        registry.deregister("a");
        String[] listed = registry.list().stream().map(Service::id).toArray(String[]::new);
        for (WatchProbe probe : probes) {
          assertThat(probe.awaitIds(listed).staleSince()).isEmpty();
          assertThat(probe.changes()).hasSizeLessThanOrEqualTo(5);
        }
        // Without a spread all would; a busy machine takes some together that came one by one.
        assertThat(mostWithin(times)).isLessThan(WATCHERS * 3 / 4);
      } finally {
        probes.forEach(WatchProbe::close);
      }
    } finally {
      killed.close();
      if (back != null) {
        back.close();
      }
    }
  }

  private static long numberIn(String line) {
    return Long.parseLong(line.replaceAll("^\\S+ (\\d+).*", "$1"));
  }

  /** Reads when each stream has gone on; fails if one began anew. */
  private static List<Long> timesOfResumption(ChildJvm server) throws IOException {
    List<Long> times = new ArrayList<>();
    while (times.size() < WATCHERS) {
      List<String> others = new ArrayList<>();
      String line = server.readLineWith("resumed ", others);
      assertThat(others).isEmpty();
      times.add(numberIn(line));
    }
    return times;
  }

  /** Returns how many came within a quarter of a second at most. */
  private static int mostWithin(List<Long> times) {
    List<Long> sorted = new ArrayList<>(times);
    Collections.sort(sorted);
    int most = 0;
    int from = 0;
    for (int to = 0; to < sorted.size(); to++) {
      while (sorted.get(to) - sorted.get(from) > WINDOW_MILLIS) {
        from++;
      }
      most = Math.max(most, to - from + 1);
    }
    System.out.printf(
        "%d watchers were back within %d ms, %d of them within %d ms%n",
        sorted.size(), sorted.get(sorted.size() - 1) - sorted.get(0), most, WINDOW_MILLIS);
    return most;
  }
}
