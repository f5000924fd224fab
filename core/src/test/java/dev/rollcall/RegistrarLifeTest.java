package dev.rollcall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.ManualExecutor;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The life of a registration, by a clock that is turned by hand. */
class RegistrarLoopTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
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

  private static void fail() {
    throw new RegistryUnavailableException("down");
  }

  private static Optional<Lease> failing(RuntimeException e) {
    throw e;
  }

  @Test
  void itRegistersAndPingsAtTheInterval() {
    Registrar registrar = started(builder());
    assertThat(registry.newCalls()).containsExactly("register a");
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
    assertThat(registrar.lease().flatMap(Lease::leaseId)).contains("L1");

    executor.elapse(SECOND); // the first ping is spread
    assertThat(registry.newCalls()).containsExactly("ping a L1");
    executor.elapse(INTERVAL.minusNanos(1));
    assertThat(registry.newCalls()).isEmpty();
    executor.elapse(Duration.ofNanos(1));
    assertThat(registry.newCalls()).containsExactly("ping a L1");
    assertThat(registrar.lease().flatMap(Lease::leaseId)).contains("L1");
  }

  @Test
  void aRegistryWithoutLeaseIdsIsPingedAndLeftByIdAlone() {
    registry.givesLeaseIds = false;
    Registrar registrar = started(builder());
    executor.elapse(SECOND);
    registrar.close();

    assertThat(registry.newCalls()).containsExactly("register a", "ping a", "deregister a");
  }

  @Test
  void aFailedPingIsTriedAgainSoonerThanTheIntervalAndTheLeaseKept() {
    Registrar registrar = started(builder().random(() -> -1L));
    executor.elapse(INTERVAL);
    registry.newCalls();
    registry.onPing = () -> failing(new RegistryUnavailableException("down"));
    executor.elapse(INTERVAL);
    assertThat(registry.newCalls()).hasSize(1);
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
    assertThat(registrar.lastError()).containsInstanceOf(RegistryUnavailableException.class);

    executor.elapse(Duration.ofSeconds(2)); // 2 s, then 4 s, 8 s, 10 s, 10 s
    assertThat(registry.newCalls()).hasSize(1);
    executor.elapse(Duration.ofSeconds(12));
    assertThat(registry.newCalls()).hasSize(2);
    executor.elapse(Duration.ofSeconds(50));
    assertThat(registry.newCalls()).hasSize(5);

    registry.onPing = () -> Optional.of(registry.lease("a"));
    executor.elapse(INTERVAL);
    assertThat(registrar.lastError()).isEmpty();
    assertThat(registry.newCalls()).containsExactly("ping a L1");
  }

  @Test
  void noRuntimeExceptionEndsThePings() {
    started(builder());
    registry.onPing = () -> failing(new IllegalStateException("a bug in a registry"));
    executor.elapse(Duration.ofMinutes(10));
    registry.newCalls();
    registry.onPing = () -> Optional.of(registry.lease("a"));
    executor.elapse(INTERVAL.multipliedBy(3));

    assertThat(registry.newCalls()).hasSizeGreaterThanOrEqualTo(2).containsOnly("ping a L1");
  }

  @Test
  void noErrorEndsThePings() {
    Registrar registrar = started(builder());
    registry.newCalls();
    registry.onPing =
        () -> {
          throw new OutOfMemoryError("of the test");
        };
    executor.elapse(INTERVAL);
    assertThat(registry.newCalls()).contains("ping a L1");
    assertThat(registrar.lastError().orElseThrow()).hasMessageContaining("of the test");

    registry.onPing = () -> Optional.of(registry.lease("a"));
    executor.elapse(INTERVAL);
    assertThat(registry.newCalls()).contains("ping a L1");
    assertThat(registrar.lastError()).isEmpty();
  }

  @Test
  void withAShortLeaseAFailedPingIsStillTriedAgainWithinTheLoweredInterval() {
    registry.ttl = Duration.ofSeconds(3);
    started(builder().random(() -> -1L));
    executor.elapse(SECOND);
    assertThat(registry.newCalls()).containsExactly("register a", "ping a L1");

    registry.onPing = () -> failing(new RegistryUnavailableException("down"));
    executor.elapse(Duration.ofSeconds(3));
    assertThat(registry.newCalls()).hasSizeGreaterThanOrEqualTo(3);
  }

  @Test
  void startTriesAtTheRetryDelayThenGivesBackControlAndGoesOnWithBackoff() {
    registry.beforeRegister = RegistrarLoopTest::fail;
    Registrar registrar = builder().random(() -> -1L).maxRetries(3).retryDelay(SECOND).build();
    CompletableFuture<Boolean> result = registrar.startInBackground();
    executor.elapse(SECOND);
    assertThat(registry.newCalls()).hasSize(2);
    assertThat(result).isNotDone();
    executor.elapse(SECOND);
    assertThat(registry.newCalls()).hasSize(1);
    assertThat(result).isCompletedWithValue(false);
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERING);
    assertThat(registrar.lease()).isEmpty();

    executor.elapse(Duration.ofSeconds(7)); // 1 s, 2 s, 4 s
    assertThat(registry.newCalls()).hasSize(3);
    registry.beforeRegister = () -> {};
    executor.elapse(INTERVAL);
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
    assertThat(registrar.lastError()).isEmpty();
  }

  @Test
  void aServiceThatTheRegistryLostRegistersAgainWithTheIdItHad() {
    Registrar registrar = started(builder(Registration.of("http://h").build()).random(() -> 0L));
    assertThat(registry.newCalls()).containsExactly("register (none)");
    registry.onPing = Optional::empty;
    executor.elapse(SECOND);
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERING);
    executor.elapse(Duration.ofMillis(500)); // a tenth of half an interval

    assertThat(registry.newCalls()).containsExactly("ping made L1", "register made");
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
    assertThat(registrar.lease().flatMap(Lease::leaseId)).contains("L2");
  }

  @Test
  void aSupersededServiceAsksOnAndTakesOverWhenTheHolderIsGone() {
    Registrar registrar = started(builder());
    registry.onPing = () -> failing(LeaseSupersededException.of("a"));
    executor.elapse(SECOND.plus(INTERVAL));
    assertThat(registrar.state()).isEqualTo(RegistrarState.SUPERSEDED);
    assertThat(registrar.lastError()).containsInstanceOf(LeaseSupersededException.class);
    assertThat(registry.newCalls()).containsExactly("register a", "ping a L1", "ping a L1");

    registry.onPing = Optional::empty;
    executor.elapse(INTERVAL.plus(SECOND));
    assertThat(registry.newCalls()).startsWith("ping a L1", "register a");
    assertThat(registrar.state()).isNotEqualTo(RegistrarState.SUPERSEDED);
  }

  @Test
  void aSupersededServiceLeavesTheIdToItsHolder() {
    Registrar registrar = started(builder());
    registry.onPing = () -> failing(LeaseSupersededException.of("a"));
    executor.elapse(SECOND);
    registry.newCalls();
    registrar.close();

    assertThat(registry.newCalls()).isEmpty();
  }

  @Test
  void withoutKeepaliveItRegistersAndPingsNever() {
    Registrar registrar = started(builder().enableKeepalive(false));
    executor.elapse(Duration.ofHours(1));

    assertThat(registry.newCalls()).containsExactly("register a");
    assertThat(executor.waiting()).isZero();
    registrar.close();
    assertThat(registry.newCalls()).containsExactly("deregister a L1");
  }

  @Test
  void itStartsOnce() {
    Registrar registrar = started(builder());
    assertThat(builder().build().state()).isEqualTo(RegistrarState.NEW);
    assertThatIllegalStateException()
        .isThrownBy(registrar::startInBackground)
        .withMessage("the registrar was started before");
    registrar.close();
    assertThatIllegalStateException()
        .isThrownBy(registrar::start)
        .withMessage("the registrar is closed");
  }

  @Test
  void onAnExecutorThatIsShutDownItDoesNotStart() {
    executor.shutdown();

    assertThatIllegalStateException()
        .isThrownBy(() -> builder().build().start())
        .withMessageContaining("executor is shut down");
  }
}
