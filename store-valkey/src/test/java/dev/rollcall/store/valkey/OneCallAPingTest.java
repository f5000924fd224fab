package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.HintRecorder;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;

/** What the server sees of the store. */
class OneCallAPingTest {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  private static final int THREADS = 16;
  private static final int PINGS = 500;

  @Test
  void pingsThatComeTogetherShareCallsAndConnections() throws InterruptedException {
    try (TtlStore store = TtlStore.open(VALKEY.uri())) {
      ServiceRegistry registry = ServiceRegistry.over(store);
      registry.register(Registration.builder("http://h").id("a").build());
      resetFigures();
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        Thread thread = new Thread(() -> ping(registry));
        thread.start();
        threads.add(thread);
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }

    assertThat(figure("commandstats", "cmdstat_pexpireat:calls=")).isEqualTo(THREADS * PINGS);
    assertThat(figure("commandstats", "cmdstat_evalsha:calls=")).isLessThan(THREADS * PINGS);
    assertThat(figure("stats", "total_reads_processed:")).isLessThan(THREADS * PINGS);
    // The shared pipeline and the second, and the test's own client.
    assertThat(figure("stats", "total_connections_received:")).isLessThanOrEqualTo(3);
  }

  @Test
  void aPingAloneIsOneCall() {
    try (TtlStore store = TtlStore.open(VALKEY.uri())) {
      ServiceRegistry registry = ServiceRegistry.over(store);
      registry.register(Registration.builder("http://h").id("a").build());
      assertThat(registry.ping("a")).isPresent();
      resetFigures();
      ping(registry);
    }

    assertThat(figure("commandstats", "cmdstat_evalsha:calls=")).isEqualTo(PINGS);
  }

  private static void resetFigures() {
    var unused =
        VALKEY.client().executeCommand(new CommandArguments(Command.CONFIG).add("RESETSTAT"));
  }

  private static void ping(ServiceRegistry registry) {
    for (int i = 0; i < PINGS; i++) {
      assertThat(registry.ping("a")).isPresent();
    }
  }

  private static int figure(String section, String name) {
    String info = VALKEY.client().info(section);
    int from = info.indexOf(name) + name.length();
    return Integer.parseInt(info.substring(from).split("[^0-9]", 2)[0]);
  }

  @Test
  void thePermissionsOfTheDocumentationAreEnough() {
    DocumentedUser.createOn(VALKEY.client());
    String address = VALKEY.server().host() + ":" + VALKEY.server().port();
    HintRecorder recorder = new HintRecorder();
    try (TtlStore store = TtlStore.open("valkey://" + DocumentedUser.CREDENTIALS + address)) {
      ServiceRegistry registry = ServiceRegistry.over(store);
      registry.register(Registration.builder("http://h").id("a").build());
      registry.register(Registration.builder("http://h").id("a").build());

      assertThat(registry.ping("a")).isPresent();
      assertThat(registry.find("a")).isPresent();
      assertThat(registry.list()).hasSize(1);
      assertThat(store.findAll(List.of("a"))).hasSize(1);
      assertThat(store.time()).isNotNull();
      var hints = store.subscribe(recorder).orElseThrow();
      assertThat(recorder.next()).isEqualTo("missed");
      assertThat(registry.deregister("a")).isPresent();
      assertThat(recorder.next()).isEqualTo("deregistered a");
      hints.close();
    }
  }
}
