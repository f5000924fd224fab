package dev.rollcall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.ManualExecutor;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How a registration ends, by a clock that is turned by hand. */
class RegistrarCloseTest {
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  private final ManualExecutor executor = new ManualExecutor(new ManualClock());
  private final ScriptedRegistry registry = new ScriptedRegistry();

  /** At random, always the shortest delay: a tenth. */
  private Registrar.Builder builder() {
    return builder(Registration.of("http://h").id("a").build()).random(() -> 0L);
  }

  private Registrar.Builder builder(Registration registration) {
    return Registrar.builder(registry, registration).keepalive(Keepalive.on(executor));
  }

  private Registrar started(Registrar.Builder builder) {
    Registrar registrar = builder.build();
    var unused = registrar.startInBackground();
    executor.elapse(Duration.ZERO);
    return registrar;
  }

  @Test
  void closeDeregistersOnceAndEndsThePings() {
    Registrar registrar = started(builder());
    registry.newCalls();
    registrar.close();
    registrar.close();
    executor.elapse(Duration.ofHours(1));

    assertThat(registry.newCalls()).containsExactly("deregister a L1");
    assertThat(registrar.state()).isEqualTo(RegistrarState.CLOSED);
    assertThat(executor.waiting()).isZero();
    assertThat(executor.isShutdown()).isFalse();
  }

  @Test
  void withoutAutoDeregisterCloseLeavesTheLeaseToEnd() {
    Registrar registrar = started(builder().autoDeregister(false));
    registrar.close();

    assertThat(registry.newCalls()).containsExactly("register a");
  }

  @Test
  void aDeregistrationThatFailsDoesNotFailClose() {
    for (RuntimeException e :
        new RuntimeException[] {
          new RegistryUnavailableException("down"), LeaseSupersededException.of("a")
        }) {
      Registrar registrar = started(builder());
      registry.beforeDeregister =
          () -> {
            throw e;
          };
      registrar.close();
      assertThat(registrar.state()).isEqualTo(RegistrarState.CLOSED);
    }
  }

  @Test
  void closeBeforeTheFirstTryRegistersNothingAndEndsTheWait() {
    Registrar registrar = builder().build();
    CompletableFuture<Boolean> result = registrar.startInBackground();
    registrar.close();
    executor.elapse(INTERVAL);

    assertThat(result).isCompletedWithValue(false);
    assertThat(registry.newCalls()).isEmpty();
  }

  @Test
  void itMayBeClosedFromTheCallbackOfItsStart() {
    Registrar registrar = builder().build();
    var unused = registrar.startInBackground().thenRun(registrar::close);
    executor.elapse(INTERVAL);

    assertThat(registry.newCalls()).containsExactly("register a", "deregister a L1");
    assertThat(executor.waiting()).isZero();
  }
}
