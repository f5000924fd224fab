package dev.rollcall.http.client;

import static dev.rollcall.http.client.harness.FakeRegistry.onceAllAreAsked;
import static dev.rollcall.http.client.harness.FakeRegistry.well;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.http.client.harness.FakeRegistry;
import dev.rollcall.registrar.Registrar;
import dev.rollcall.registrar.RegistrarState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that no thread of the caller waits for, and a registrar that makes them. */
@Timeout(60)
class AsyncCallsTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(200);

  /** For a request to arrive on a busy machine, though its answer does not. */
  private static final Duration LONG_ENOUGH_TO_ASK = Duration.ofSeconds(2);

  private static final Registration REGISTRATION = Registration.builder("http://h").id("a").build();

  private final FakeRegistry fake = FakeRegistry.hung();
  private final HttpServiceRegistry registry = HttpServiceRegistry.connect(fake.url());

  @AfterEach
  void close() {
    registry.close();
    fake.close();
  }

  private CompletableFuture<Optional<Lease>> ping(Duration timeout) {
    return registry.pingAsync("a", Fence.of("L"), timeout);
  }

  @Test
  void theyAnswerAsTheBlockingOnesDo() {
    fake.then(well("\"lease_id\":\"L\","));
    assertThat(registry.registerAsync(REGISTRATION, LONG).join().leaseId()).contains("L");
    assertThat(ping(LONG).join()).isPresent();
    assertThat(registry.deregisterAsync("a", Fence.none(), LONG).join()).isPresent();
    fake.then(404, "{\"detail\":\"gone\"}");
    assertThat(ping(LONG).join()).isEmpty();
    fake.then(409, "{\"detail\":\"superseded\"}");
    assertThatThrownBy(() -> ping(LONG).join()).hasCauseInstanceOf(LeaseSupersededException.class);
    assertThat(registry.pingAsync("no id", Fence.none(), LONG).join()).isEmpty();
    assertThat(fake.connections()).isEqualTo(1);
  }

  @Test
  void theShorterOfTheTwoTimeoutsCounts() {
    assertThatThrownBy(() -> ping(SHORT).join())
        .cause()
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageEndingWith("no answer within PT0.2S");
    try (var impatient = HttpServiceRegistry.builder(fake.url()).timeout(SHORT).build()) {
      assertThatThrownBy(() -> impatient.registerAsync(REGISTRATION, LONG).join())
          .cause()
          .hasMessageEndingWith("no answer within PT0.2S");
    }
  }

  @Test
  void fiftyCallsToOneHostAreUnderWayAtOnce() throws InterruptedException {
    CountDownLatch all = new CountDownLatch(50);
    for (int i = 0; i < 50; i++) {
      fake.then(onceAllAreAsked(all, well()));
    }
    List<CompletableFuture<?>> pings = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      pings.add(ping(LONG));
    }
    assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
    CompletableFuture.allOf(pings.toArray(CompletableFuture<?>[]::new)).join();
  }

  @Test
  void aConnectionThatIsHalfOpenIsFoundWithinOneTimeoutAndNoOtherIdleOneIsTrustedAfterIt() {
    CountDownLatch both = new CountDownLatch(2);
    FakeRegistry.Script meet = onceAllAreAsked(both, well());
    fake.then(meet).then(meet);
    CompletableFuture.allOf(ping(LONG), ping(LONG)).join();
    assertThat(fake.connections()).isEqualTo(2);

    fake.then(socket -> {}); // the pooled connection that is tried leads nowhere
    assertThatThrownBy(() -> ping(LONG_ENOUGH_TO_ASK).join())
        .hasCauseInstanceOf(RegistryUnavailableException.class);
    fake.then(well());
    assertThat(ping(LONG).join()).isPresent();
    assertThat(fake.connections()).isEqualTo(3);
  }

  @Test
  void aCallThatTimesOutAmongOthersThatAreAnsweredBreaksNoConnectionButItsOwn() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    fake.then(socket -> asked.countDown()).then(well());
    CompletableFuture<?> slow = ping(LONG_ENOUGH_TO_ASK);
    assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(ping(LONG).join()).isPresent();

    assertThatThrownBy(slow::join).hasCauseInstanceOf(RegistryUnavailableException.class);
    assertThat(ping(LONG).join()).isPresent();
    assertThat(fake.connections()).isEqualTo(2);
  }

  @Test
  void afterCloseTheyFailAndThoseUnderWayEndAtOnce() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    fake.then(socket -> asked.countDown());
    CompletableFuture<Optional<Lease>> underWay = ping(LONG);
    assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
    registry.close();

    assertThatThrownBy(() -> underWay.get(5, TimeUnit.SECONDS))
        .cause()
        .hasMessageEndingWith("the registry was closed during the call");
    assertThatThrownBy(() -> ping(LONG).join()).hasCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void aRegistrarFindsThisClientByTheUrlAndClosesIt() {
    fake.then(
            200,
            "{\"id\":\"other\",\"status\":\"registered\",\"ping_url\":\"/services/other/$ping\"}")
        .then(204, "");
    try (Registrar registrar =
        Registrar.builder()
            .orchestratorUrl(fake.url() + "/services/$register")
            .serviceKey("k")
            .host("h")
            .id("a")
            .build()) {
      registrar.start();
      assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
      assertThat(registrar.id()).isEqualTo("other");
    }
    assertThat(fake.asked())
        .extracting(FakeRegistry.Asked::target)
        .containsExactly("/services/$register", "/services/other");
    assertThat(fake.lastAsked().headers()).containsEntry("x-service-key", "k");
  }

  @Test
  void aHungRegistryDelaysNeitherTheStateNorAnotherRegistry() {
    try (FakeRegistry healthy = FakeRegistry.hung().then(well());
        var other = HttpServiceRegistry.connect(healthy.url());
        Registrar hung = Registrar.builder(registry, REGISTRATION).timeout(SHORT).build();
        Registrar well = Registrar.builder(other, REGISTRATION).build()) {
      var unused = hung.startInBackground();
      well.start();

      assertThat(well.state()).isEqualTo(RegistrarState.REGISTERED);
      assertThat(hung.state()).isEqualTo(RegistrarState.REGISTERING);
    }
  }
}
