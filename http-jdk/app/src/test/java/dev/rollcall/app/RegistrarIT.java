package dev.rollcall.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.RegistryException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.client.HttpServiceRegistry;
import dev.rollcall.http.client.harness.RegistrarProgram;
import dev.rollcall.http.server.harness.ChildJvm;
import dev.rollcall.registrar.Keepalive;
import dev.rollcall.registrar.Registrar;
import dev.rollcall.registrar.RegistrarState;
import dev.rollcall.store.valkey.harness.Eventually;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Registrars and a server in JVMs of their own, which die and stand still, by the real clock. */
@Timeout(120)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no signals")
class RegistrarIT {
  private static final String JAR = System.getProperty("rollcall.server.jar");
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration TTL = Duration.ofSeconds(4);
  private static final Duration LIMIT = Duration.ofSeconds(100);

  /** What a busy machine may take for itself, the first answers of a new JVM included. */
  private static final Duration SLACK = Duration.ofSeconds(4);

  private final int port = freePort();
  private final String url = "http://127.0.0.1:" + port;
  private ChildJvm server;
  private ServiceRegistry registry;

  @BeforeEach
  void serve() throws IOException {
    server = startServer();
    registry = HttpServiceRegistry.connect(url);
  }

  @AfterEach
  void stop() {
    registry.close();
    server.close();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private ChildJvm startServer() throws IOException {
    ChildJvm jvm = ChildJvm.start(List.of("-jar", JAR, "--port=" + port));
    jvm.readLineWith("Rollcall serves at ");
    // It logs each registration, and would wait for ever for somebody to read that.
    var unused = CompletableFuture.supplyAsync(jvm::readRest, task -> new Thread(task).start());
    return jvm;
  }

  /** Kills the server as {@code kill -9} does, and starts another, which knows nothing. */
  private void restartServer() throws Exception {
    server.signal("KILL");
    server.exitCode();
    server = startServer();
  }

  private Registrar registrar() {
    return Registrar.builder(registry, Registration.builder("http://h").id("a").ttl(TTL).build())
        .keepaliveInterval(INTERVAL)
        .build();
  }

  private ChildJvm startService() throws IOException {
    ChildJvm service =
        ChildJvm.start(
            List.of(
                "-cp",
                ChildJvm.classPath(),
                RegistrarProgram.class.getName(),
                url,
                "a",
                Long.toString(INTERVAL.toMillis()),
                Long.toString(TTL.toMillis())));
    service.readLineWith("state REGISTERED");
    return service;
  }

  private static Duration timeUntil(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    Eventually.await(what, LIMIT, condition::getAsBoolean);
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private boolean isListed() {
    try {
      return registry.find("a").isPresent();
    } catch (RegistryException e) {
      throw new AssertionError(e); // Eventually.await would try again.
    }
  }

  private Duration timeUntilListed() {
    return timeUntil("the service is listed", this::isListed);
  }

  private Duration timeUntilGone() {
    return timeUntil("the service is gone", () -> !isListed());
  }

  @Test
  void aServerThatIsKilledAndRestartsEmptyHasTheServiceBackWithinOneAndAHalfIntervals()
      throws Exception {
    try (Registrar registrar = registrar()) {
      registrar.start();
      restartServer();

      assertThat(timeUntilListed()).isLessThan(INTERVAL.multipliedBy(3).dividedBy(2).plus(SLACK));
    }
    assertThat(isListed()).isFalse();
  }

  @Test
  void aServerThatStandsStillForLessThanALeaseLosesNoService() throws Exception {
    try (Registrar registrar = registrar()) {
      registrar.start();
      server.signal("STOP");
      timeUntil("it tries again", () -> registrar.state() == RegistrarState.RETRYING);
      server.signal("CONT");
      timeUntil("it is registered", () -> registrar.state() == RegistrarState.REGISTERED);

      assertThat(registrar.counts().registrations()).isEqualTo(1);
    }
  }

  @Test
  void aServiceThatStoodStillIsRegisteredAgainWithinASecond() throws Exception {
    try (ChildJvm service = startService()) {
      service.signal("STOP");
      Duration gone = timeUntilGone();
      assertThat(gone).isLessThanOrEqualTo(TTL.plus(SLACK));
      service.signal("CONT");

      assertThat(timeUntilListed()).isLessThan(Duration.ofSeconds(1).plus(SLACK));
    }
  }

  @Test
  void aServiceThatIsKilledIsGoneWhenItsLeaseEnds() throws Exception {
    try (ChildJvm service = startService()) {
      service.signal("KILL");

      assertThat(timeUntilGone()).isLessThan(TTL.plus(SLACK));
    }
  }

  @Test
  void aServiceThatIsStoppedIsGoneAtOnceAndItsJvmExits() throws Exception {
    try (ChildJvm service = startService()) {
      service.terminate();
      assertThat(service.readRest()).doesNotContain("Exception");

      assertThat(isListed()).isFalse();
    }
  }

  @Test
  void aThousandServicesComeBackToARestartedServerWithinOneAndAHalfIntervalsAndSpread()
      throws Exception {
    int services = 1_000;
    Duration interval = Duration.ofSeconds(10);
    long[] registeredAt = new long[services];
    try (Keepalive keepalive = Keepalive.create()) {
      List<Registrar> registrars = new ArrayList<>();
      for (int i = 0; i < services; i++) {
        int index = i;
        Registrar registrar =
            Registrar.builder(registry, Registration.builder("http://h").id("s" + i).build())
                .keepaliveInterval(interval)
                .keepalive(keepalive)
                .listener(
                    (who, from, to) -> {
                      if (to == RegistrarState.REGISTERED && from != RegistrarState.RETRYING) {
                        registeredAt[index] = System.nanoTime();
                      }
                    })
                .build();
        var unused = registrar.startInBackground();
        registrars.add(registrar);
      }
      timeUntil(
          "all are registered",
          () -> registrars.stream().allMatch(r -> r.counts().registrations() >= 1));
      restartServer();
      long up = System.nanoTime();
      timeUntil(
          "all are registered again",
          () -> registrars.stream().allMatch(r -> r.counts().registrations() >= 2));
      Duration took = Duration.ofNanos(System.nanoTime() - up);

      assertThat(took).isLessThan(interval.multipliedBy(3).dividedBy(2).plus(SLACK));
      long[] perSecond = new long[20];
      Arrays.stream(registeredAt)
          .filter(at -> at > up)
          .forEach(at -> perSecond[(int) ((at - up) / 1_000_000_000)]++);
      System.out.println("Back after " + took + ", in each second: " + Arrays.toString(perSecond));
      // All at once would be a thousand; a server that is slow to start has some catch up.
      assertThat(Arrays.stream(perSecond).max().orElseThrow()).isLessThanOrEqualTo(services / 2);
      assertThat(registry.list()).hasSize(services);
    }
    assertThat(registry.list()).isEmpty();
  }
}
