package dev.rollcall.metrics;

import static dev.rollcall.registrar.RegistrarState.CLOSED;
import static dev.rollcall.registrar.RegistrarState.CLOSING;
import static dev.rollcall.registrar.RegistrarState.LOST;
import static dev.rollcall.registrar.RegistrarState.NEW;
import static dev.rollcall.registrar.RegistrarState.REGISTERED;
import static dev.rollcall.registrar.RegistrarState.REGISTERING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.registrar.Registrar;
import dev.rollcall.registrar.RegistrarListener;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RegistrarMetersTest {
  private static final Registration A = Registration.builder("http://h").id("a").build();

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final RegistrarListener counting = RollcallMetrics.of(meters).registrars();

  private double in(String state) {
    return meters.get("rollcall.keepalive").tag("state", state).gauge().value();
  }

  @Test
  void aRegistrarCountsWhereItStandsFromItsStartToItsClose() {
    try (ServiceRegistry registry = ServiceRegistry.open("memory:");
        Registrar first = Registrar.builder(registry, A).build();
        Registrar second = Registrar.builder(registry, A).build()) {
      counting.changed(first, NEW, REGISTERING);
      counting.changed(second, NEW, REGISTERING);
      counting.changed(first, REGISTERING, REGISTERED);
      assertThat(in("registering")).isEqualTo(1);
      assertThat(in("registered")).isEqualTo(1);

      counting.changed(first, REGISTERED, LOST);
      assertThat(in("registered")).isZero();
      assertThat(in("lost")).isEqualTo(1);

      counting.changed(first, LOST, CLOSING);
      counting.changed(first, CLOSING, CLOSED);
      counting.changed(second, REGISTERING, CLOSED);
      assertThat(meters.get("rollcall.keepalive").gauges())
          .allMatch(gauge -> gauge.value() == 0)
          .noneMatch(gauge -> "closed".equals(gauge.getId().getTag("state")));
    }
  }

  @Test
  void registrarsTellItAsTheyGo() throws Exception {
    CountDownLatch registered = new CountDownLatch(2);
    CountDownLatch closed = new CountDownLatch(2);
    RegistrarListener listener =
        (registrar, from, to) -> {
          counting.changed(registrar, from, to);
          (to == REGISTERED ? registered : to == CLOSED ? closed : new CountDownLatch(0))
              .countDown();
        };
    try (ServiceRegistry registry = ServiceRegistry.open("memory:")) {
      Registrar first = Registrar.builder(registry, A).listener(listener).build();
      Registrar second =
          Registrar.builder(registry, Registration.builder("http://h").id("b").build())
              .listener(listener)
              .build();
      first.start();
      second.start();
      registered.await();
      assertThat(in("registered")).isEqualTo(2);

      first.close();
      second.close();
      closed.await();
      assertThat(in("registered")).isZero();
      assertThat(in("closing")).isZero();
    }
  }
}
