package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.RegistryException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.FaultProxy;
import dev.rollcall.store.valkey.harness.Renewal;
import dev.rollcall.store.valkey.harness.Renewals;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls that are queued once more since their connection broke, by a caller who then leaves. */
@Timeout(60)
class RequeuedCallsTest {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static Thread start(Runnable call) {
    Thread caller =
        new Thread(
            () -> {
              try {
                call.run();
              } catch (RegistryException e) {
                // What becomes of the others is the question.
              }
            });
    caller.start();
    return caller;
  }

  private static void awaitAsleep(Thread caller) {
    Eventually.await(
        "asleep", Duration.ofSeconds(20), () -> caller.getState() == Thread.State.TIMED_WAITING);
  }

  @Test
  void callsThatNoThreadWaitsForAreMadeThoughNoCallerLeadsAnyMore() throws Exception {
    try (FaultProxy proxy = new FaultProxy(VALKEY.server());
        TtlStore store = TtlStore.open(proxy.uri() + "?timeout-ms=" + TIMEOUT.toMillis())) {
      ServiceRegistry registry = ServiceRegistry.over(store);
      for (int i = 0; i < 300; i++) {
        registry.register(Registration.builder("http://h").id("a" + i).build());
      }
      registry.register(Registration.builder("http://h").id("b").build());
      List<Renewal> renewals = Renewals.many(300);
      proxy.delay(Duration.ofMillis(1_500));
      Thread first = start(() -> registry.ping("a0"));
      Thread.sleep(50);
      Thread second = start(() -> registry.ping("a1")); // in the other pipeline
      Thread.sleep(50);
      Thread removal = start(() -> registry.deregister("b"));
      awaitAsleep(removal);
      long start = System.nanoTime();
      Renewals.start(store, renewals);
      first.join();
      // The removal leads now, with 255 of the 300 beside it, and is not made again.
      Thread.sleep(150);
      proxy.delay(Duration.ZERO);
      proxy.reset();
      for (Thread caller : List.of(second, removal)) {
        caller.join();
      }

      assertThat(renewals).allSatisfy(each -> assertThat(each.lease()).isPresent());
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIMEOUT.dividedBy(2));
    }
  }
}
