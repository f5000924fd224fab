package dev.rollcall.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.Service;
import dev.rollcall.http.client.harness.FakeRegistry;
import dev.rollcall.http.server.harness.ChildJvm;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that the runnable jar keeps registered, in processes of their own, with signals. */
@Timeout(120)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no signals and no sh")
class KeepIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Says when it runs and when it is told to stop. */
  private static final String SERVICE =
      "trap 'echo told to stop; exit 7' TERM; echo runs as $ROLLCALL_SERVICE_ID;"
          + " while :; do sleep 0.1; done";

  private final ServedRegistry registry = new ServedRegistry();

  @AfterEach
  void close() {
    registry.close();
  }

  private static ChildJvm keep(Map<String, String> environment, String... arguments) {
    List<String> all =
        new ArrayList<>(List.of("-jar", System.getProperty("rollcall.server.jar"), "keep"));
    all.addAll(List.of(arguments));
    return ChildJvm.start(environment, all);
  }

  private ChildJvm keepAt(String url, String script, String... options) {
    List<String> arguments = new ArrayList<>(List.of("--registry=" + url));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of("--name=orders", "--url=http://h:1", "--", "sh", "-c", script));
    return keep(Map.of(), arguments.toArray(String[]::new));
  }

  private ChildJvm keep(String script, String... options) {
    return keepAt(registry.server().url().toString(), script, options);
  }

  private List<Service> services() {
    return registry.registry().list();
  }

  /** Returns a script that runs until there is a file, and then ends with 3. */
  private static String until(Path file) {
    return "echo runs as $ROLLCALL_SERVICE_ID;"
        + " until [ -e '%s' ]; do sleep 0.1; done; echo goes; exit 3".formatted(file);
  }

  private void awaitRegistered() {
    Eventually.await("it is registered", LIMIT, () -> services().size() == 1);
  }

  @Test
  void itIsRegisteredWhileItRunsAndItsStatusIsTheCommands(@TempDir Path folder) throws Exception {
    Path end = folder.resolve("end");
    try (ChildJvm keep =
        keep(until(end), "--info=zone=eu-1", "--info=build.n=7", "--info-json={\"weight\":2}")) {
      String line = keep.readLineWith("runs as ");
      awaitRegistered();
      Service service = services().get(0);

      assertThat(service.name()).isEqualTo("orders");
      assertThat(line).isEqualTo("runs as " + service.id());
      assertThat(service.info())
          .isEqualTo(Map.of("zone", "eu-1", "build", Map.of("n", "7"), "weight", 2));
      Files.createFile(end);
      assertThat(keep.exitCode()).isEqualTo(3);
      assertThat(services()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"TERM", "INT", "HUP"})
  void aSignalDeregistersItAndThenTellsTheCommandToStop(String signal) throws Exception {
    try (ChildJvm keep = keep(SERVICE)) {
      keep.readLineWith("runs as ");
      awaitRegistered();
      keep.signal(signal);

      List<String> before = new ArrayList<>();
      keep.readLineWith("told to stop", before);
      assertThat(before).anyMatch(line -> line.contains("is deregistered"));
      assertThat(keep.exitCode()).isEqualTo(7);
      assertThat(services()).isEmpty();
    }
  }

  /** Nothing that keep could do then would reach the command; a supervisor ends both. */
  @Test
  void whenKeepIsKilledTheCommandRunsOnAndItsLeaseEnds(@TempDir Path folder) throws Exception {
    Path end = folder.resolve("end");
    Path ended = folder.resolve("ended");
    String script =
        "echo runs as it; until [ -e '%s' ]; do sleep 0.1; done; touch '%s'".formatted(end, ended);
    try (ChildJvm keep = keep(script, "--ttl=30s")) {
      keep.readLineWith("runs as ");
      awaitRegistered();
      keep.signal("KILL");
      assertThat(keep.exitCode()).isEqualTo(137);

      assertThat(services()).hasSize(1);
      registry.clock().advance(Duration.ofSeconds(30));
      assertThat(services()).isEmpty();
      Files.createFile(end);
      Eventually.await("the command ends by itself", LIMIT, () -> Files.exists(ended));
    }
  }

  @Test
  void aCommandThatDoesNotStopInItsGraceIsKilled() throws Exception {
    String script = "trap '' TERM; echo runs as it; while :; do sleep 0.1; done";
    try (ChildJvm keep = keep(script, "--drain-time=200ms")) {
      keep.readLineWith("runs as ");
      awaitRegistered();
      keep.terminate();

      assertThat(keep.readRest()).contains("event=command.killed");
      assertThat(keep.exitCode()).isEqualTo(137);
    }
  }

  @Test
  void aCommandThatDrainsServesOnAfterItWasDeregistered(@TempDir Path folder) throws Exception {
    Path end = folder.resolve("end");
    try (ChildJvm keep = keep(until(end), "--drain-delay=1h")) {
      keep.readLineWith("runs as ");
      awaitRegistered();
      keep.terminate();
      keep.readLineWith("is deregistered");
      assertThat(services()).isEmpty();
      Files.createFile(end);

      keep.readLineWith("goes");
      assertThat(keep.exitCode()).isEqualTo(3);
    }
  }

  @Test
  void aCommandIsRegisteredOnlyOnceItIsReady() throws Exception {
    HttpServer health =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    AtomicInteger status = new AtomicInteger(503);
    AtomicInteger asked = new AtomicInteger();
    health.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          exchange.sendResponseHeaders(status.get(), -1);
          exchange.close();
        });
    health.start();
    String url = "http://127.0.0.1:" + health.getAddress().getPort() + "/";
    try (ChildJvm keep = keep(SERVICE, "--ready=" + url)) {
      keep.readLineWith("it answers with status 503");
      status.set(302);
      keep.readLineWith("it answers with status 302");
      assertThat(services()).isEmpty();
      status.set(204);
      awaitRegistered();
      keep.terminate();
      assertThat(keep.exitCode()).isEqualTo(7);
    } finally {
      health.stop(0);
    }
  }

  @Test
  void aCommandThatIsNotReadyInTimeIsStopped() throws Exception {
    String nowhere = "http://127.0.0.1:" + ValkeyProcess.freePort() + "/";
    try (ChildJvm keep = keep(SERVICE, "--ready=" + nowhere, "--ready-timeout=1s")) {
      assertThat(keep.readRest())
          .contains("event=command.not_ready url=" + nowhere, "Connection refused", "told to stop");
      assertThat(keep.exitCode()).isEqualTo(1);
    }
  }

  @Test
  void aCommandThatEndsBeforeItIsReadyGivesItsStatus() throws Exception {
    String nowhere = "http://127.0.0.1:" + ValkeyProcess.freePort() + "/";
    try (ChildJvm keep = keep("exit 4", "--ready=" + nowhere)) {
      assertThat(keep.exitCode()).isEqualTo(4);
    }
  }

  @Test
  void aRegistryThatIsNotThereKeepsNoCommandFromRunning() throws Exception {
    String nowhere = "http://127.0.0.1:" + ValkeyProcess.freePort();
    try (ChildJvm keep = keepAt(nowhere, SERVICE)) {
      keep.readLineWith("runs as ");
      keep.readLineWith("Failed to connect");
      keep.terminate();

      keep.readLineWith("told to stop");
      assertThat(keep.exitCode()).isEqualTo(7);
    }
  }

  @Test
  void aRegistryThatHangsKeepsNoCommandFromStopping() throws Exception {
    try (FakeRegistry hung = FakeRegistry.hung();
        ChildJvm keep = keepAt(hung.url(), SERVICE, "--ttl=6s")) {
      keep.readLineWith("runs as ");
      Eventually.await("it is asked", LIMIT, () -> hung.connections() > 0);
      keep.terminate();

      keep.readLineWith("told to stop");
      assertThat(keep.exitCode()).isEqualTo(7);
    }
  }

  @Test
  void theKeyIsTheOneInTheFile(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("key"), "sesame\n");
    try (FakeRegistry fake =
            FakeRegistry.answering(
                    201, "{\"id\":\"a\",\"status\":\"registered\",\"ttl_seconds\":30}")
                .then(204, "");
        ChildJvm keep = keepAt(fake.url(), SERVICE, "--service-key-file=" + file)) {
      keep.readLineWith("is registered");
      assertThat(fake.asked().get(0).headers()).containsEntry("x-service-key", "sesame");
      keep.terminate();
      assertThat(keep.exitCode()).isEqualTo(7);
    }
  }

  @Test
  void aKeyThatIsChangedInTheFileIsTheNextWithinRealSeconds(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("key"), "open-sesame\n");
    try (FakeRegistry fake = FakeRegistry.hung().then(FakeRegistry.well("\"ttl_seconds\":3,"));
        ChildJvm keep = keepAt(fake.url(), SERVICE, "--ttl=3s", "--service-key-file=" + file)) {
      keep.readLineWith("is registered");
      Files.writeString(file, "open-barley\n");
      Eventually.await("the new key is sent", LIMIT, () -> lastKey(fake).equals("open-barley"));
      Files.writeString(file, "two\nlines\n");
      String kept = keep.readLineWith("event=files.kept");
      int before = fake.asked().size();
      Eventually.await("it is asked again", LIMIT, () -> fake.asked().size() > before);

      assertThat(kept).contains("level=warn", file.toString()).doesNotContain("barley");
      assertThat(lastKey(fake)).isEqualTo("open-barley");
      keep.terminate();
      assertThat(keep.readRest()).doesNotContain("sesame", "barley");
      assertThat(keep.exitCode()).isEqualTo(7);
    }
  }

  private static String lastKey(FakeRegistry fake) {
    List<FakeRegistry.Asked> asked = fake.asked();
    return asked.get(asked.size() - 1).headers().getOrDefault("x-service-key", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "two\nlines", "k\u00e9y"})
  void aFileThatIsNoKeyStartsNothing(String content, @TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("key"), content);
    try (ChildJvm keep =
        keep(Map.of(), "--url=http://h:1", "--service-key-file=" + file, "--", "echo", "started")) {
      assertThat(keep.readRest().lines())
          .singleElement()
          .asString()
          .startsWith("rollcall-server keep: --service-key-file: ")
          .contains(file.toString());
      assertThat(keep.exitCode()).isEqualTo(2);
    }
  }

  @Test
  void aCommandThatIsNotThereIsOneLineAnd127() throws Exception {
    try (ChildJvm keep = keep(Map.of(), "--url=http://h:1", "--", "/no/such/command")) {
      assertThat(keep.readRest().lines())
          .singleElement()
          .asString()
          .startsWith("rollcall-server keep: ")
          .contains("/no/such/command");
      assertThat(keep.exitCode()).isEqualTo(127);
    }
  }

  @Test
  void theArgumentsOfTheCommandAreItsOwn() throws Exception {
    try (ChildJvm keep =
        keep(Map.of(), "--url=http://h:1", "echo", "@file", "--help", "--", "--url", "${sys:x}")) {
      assertThat(keep.readRest()).contains("@file --help -- --url ${sys:x}");
      assertThat(keep.exitCode()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--url=ftp://h, --url: a url is absolute",
    "--name=a/b, --name: a name holds only",
    "--ttl=0s, --ttl: ",
    "--info-json=[], --info-json is an object of JSON",
    "--ready=health, --ready is an http or https URL",
    "--registry=nowhere, a registry's url is absolute",
    "--qqq, --qqq"
  })
  void wrongUsageStartsNothing(String option, String message) throws Exception {
    try (ChildJvm keep = keep(Map.of(), option, "--", "echo", "started")) {
      assertThat(keep.readRest())
          .startsWith("rollcall-server keep: ")
          .contains(message, "rollcall-server keep --help")
          .doesNotContain("started\n");
      assertThat(keep.exitCode()).isEqualTo(2);
    }
  }
}
