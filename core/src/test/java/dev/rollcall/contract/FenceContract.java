package dev.rollcall.contract;

import static dev.rollcall.contract.RegistryFixture.aService;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.Ulid;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Fenced leases: the latest registration of an id holds it. */
public interface FenceContract extends RegistryFixture {

  private String registered(String id) {
    return registry().register(aService(id).build()).leaseId().orElseThrow();
  }

  @Test
  default void eachRegistrationGetsALeaseIdOfItsOwn() {
    String first = registered("a");
    String second = registered("a");

    assertThat(Ulid.parse(first)).isPresent();
    assertThat(Ulid.parse(second)).isPresent();
    assertThat(second).isNotEqualTo(first);
  }

  @Test
  default void theHolderPingsAndDeregisters() {
    String lease = registered("a");

    assertThat(registry().ping("a", lease).orElseThrow().leaseId()).contains(lease);
    assertThat(registry().deregister("a", lease)).isPresent();
    assertThat(registry().find("a")).isEmpty();
  }

  @Test
  default void aSupersededLeaseNeitherPingsNorDeregisters() {
    String old = registered("a");
    elapse(Duration.ofSeconds(10));
    String current = registered("a");
    Service before = registry().find("a").orElseThrow();
    elapse(Duration.ofSeconds(10));

    assertThatThrownBy(() -> registry().ping("a", old))
        .isInstanceOf(LeaseSupersededException.class)
        .hasMessageContaining("'a'");
    assertThatThrownBy(() -> registry().deregister("a", old))
        .isInstanceOf(LeaseSupersededException.class)
        .hasMessageContaining("'a'");
    assertThat(registry().find("a").map(Service::url)).contains(before.url());
    elapse(Duration.ofSeconds(20));
    assertThat(registry().find("a")).isEmpty(); // the refused ping extended nothing
    assertThat(current).isNotEqualTo(old);
  }

  @Test
  default void whenTheHolderIsGoneASupersededLeaseIsToldNotFound() {
    String old = registered("a");
    String current = registered("a");
    registry().deregister("a", current);

    assertThat(registry().ping("a", old)).isEmpty();
    assertThat(registry().deregister("a", old)).isEmpty();
  }

  @Test
  default void whenTheHolderExpiresASupersededLeaseIsToldNotFound() {
    String old = registered("a");
    registered("a");
    elapse(TTL);

    assertThat(registry().ping("a", old)).isEmpty();
    assertThat(registry().deregister("a", old)).isEmpty();
  }

  @Test
  default void withoutALeaseBothActOnTheIdAlone() {
    registered("a");
    registered("a");

    assertThat(registry().ping("a")).isPresent();
    assertThat(registry().deregister("a")).isPresent();
  }

  @Test
  default void aLeaseOfAnotherServiceIsNoKey() {
    registered("a");
    String other = registered("b");

    assertThatThrownBy(() -> registry().ping("a", other))
        .isInstanceOf(LeaseSupersededException.class);
    assertThatThrownBy(() -> registry().deregister("a", other))
        .isInstanceOf(LeaseSupersededException.class);
  }

  @Test
  default void aLeaseThatIsNoLeaseIsNoKey() {
    String lease = registered("a");

    for (String wrong :
        new String[] {
          "x", " ", lease + "0", lease.substring(1), lease.toLowerCase(Locale.ROOT), "ü&=%$?#"
        }) {
      assertThatThrownBy(() -> registry().ping("a", wrong))
          .as(wrong)
          .isInstanceOf(LeaseSupersededException.class);
      assertThatThrownBy(() -> registry().deregister("a", wrong))
          .as(wrong)
          .isInstanceOf(LeaseSupersededException.class);
    }
    assertThat(registry().ping("a", lease)).isPresent();
  }

  @Test
  default void theLeaseSurvivesItsPings() {
    String lease = registered("a");
    for (int i = 0; i < 10; i++) {
      elapse(Duration.ofSeconds(10));
      assertThat(registry().ping("a", lease)).isPresent();
    }
  }

  @Test
  default void inARollingDeployTheOldShutdownLeavesTheNewInstance() {
    String old = registered("a");
    registry().register(Registration.builder("http://new").id("a").ttl(TTL).build());

    assertThatThrownBy(() -> registry().deregister("a", old))
        .isInstanceOf(LeaseSupersededException.class);
    assertThat(registry().find("a").map(Service::url)).contains("http://new");
  }
}
