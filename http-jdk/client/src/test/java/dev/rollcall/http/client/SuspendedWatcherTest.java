package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.contract.WatchProbe;
import dev.rollcall.discovery.Query;
import dev.rollcall.http.client.harness.WatcherProgram;
import dev.rollcall.http.server.harness.ChildJvm;
import dev.rollcall.http.server.harness.JdkServers;
import dev.rollcall.http.server.harness.WatchedRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A watcher, in a process of its own, that the system suspends (SIGSTOP) while services change. */
@Timeout(120)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no signals")
class SuspendedWatcherTest {
  /** What all of them take together is more than sockets buffer. */
  private static final int SERVICES = 20;

  private static final Map<String, Object> LARGE = Map.of("filler", "x".repeat(900_000));

  private static void register(WatchedRegistry served, String id, Map<String, Object> info) {
    served
        .registry()
        .register(
            Registration.builder("http://h").id(id).info(info).ttl(Duration.ofHours(24)).build());
  }

  @Test
  void itIsCutOffAndKnowsTheSameAsTheRegistryWhenItGoesOn() throws Exception {
    try (WatchedRegistry served = new WatchedRegistry(new JdkServers());
        HttpServiceRegistry client =
            HttpServiceRegistry.connect("http://127.0.0.1:" + served.address().getPort());
        WatchProbe beside = WatchProbe.open(client, Query.all())) {
      register(served, "gone", Map.of());
      try (ChildJvm watcher =
          ChildJvm.start(
              List.of(
                  "-cp",
                  ChildJvm.classPath(),
                  WatcherProgram.class.getName(),
                  "http://127.0.0.1:" + served.address().getPort()))) {
        watcher.readLineWith("known [gone]");

        watcher.signal("STOP");
        for (int i = 0; i < SERVICES; i++) {
          register(served, "large-" + i, LARGE);
        }
        served.registry().deregister("gone");
        String[] listed = ids(served).toArray(String[]::new);
        beside.awaitIds(listed); // It waits for nobody.
        passTimeUntil(served, () -> served.cutOffs() > 0);
        watcher.signal("CONT");

        watcher.readLineWith("known " + ids(served));
        register(served, "last", Map.of());
        watcher.readLineWith("known " + ids(served));
        assertThat(served.cutOffs()).isEqualTo(1);
      }
      passTimeUntil(served, () -> served.open() == 1);
    }
  }

  /** Turns the server's clock, by more than a client may take nothing at a time. */
  private static void passTimeUntil(WatchedRegistry served, BooleanSupplier condition)
      throws InterruptedException {
    while (!condition.getAsBoolean()) {
      served.clock().advance(Duration.ofSeconds(11));
      var unused = served.completed().poll(100, TimeUnit.MILLISECONDS);
    }
  }

  private static List<String> ids(WatchedRegistry served) {
    return served.registry().list().stream().map(Service::id).toList();
  }
}
