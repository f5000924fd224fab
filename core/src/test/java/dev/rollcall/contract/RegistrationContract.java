package dev.rollcall.contract;

import static dev.rollcall.contract.RegistryFixture.aService;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.Ulid;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Registering, reading and deregistering, one caller at a time. */
public interface RegistrationContract extends RegistryFixture {

  @Test
  default void aRegisteredServiceIsFoundAsItRegistered() {
    Lease lease = registry().register(aService("a").build());

    Service service = registry().find("a").orElseThrow();
    assertThat(lease.id()).isEqualTo("a");
    assertThat(service.id()).isEqualTo("a");
    assertThat(service.url()).isEqualTo("http://my-service:8000");
    assertThat(service.info()).isEqualTo(Map.of("display_name", "My Service"));
    assertThat(service.ttl()).isEqualTo(TTL);
    assertThat(service.expiresAt()).isEqualTo(service.lastPingAt().plus(TTL));
    assertThat(registry().list()).containsExactly(service);
  }

  @Test
  default void aServiceWithoutAnIdGetsAUlid() {
    Lease first = registry().register(aService().build());
    Lease second = registry().register(aService().build());

    assertThat(Ulid.parse(first.id())).isPresent();
    assertThat(second.id()).isGreaterThan(first.id());
    assertThat(registry().list()).extracting(Service::id).containsExactly(first.id(), second.id());
  }

  @Test
  default void theIdInInfoCountsWhereNoOtherIsGiven() {
    Registration byInfo = Registration.builder("http://h").info(Map.of("id", "by-info")).build();
    Registration byBoth =
        Registration.builder("http://h").id("explicit").info(Map.of("id", "by-info")).build();

    assertThat(registry().register(byInfo).id()).isEqualTo("by-info");
    assertThat(registry().register(byBoth).id()).isEqualTo("explicit");
  }

  @Test
  default void anInfoIdThatIsNoTextOrEmptyDoesNotCount() {
    Registration number = Registration.builder("http://h").info(Map.of("id", 7)).build();
    Registration empty = Registration.builder("http://h").info(Map.of("id", "")).build();

    assertThat(Ulid.parse(registry().register(number).id())).isPresent();
    assertThat(Ulid.parse(registry().register(empty).id())).isPresent();
  }

  @Test
  default void aServiceHasTheNameThatWasGivenElseThatOfItsInfoElseItsId() {
    Map<String, Object> info = Map.of("name", "by-info");
    registry()
        .register(Registration.builder("http://h").id("a").name("by-hand").info(info).build());
    registry().register(Registration.builder("http://h").id("b").name("by-hand").build());
    registry().register(Registration.builder("http://h").id("c").info(info).build());
    registry().register(Registration.builder("http://h").id("d").build());

    assertThat(registry().list())
        .extracting(Service::name)
        .containsExactly("by-hand", "by-hand", "by-info", "d");
    assertThat(registry().find("a").map(Service::name)).contains("by-hand");
    assertThat(registry().find("c").map(Service::info)).contains(info);
    assertThat(registry().deregister("b").map(Service::name)).contains("by-hand");
  }

  @Test
  default void aServiceWithoutAnIdAndANameHasItsGeneratedIdForAName() {
    String id = registry().register(aService().build()).id();

    assertThat(registry().find(id).map(Service::name)).contains(id);
  }

  @Test
  default void anInfoNameThatCannotBeANameIsOnlyAText() {
    List<Object> texts = List.of("two words", "", "-a", "x".repeat(129), "\u00e9", 7, List.of("a"));
    for (Object text : texts) {
      Map<String, Object> info = Map.of("name", text);
      registry().register(Registration.builder("http://h").id("a").info(info).build());

      Service service = registry().find("a").orElseThrow();
      assertThat(service.name()).isEqualTo("a");
      assertThat(service.info()).isEqualTo(info);
    }
  }

  @Test
  default void aNameChangesByRegisteringAgain() {
    registry().register(Registration.builder("http://h").id("a").name("before").build());
    registry().register(Registration.builder("http://h").id("a").name("after").build());
    assertThat(registry().find("a").map(Service::name)).contains("after");

    registry().register(Registration.builder("http://h").id("a").build());
    assertThat(registry().list()).extracting(Service::name).containsExactly("a");
  }

