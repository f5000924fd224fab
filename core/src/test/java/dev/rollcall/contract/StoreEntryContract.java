package dev.rollcall.contract;

import static dev.rollcall.contract.StoreFixture.aClaim;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.spi.Claim;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is put, found, listed and removed, one caller at a time. */
public interface StoreEntryContract extends StoreFixture {

  @Test
  default void whatIsPutIsFoundAndListed() {
    Claim claim =
        aClaim(Registration.builder("http://h").id("a").info(Map.of("v", 1)).build(), TTL);
    store().put(claim);

    Service service = store().find("a").orElseThrow();
    assertThat(service.id()).isEqualTo("a");
    assertThat(service.url()).isEqualTo("http://h");
    assertThat(service.info()).isEqualTo(Map.of("v", 1));
    assertThat(service.registeredAt()).isEqualTo(service.lastUpdated());
    assertThat(service.lastPingAt()).isEqualTo(service.lastUpdated());
    assertThat(service.expiresAt()).isEqualTo(service.lastPingAt().plus(TTL));
    assertThat(store().list()).containsExactly(service);
  }

  @Test
  default void theNameIsKeptUntilAnotherPutOfTheId() {
    Registration.Builder a = Registration.builder("http://h").id("a");
    store().put(aClaim(a.name("given").info(Map.of("name", "by-info")).build(), TTL));
    assertThat(store().find("a").map(Service::name)).contains("given");
    store().renew("a", Fence.none());
    assertThat(store().list()).extracting(Service::name).containsExactly("given");

    Registration.Builder other = Registration.builder("http://h").id("a");
    store().put(aClaim(other.info(Map.of("name", "by-info")).build(), TTL));
    assertThat(store().find("a").map(Service::name)).contains("by-info");

    store().put(aClaim(other.info(Map.of("name", "no name")).build(), TTL));
    assertThat(store().remove("a", Fence.none()).map(Service::name)).contains("a");
  }

  @Test
  default void countsTellHowManyAreAlive() {
    assertThat(store().counts().services()).isZero();

    store().put(aClaim("a"));
    store().put(aClaim("b"));
    store().put(aClaim("b"));
    store().remove("a", Fence.none());

    assertThat(store().counts().services()).isEqualTo(1);
  }

  @Test
  default void putAnswersTheLeaseWithTheClaimsLeaseId() {
    Claim claim = aClaim("a");
    Lease lease = store().put(claim);

    assertThat(lease.id()).isEqualTo("a");
    assertThat(lease.leaseId()).contains(claim.leaseId().toString());
    assertThat(lease.ttl()).isEqualTo(TTL);
    assertThat(lease.expiresAt()).isEqualTo(store().find("a").orElseThrow().expiresAt());
  }

  @Test
  default void timesAreInMilliseconds() {
    Lease lease = store().put(aClaim("a"));

    Service service = store().find("a").orElseThrow();
    assertThat(
            List.of(
                lease.expiresAt(),
                service.registeredAt(),
                service.lastUpdated(),
                service.lastPingAt(),
                service.expiresAt()))
        .allSatisfy(time -> assertThat(time).isEqualTo(time.truncatedTo(ChronoUnit.MILLIS)));
  }

  @Test
  default void theClaimsTtlCountsAndNotTheOneTheRegistrationAskedFor() {
    Registration asks =
        Registration.builder("http://h").id("a").ttl(Duration.ofSeconds(600)).build();

    assertThat(store().put(aClaim(asks, TTL)).ttl()).isEqualTo(TTL);
    assertThat(store().find("a").map(Service::ttl)).contains(TTL);
    elapse(TTL);
    assertThat(store().find("a")).isEmpty();
  }

  @Test
  default void aPutOfALiveIdReplacesAllButTheTimeItWasRegisteredAt() {
    store().put(aClaim("a"));
    Service before = store().find("a").orElseThrow();
    elapse(Duration.ofSeconds(20));
    Registration other = Registration.builder("https://other").id("a").info(Map.of("v", 2)).build();
    store().put(aClaim(other, Duration.ofSeconds(60)));

    Service after = store().find("a").orElseThrow();
    assertThat(after.url()).isEqualTo("https://other");
    assertThat(after.info()).isEqualTo(Map.of("v", 2));
    assertThat(after.ttl()).isEqualTo(Duration.ofSeconds(60));
    assertThat(after.lastUpdated()).isEqualTo(after.lastPingAt());
    assertThat(Duration.between(before.registeredAt(), after.registeredAt()).abs())
        .isLessThanOrEqualTo(clockTolerance());
    assertThat(store().list()).containsExactly(after);
  }

  @Test
  default void aPutOfAnExpiredIdStartsANewLife() {
    store().put(aClaim("a"));
    elapse(TTL);
    store().put(aClaim("a"));

    Service service = store().find("a").orElseThrow();
    assertThat(service.registeredAt()).isEqualTo(service.lastUpdated());
    assertThat(store().list()).hasSize(1);
  }

  @Test
  default void aPutOfARemovedIdStartsANewLife() {
    store().put(aClaim("a"));
    elapse(Duration.ofSeconds(10));
    store().remove("a", Fence.none());
    store().put(aClaim("a"));

    Service service = store().find("a").orElseThrow();
    assertThat(service.registeredAt()).isEqualTo(service.lastUpdated());
  }

  @Test
  default void removeAnswersTheServiceAsItWasAndLeavesTheRest() {
    store().put(aClaim("a"));
    store().put(aClaim("b"));
    Service before = store().find("a").orElseThrow();

    assertThat(store().remove("a", Fence.none())).contains(before);
    assertThat(store().find("a")).isEmpty();
    assertThat(store().renew("a", Fence.none())).isEmpty();
    assertThat(store().remove("a", Fence.none())).isEmpty();
    assertThat(store().list()).extracting(Service::id).containsExactly("b");
  }

  @Test
  default void anUnknownIdIsEmptyEverywhere() {
    Fence some = StoreFixture.fenceOf(aClaim("nope"));

    assertThat(store().find("nope")).isEmpty();
    assertThat(store().renew("nope", Fence.none())).isEmpty();
    assertThat(store().renew("nope", some)).isEmpty();
    assertThat(store().remove("nope", Fence.none())).isEmpty();
    assertThat(store().remove("nope", some)).isEmpty();
    assertThat(store().list()).isEmpty();
  }

  @Test
  default void tenThousandServicesAreListedOnceEachAndTheDeadAreNot() {
    int count = 10_000;
    IntStream.range(0, count)
        .mapToObj(i -> aClaim("s" + i, TTL.multipliedBy(i % 2 == 0 ? 20 : 40)))
        .forEach(store()::put);
    assertThat(store().list()).extracting(Service::id).doesNotHaveDuplicates().hasSize(count);

    elapse(TTL.multipliedBy(20));

    assertThat(store().list())
        .extracting(Service::id)
        .doesNotHaveDuplicates()
        .hasSize(count / 2)
        .allMatch(id -> store().find(id).isPresent());
  }
}
