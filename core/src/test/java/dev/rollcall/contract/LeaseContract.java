package dev.rollcall.contract;

import static dev.rollcall.contract.RegistryFixture.aService;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.Ttl;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How long a lease lasts, to the millisecond. */
public interface LeaseContract extends RegistryFixture {
  @Test
  default void aLeaseLastsItsTtlAndNotAMillisecondMore() {
    registry().register(aService("a").build());
    elapse(TTL.minus(MILLI).minus(clockTolerance()));
    assertThat(registry().find("a")).isPresent();
    assertThat(registry().list()).hasSize(1);

    elapse(MILLI.plus(clockTolerance()));
    assertThat(registry().find("a")).isEmpty();
    assertThat(registry().list()).isEmpty();
    assertThat(registry().ping("a")).isEmpty();
    assertThat(registry().deregister("a")).isEmpty();
  }

  @Test
  default void aPingedLeaseLastsOneFullTtlFromThePing() {
    String id = registry().register(aService().build()).id();
    elapse(Duration.ofSeconds(20));
    assertThat(registry().ping(id)).isPresent();
    elapse(Duration.ofSeconds(20));
    assertThat(registry().find(id)).isPresent(); // a ping that added nothing fails here
    elapse(Duration.ofSeconds(10));
    assertThat(registry().find(id)).isEmpty(); // one that added two ttls fails here
  }

  @Test
  default void aPingAfterExpiryIsEmptyAndDoesNotRevive() {
    Lease lease = registry().register(aService("a").build());
    elapse(TTL);
    assertThat(registry().ping("a")).isEmpty();
    assertThat(registry().ping("a", lease.leaseId().orElseThrow())).isEmpty();
    assertThat(registry().find("a")).isEmpty();
  }

  @Test
  default void aPingAnswersTheRenewedLease() {
    registry().register(aService("a").build());
    elapse(Duration.ofSeconds(10));
    Lease renewed = registry().ping("a").orElseThrow();

    Service service = registry().find("a").orElseThrow();
    assertThat(renewed.id()).isEqualTo("a");
    assertThat(renewed.ttl()).isEqualTo(TTL);
    assertThat(renewed.expiresAt()).isEqualTo(service.expiresAt());
    assertThat(renewed.lastPingAt()).isEqualTo(service.lastPingAt());
  }

  @Test
  default void aPingChangesNothingButTheLease() {
    registry().register(aService("a").build());
    Service before = registry().find("a").orElseThrow();
    elapse(Duration.ofSeconds(10));
    registry().ping("a");

    Service after = registry().find("a").orElseThrow();
    assertThat(after.url()).isEqualTo(before.url());
    assertThat(after.info()).isEqualTo(before.info());
    assertThat(after.registeredAt()).isEqualTo(before.registeredAt());
    assertThat(after.lastUpdated()).isEqualTo(before.lastUpdated());
    assertThat(after.ttl()).isEqualTo(before.ttl());
    assertThat(after.expiresAt()).isAfter(before.expiresAt().minus(TTL));
  }

  @Test
  default void aServiceKeptAliveByPingsOutlivesManyTtls() {
    registry().register(aService("a").build());
    for (int i = 0; i < 100; i++) {
      elapse(Duration.ofSeconds(20));
      assertThat(registry().ping("a")).isPresent();
    }
    assertThat(registry().find("a")).isPresent();
  }

  @Test
  default void eachServiceHasItsOwnTtl() {
    registry().register(aService("short").ttl(Duration.ofSeconds(1)).build());
    registry().register(aService("long").ttl(Ttl.MAX).build());
    registry().register(Registration.builder("http://h").id("default").build());

    elapse(Duration.ofSeconds(1));
    assertThat(registry().find("short")).isEmpty();
    elapse(Duration.ofSeconds(18));
    assertThat(registry().find("default")).isPresent();
    elapse(Duration.ofSeconds(11));
    assertThat(registry().find("default")).isEmpty();
    elapse(Ttl.MAX.minusSeconds(31));
    assertThat(registry().find("long")).isPresent();
    elapse(Duration.ofSeconds(1));
    assertThat(registry().find("long")).isEmpty();
  }

  @Test
  default void aPingRenewsByTheServicesOwnTtl() {
    registry().register(aService("a").ttl(Duration.ofMillis(20_500)).build());
    elapse(Duration.ofSeconds(15));
    assertThat(registry().ping("a").orElseThrow().ttl()).isEqualTo(Duration.ofMillis(20_500));
    elapse(Duration.ofSeconds(15));
    assertThat(registry().find("a")).isPresent();
    elapse(Duration.ofMillis(5_500));
    assertThat(registry().find("a")).isEmpty();
  }

  @Test
  default void aRegistrationWithAShorterTtlShortensTheLease() {
    registry().register(aService("a").ttl(Duration.ofSeconds(600)).build());
    registry().register(aService("a").ttl(Duration.ofSeconds(5)).build());
    elapse(Duration.ofSeconds(5));
    assertThat(registry().find("a")).isEmpty();
  }

  @Test
  default void registeringAnswersTheLeaseThatReadersSee() {
    Lease lease = registry().register(aService("a").build());

    assertThat(lease.ttl()).isEqualTo(TTL);
    assertThat(registry().find("a").orElseThrow().ttl()).isEqualTo(lease.ttl());
  }
}