  @Test
  default void registeringALiveIdReplacesItAndKeepsItsRegistrationTime() {
    registry().register(aService("a").build());
    Service before = registry().find("a").orElseThrow();
    elapse(Duration.ofSeconds(20));
    registry()
        .register(
            Registration.builder("https://other")
                .id("a")
                .info(Map.of("v", 2))
                .ttl(Duration.ofSeconds(60))
                .build());

    Service after = registry().find("a").orElseThrow();
    assertThat(after.url()).isEqualTo("https://other");
    assertThat(after.info()).isEqualTo(Map.of("v", 2));
    assertThat(after.ttl()).isEqualTo(Duration.ofSeconds(60));
    assertThat(Duration.between(before.registeredAt(), after.registeredAt()).abs())
        .isLessThanOrEqualTo(clockTolerance());
    assertThat(after.lastPingAt()).isAfterOrEqualTo(after.lastUpdated().minus(clockTolerance()));
    assertThat(registry().list()).hasSize(1);
  }

  @Test
  default void registeringAnExpiredIdStartsANewLife() {
    registry().register(aService("a").build());
    elapse(TTL);
    registry().register(aService("a").build());

    Service service = registry().find("a").orElseThrow();
    assertThat(service.registeredAt()).isEqualTo(service.lastUpdated());
    assertThat(registry().list()).hasSize(1);
  }

  @Test
  default void registeringADeregisteredIdStartsANewLife() {
    registry().register(aService("a").build());
    registry().deregister("a");
    registry().register(aService("a").build());

    Service service = registry().find("a").orElseThrow();
    assertThat(service.registeredAt()).isEqualTo(service.lastUpdated());
  }

  @Test
  default void deregisterAnswersTheServiceAsItWasAndRemovesIt() {
    registry().register(aService("a").build());
    registry().register(aService("b").build());
    Service before = registry().find("a").orElseThrow();

    assertThat(registry().deregister("a")).contains(before);
    assertThat(registry().find("a")).isEmpty();
    assertThat(registry().ping("a")).isEmpty();
    assertThat(registry().deregister("a")).isEmpty();
    assertThat(registry().list()).extracting(Service::id).containsExactly("b");
  }

  @Test
  default void anUnknownIdIsEmptyEverywhere() {
    assertThat(registry().find("nope")).isEmpty();
    assertThat(registry().ping("nope")).isEmpty();
    assertThat(registry().ping("nope", "01M84S401H4R260E75QAS22SQ3")).isEmpty();
    assertThat(registry().deregister("nope")).isEmpty();
    assertThat(registry().deregister("nope", "01M84S401H4R260E75QAS22SQ3")).isEmpty();
    assertThat(registry().list()).isEmpty();
  }

  @Test
  default void idsAreCaseSensitiveAndListedInTheirOrder() {
    List<String> ids = List.of("b", "A", "a.1", "a", "Z_9", "a-1", "0");
    ids.forEach(id -> registry().register(aService(id).build()));

    assertThat(registry().list())
        .extracting(Service::id)
        .containsExactly("0", "A", "Z_9", "a", "a-1", "a.1", "b");
  }

  @Test
  default void tenThousandServicesAreListedOnceEach() {
    int count = 10_000;
    // No lease ends while the others are registered, however slowly.
    IntStream.range(0, count)
        .mapToObj(i -> aService("s" + i).ttl(Duration.ofHours(1)).build())
        .forEach(registry()::register);
    Set<String> ids = new HashSet<>();

    registry().list().forEach(service -> ids.add(service.id()));

    assertThat(registry().list())
        .hasSize(count)
        .isSortedAccordingTo((a, b) -> a.id().compareTo(b.id()));
    assertThat(ids).hasSize(count);
    assertThat(registry().ping("s9999")).isPresent();
  }

  @Test
  default void aListCannotBeChanged() {
    registry().register(aService("a").build());

    assertThat(registry().list()).isUnmodifiable();
  }

  @Test
  default void nullIsRefused() {
    assertThatNullPointerException().isThrownBy(() -> registry().register(null));
    assertThatNullPointerException().isThrownBy(() -> registry().find(null));
    assertThatNullPointerException().isThrownBy(() -> registry().ping(null));
    assertThatNullPointerException().isThrownBy(() -> registry().ping("a", (String) null));
    assertThatNullPointerException().isThrownBy(() -> registry().ping("a", (Fence) null));
    assertThatNullPointerException().isThrownBy(() -> registry().deregister(null));
    assertThatNullPointerException().isThrownBy(() -> registry().deregister("a", (String) null));
    assertThatNullPointerException().isThrownBy(() -> registry().deregister("a", (Fence) null));
  }
}
