package dev.rollcall.registrar;

import static dev.rollcall.registrar.RegistrarFixture.INTERVAL;
import static dev.rollcall.registrar.RegistrarFixture.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.LeaseSupersededException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a listener hears, by a clock that is turned by hand. */
class RegistrarListenerTest {
  private final RegistrarFixture world = new RegistrarFixture();
  private final List<String> heard = new ArrayList<>();

  private void hear(Registrar registrar, RegistrarState from, RegistrarState to) {
    heard.add(from + " " + to);
  }

  @Test
  void itHearsOfEachChangeOnceAndOfNoPing() {
    Registrar registrar =
        world.pinged(world.builder().registerWhen(() -> true).listener(this::hear));
    world.executor.elapse(INTERVAL.multipliedBy(10));
    world.pingsFail();
    world.executor.elapse(INTERVAL.multipliedBy(10));
    world.pingsAreNotFound();
    world.executor.elapse(SECOND);
    world.pingsFail(new LeaseSupersededException("superseded", null));
    world.executor.elapse(INTERVAL.multipliedBy(10));
    registrar.close();
    world.executor.elapse(SECOND);

    assertThat(heard)
        .containsExactly(
            "NEW WAITING",
            "WAITING REGISTERING",
            "REGISTERING REGISTERED",
            "REGISTERED RETRYING",
            "RETRYING LOST",
            "LOST REGISTERED",
            "REGISTERED SUPERSEDED",
            "SUPERSEDED CLOSING",
            "CLOSING CLOSED");
  }

  @Test
  void whatItThrowsHarmsNothing() {
    Registrar registrar =
        world.pinged(
            world
                .builder()
                .listener(
                    (who, from, to) -> {
                      hear(who, from, to);
                      throw new AssertionError("of the test");
                    }));
    world.executor.elapse(INTERVAL);

    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
    assertThat(world.registry.newCalls()).containsExactly("ping a L1");
    assertThat(heard).containsExactly("NEW REGISTERING", "REGISTERING REGISTERED");
  }

  @Test
  void itMayCloseTheRegistrar() {
    Registrar registrar =
        world.started(
            world
                .builder()
                .listener(
                    (who, from, to) -> {
                      hear(who, from, to);
                      who.close();
                    }));
    world.executor.elapse(INTERVAL);

    assertThat(registrar.state()).isEqualTo(RegistrarState.CLOSED);
    assertThat(world.executor.waiting()).isZero();
    assertThat(heard).endsWith("CLOSING CLOSED");
  }
}
