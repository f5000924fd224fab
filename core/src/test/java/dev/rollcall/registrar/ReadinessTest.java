package dev.rollcall.registrar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.rollcall.Registration;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Readiness checks that hang, on real threads. */
@Timeout(60)
class ReadinessTest {
  private static final Registration REGISTRATION = Registration.builder("http://h").id("a").build();
  private static final Duration SHORT = Duration.ofMillis(50);

  private final StubRegistry registry = new StubRegistry();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final AtomicInteger checks = new AtomicInteger();
  private Keepalive keepalive;

  @BeforeEach
  void open() {
    keepalive = Keepalive.create();
  }

  @AfterEach
  void close() {
    gate.countDown();
    keepalive.close();
  }

  private Registrar.Builder builder(BooleanSupplier check) {
    return Registrar.builder(registry, REGISTRATION)
        .keepalive(keepalive)
        .timeout(SHORT)
        .retryDelay(Duration.ofMillis(1))
        .maxRetries(3)
        .registerWhen(check);
  }

  private boolean hang() {
    checks.incrementAndGet();
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return true;
  }

  @Test
  void aCheckThatHangsEndsTheStartAndIsToldOfAndIsCalledOnce() {
    Registrar registrar = builder(this::hang).build();
    registrar.start();

    assertThat(registrar.state()).isEqualTo(RegistrarState.WAITING);
    assertThat(registrar.lastError().orElseThrow())
        .hasMessage("registerWhen has not answered within PT0.05S");
    assertThat(checks).hasValue(1);
    assertThat(registry.calls).isEmpty();
  }

  @Test
  void withFailOnErrorACheckThatHangsFailsTheStart() {
    Registrar registrar = builder(this::hang).failOnError(true).build();

    assertThatIllegalStateException().isThrownBy(registrar::start);
    assertThat(registrar.state()).isEqualTo(RegistrarState.CLOSED);
  }

  @Test
  void aCheckThatHungRegistersTheServiceOnceItAnswersAndIsNotCalledAgain() throws Exception {
    CountDownLatch registered = new CountDownLatch(1);
    Registrar registrar =
        builder(this::hang)
            .keepaliveInterval(Duration.ofMillis(100)) // and tries on as often
            .listener(
                (who, from, to) -> {
                  if (to == RegistrarState.REGISTERED) {
                    registered.countDown();
                  }
                })
            .build();
    registrar.start();
    assertThat(registrar.state()).isEqualTo(RegistrarState.WAITING);
    gate.countDown();

    assertThat(registered.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(checks).hasValue(1);
  }

  @Test
  void checksThatHangHoldUpNoOtherServiceNorTheirOwnClose() {
    Registrar[] hung = new Registrar[20];
    for (int i = 0; i < hung.length; i++) {
      hung[i] = builder(this::hang).build();
      var unused = hung[i].startInBackground();
    }
    Registrar well = builder(() -> true).timeout(Duration.ofSeconds(30)).build();
    well.start();
    assertThat(well.state()).isEqualTo(RegistrarState.REGISTERED);

    keepalive.close();
    assertThat(hung).allMatch(registrar -> registrar.state() == RegistrarState.CLOSED);
    assertThat(registry.calls).containsExactly("register a", "deregister a L1");
  }
}
