package dev.rollcall.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.ChildJvm;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.ServerProcess;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.FaultProxy;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server as an operator starts it: what it takes from outside, and what it says. */
@Timeout(60)
class OperatedServerTest {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  private static final String BODY = "{\"id\":\"a\",\"url\":\"http://h\",\"info\":{}}";

  private static int registered(ServerProcess server, String key) {
    return registered(server.wire(), key);
  }

  private static int registered(Wire wire, String key) {
    return wire.register(BODY, "X-Service-Key: " + key).status();
  }

  @Test
  void keysOfTheEnvironmentAndOfAFileAreValidAndTheFileIsReadAgainWithinRealSeconds(
      @TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("keys"), "from-file\n");
    try (var server =
        ServerProcess.start(
            Map.of("SERVICEKIT_REGISTRATION_KEY", "from-environment"),
            List.of(),
            "--service-key-file=" + file,
            "--key-for-reads")) {
      assertThat(registered(server, "from-environment")).isEqualTo(201);
      assertThat(registered(server, "from-file")).isEqualTo(201);
      assertThat(registered(server, "other")).isEqualTo(401);
      assertThat(server.wire().get("/services").status()).isEqualTo(401);

      Files.writeString(file, "a-newer-ke");
      Files.writeString(file, "a-newer-key\n");
      while (registered(server, "a-newer-key") != 201) {
        assertThat(registered(server, "a-newer-ke")).isEqualTo(401);
      }

      assertThat(registered(server, "from-file")).isEqualTo(401);
      server.terminate();
      assertThat(server.log()).doesNotContain("from-environment", "from-file", "newer-key");
    }
  }

  @Test
  void aFileThatComesToLimitTheKeyOfTheEnvironmentIsNotTakenWithinRealSeconds(@TempDir Path folder)
      throws Exception {
    Path file = Files.writeString(folder.resolve("keys"), "from-file\n");
    try (ChildJvm jvm =
        startMain(
            Map.of("SERVICEKIT_REGISTRATION_KEY", "from-environment"),
            "--port=0",
            "--service-key-file=" + file)) {
      Wire wire = new Wire(addressOf(jvm));
      Files.writeString(file, "newer\nfrom-environment read-only\n");
      AtomicBoolean isKept = new AtomicBoolean();
      CompletableFuture<Void> asking =
          CompletableFuture.runAsync(
              () -> askUntil(isKept, wire, jvm), task -> new Thread(task).start());

      String kept = jvm.readLineWith("event=files.kept");
      isKept.set(true);
      asking.join();

      assertThat(kept)
          .contains("level=warn", file.toString(), "SERVICEKIT_REGISTRATION_KEY")
          .doesNotContain("from-environment");
      assertThat(registered(wire, "from-environment")).isEqualTo(201);
      assertThat(registered(wire, "from-file")).isEqualTo(201);
      assertThat(registered(wire, "newer")).isEqualTo(401);
    }
  }

  /** Asks, so that the file is looked at; ends the server if it takes the file. */
  private static void askUntil(AtomicBoolean isKept, Wire wire, ChildJvm jvm) {
    while (!isKept.get()) {
      if (registered(wire, "newer") == 201) {
        jvm.terminate();
        return;
      }
    }
  }

  private static InetSocketAddress addressOf(ChildJvm jvm) throws IOException {
    String line = jvm.readLineWith("Rollcall serves at ");
    URI url = URI.create(line.substring(line.indexOf("http")));
    return new InetSocketAddress(url.getHost(), url.getPort());
  }

  @ParameterizedTest
  @CsvSource({
    "'   ', holds nothing but blanks",
    "k\u00e9y, this one has other characters",
    "two words, this one has other characters"
  })
  void aKeyOfTheEnvironmentThatIsNoneStopsTheStartWithOneSentence(String key, String saying)
      throws Exception {
    try (ChildJvm jvm = startMain(Map.of("SERVICEKIT_REGISTRATION_KEY", key), "--port=0")) {
      assertThat(jvm.readRest().lines())
          .singleElement()
          .asString()
          .startsWith("rollcall-server: SERVICEKIT_REGISTRATION_KEY")
          .contains(saying);
      assertThat(jvm.exitCode()).isEqualTo(1);
    }
  }

  @Test
  void aFileOfBlanksStopsTheStartWithOneSentence(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("keys"), " \n\t\n");
    try (ChildJvm jvm = startMain(Map.of(), "--port=0", "--service-key-file=" + file)) {
      assertThat(jvm.readRest().lines())
          .singleElement()
          .asString()
          .contains(file.toString(), "there is no service key in it");
      assertThat(jvm.exitCode()).isEqualTo(1);
    }
  }

  @Test
  void theStoreAndItsPasswordComeFromTheEnvironmentAndNoMessageShowsIt() throws Exception {
    Map<String, String> environment =
        Map.of("ROLLCALL_STORE", "valkey://127.0.0.1:1", "ROLLCALL_STORE_PASSWORD", "hunter2");
    try (ChildJvm jvm = startMain(environment, "--port=0")) {
      String said = jvm.readRest();

      assertThat(said).contains("127.0.0.1:1").doesNotContain("hunter2");
      assertThat(jvm.exitCode()).isEqualTo(1);
    }
  }

  @Test
  void theStartIsToldWithWhatWasConfiguredAndWhereItCanBeReached(@TempDir Path folder)
      throws Exception {
    Path file = Files.writeString(folder.resolve("rollcall.conf"), "default-ttl=PT45S\n");
    Map<String, String> environment =
        Map.of(
            "ROLLCALL_CONFIG", file.toString(),
            "ROLLCALL_PUBLIC_URL", "https://registry.example",
            "ROLLCALL_HOST", "0.0.0.0",
            "ROLLCALL_PROT", "9000");
    try (var server = ServerProcess.start(environment, List.of())) {
      int port = server.address().getPort();
      assertThat(server.saidBefore())
          .filteredOn(line -> line.contains("event=server.started"))
          .singleElement()
          .asString()
          .contains(
              " urls=http://127.0.0.1:" + port,
              " version=",
              " store=\"memory:?max-services=100000\" ",
              " default_ttl=PT45S ",
              " public_url=https://registry.example ");
      assertThat(server.saidBefore())
          .filteredOn(line -> line.contains("event=variable.unknown"))
          .singleElement()
          .asString()
          .contains("level=warn", "variable=ROLLCALL_PROT", "did you mean ROLLCALL_PORT?");
    }
  }

  @Test
  void theMetricsTellOfTheBuildAndTheProcess() throws Exception {
    try (var server = ServerProcess.start(List.of())) {
      Eventually.await(
          "all meters are there",
          Duration.ofSeconds(30),
          () -> server.wire().get("/metrics").text().contains("\njvm_gc_"));

      assertThat(server.wire().get("/metrics").text().lines())
          .anyMatch(line -> line.matches("rollcall_build_info\\{version=\"[^\"]+\"} 1(\\.0)?"))
          .anyMatch(line -> line.startsWith("jvm_info{"))
          .anyMatch(line -> line.startsWith("jvm_memory_used_bytes{area=\"heap\""))
          .anyMatch(line -> line.startsWith("jvm_threads_live_threads "))
          .anyMatch(line -> line.startsWith("jvm_classes_loaded_classes "))
          .anyMatch(line -> line.startsWith("process_cpu_usage "))
          .anyMatch(line -> line.startsWith("process_uptime_seconds "));
      server.terminate();
      assertThat(server.exitCode()).isZero();
    }
  }

  private static ChildJvm startMain(Map<String, String> environment, String... options) {
    List<String> arguments =
        new ArrayList<>(List.of("-cp", ChildJvm.classPath(), "dev.rollcall.app.Main"));
    arguments.addAll(List.of(options));
    return ChildJvm.start(environment, arguments);
  }

  @Test
  void listeningElsewhereWithoutAKeyIsWarnedOf(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("keys"), "key\n");
    try (var open = ServerProcess.start(List.of(), "--host=0.0.0.0");
        var closed =
            ServerProcess.start(List.of(), "--host=0.0.0.0", "--service-key-file=" + file);
        var local = ServerProcess.start(List.of())) {
      String warning = "level=warn event=server.without_key";
      assertThat(open.saidBefore()).anyMatch(line -> line.contains(warning));
      assertThat(closed.saidBefore()).noneMatch(line -> line.contains(warning));
      assertThat(local.saidBefore()).noneMatch(line -> line.contains(warning));
    }
  }

  @Test
  void basePathAndPublicUrlAndLimitsComeFromOptions() throws Exception {
    try (var server =
        ServerProcess.start(
            List.of(),
            "--base-path=/v2",
            "--public-url=https://registry.example/v2",
            "--max-body-bytes=100",
            "--rate-limit=1",
            "--rate-burst=5")) {
      Wire wire = server.wire();
      byte[] body = BODY.getBytes(UTF_8);
      RawHttp.Answer answer = wire.send("POST", "/v2/services/$register", body);
      assertThat(answer.header("Location")).isEqualTo("https://registry.example/v2/services/a");
      assertThat(wire.send("POST", "/v2/services/$register", new byte[101]).status())
          .isEqualTo(413);
      int status = wire.get("/v2/services").status();
      while (status == 200) { // a request takes less than the second that an allowance comes in
        status = wire.get("/v2/services").status();
      }
      assertThat(status).isEqualTo(429);
    }
  }

  @Test
  void aStoreThatIsLateIsWaitedFor() throws Exception {
    try (FaultProxy proxy = new FaultProxy(VALKEY.server())) {
      proxy.dropReplies(true);
      String store = "--store=" + proxy.uri() + "?timeout-ms=1000";
      CompletableFuture<ServerProcess> started =
          CompletableFuture.supplyAsync(
              () -> start(store, "--wait-for-store=30s"), task -> new Thread(task).start());
      while (proxy.openSockets() == 0) {
        Thread.onSpinWait();
      }
      assertThat(started.isDone()).isFalse();

      proxy.dropReplies(false);

      try (ServerProcess server = started.join()) {
        assertThat(server.wire().get("/health/ready").status()).isEqualTo(200);
      }
    }
  }

  private static ServerProcess start(String... options) {
    try {
      return ServerProcess.start(List.of(), options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @CsvSource({"TERM", "INT", "HUP"})
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no signals")
  void askedToStopWhileItWaitsForItsStoreItEndsWell(String signal) throws Exception {
    try (ServerSocket store = listening();
        ChildJvm jvm = startMain(Map.of(), "--store=" + uri(store), "--wait-for-store=24h")) {
      store.accept().close();
      store.accept().close(); // it has waited, and tries again

      jvm.signal(signal);

      assertThat(jvm.readRest()).isEmpty();
      assertThat(jvm.exitCode()).isZero();
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no SIGTERM")
  void askedToStopWhileItsStoreHangsItEndsWell() throws Exception {
    try (ServerSocket store = listening();
        ChildJvm jvm =
            startMain(
                Map.of(), "--store=" + uri(store) + "?timeout-ms=60000", "--wait-for-store=24h")) {
      try (Socket connection = store.accept()) {
        jvm.terminate();

        assertThat(jvm.readRest()).isEmpty();
        assertThat(jvm.exitCode()).isZero();
        assertThat(connection.isConnected()).isTrue();
      }
    }
  }

  private static ServerSocket listening() throws IOException {
    var socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    socket.setSoTimeout(30_000);
    return socket;
  }

  private static String uri(ServerSocket store) {
    return "valkey://127.0.0.1:" + store.getLocalPort();
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no SIGTERM")
  void duringTheDrainDelayItIsAliveAndNotReadyInRealTime() throws Exception {
    try (var server = ServerProcess.start(List.of(), "--drain-delay=8s")) {
      assertThat(server.wire().get("/health/ready").status()).isEqualTo(200);
      server.terminate();
      while (server.wire().get("/health/ready").status() == 200) {
        Thread.onSpinWait();
      }

      assertThat(server.wire().get("/health/live").status()).isEqualTo(200);
      assertThat(server.wire().register(BODY).status()).isEqualTo(201);
      assertThat(server.exitCode()).isZero();
    }
  }

  @Test
  void aStoreThatStaysAwayIsWaitedForSoLongInRealTime() throws Exception {
    long start = System.nanoTime();
    try (ChildJvm jvm =
        ChildJvm.start(
            List.of(
                "-cp",
                ChildJvm.classPath(),
                "dev.rollcall.app.Main",
                "--store=valkey://127.0.0.1:1",
                "--wait-for-store=1500ms"))) {
      assertThat(jvm.readRest().lines()).singleElement().asString().contains("127.0.0.1:1");
      assertThat(jvm.exitCode()).isEqualTo(1);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThan(Duration.ofMillis(1500));
    }
  }
}
