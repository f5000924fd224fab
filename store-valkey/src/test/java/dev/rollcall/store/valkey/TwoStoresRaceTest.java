package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.util.concurrent.CompletionService;
import java.util.concurrent.Exchanger;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two stores over one Valkey: a ping through one against an end through the other, 100,000 times.
 */
class TwoStoresRaceTest {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  /** A machine that stands still for two seconds says nothing of a race. */
  private static final String PATIENT = "?timeout-ms=30000";

  private static final int PAIRS = 20;
  private static final int ROUNDS = 5_000;

  private TtlStore oneStore;
  private TtlStore otherStore;
  private ServiceRegistry one;
  private ServiceRegistry other;

  @BeforeEach
  void open() {
    oneStore = TtlStore.open(VALKEY.uri() + PATIENT);
    otherStore = TtlStore.open(VALKEY.uri() + PATIENT);
    one = ServiceRegistry.over(oneStore);
    other = ServiceRegistry.over(otherStore);
  }

  @AfterEach
  void close() {
    oneStore.close();
    otherStore.close();
  }

  @Test
  void noPingRevivesWhatIsDeregisteredBesideIt() throws Exception {
    race(id -> assertThat(other.deregister(id)).isPresent());
  }

  @Test
  void noPingRevivesWhatExpiresBesideIt() throws Exception {
    race(id -> VALKEY.client().pexpire("service:" + id, 0));
  }

  private void race(Consumer<String> end) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2 * PAIRS);
    try {
      CompletionService<Void> done = new ExecutorCompletionService<>(threads);
      for (int pair = 0; pair < PAIRS; pair++) {
        String id = "s" + pair;
        Exchanger<Boolean> gate = new Exchanger<>();
        done.submit(() -> endEachRound(id, gate, end));
        done.submit(() -> pingEachRound(id, gate));
      }
      for (int thread = 0; thread < 2 * PAIRS; thread++) {
        done.take().get(); // The first to fail is heard; its partner would wait for it for ever.
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static Void endEachRound(String id, Exchanger<Boolean> gate, Consumer<String> end)
      throws InterruptedException {
    for (int round = 0; round < ROUNDS; round++) {
      gate.exchange(true);
      end.accept(id);
      gate.exchange(true);
    }
    return null;
  }

  private Void pingEachRound(String id, Exchanger<Boolean> gate) throws InterruptedException {
    for (int round = 0; round < ROUNDS; round++) {
      one.register(Registration.builder("http://h").id(id).build());
      gate.exchange(true);
      var unused = one.ping(id); // In time or not: the end comes after it or before.
      gate.exchange(true);
      assertThat(one.find(id)).as(id).isEmpty();
      assertThat(other.ping(id)).as(id).isEmpty();
    }
    return null;
  }
}
