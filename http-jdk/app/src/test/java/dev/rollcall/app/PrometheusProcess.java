package dev.rollcall.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A Prometheus of this machine, on a free port of the loopback address. */
final class PrometheusProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Process process;
  private final int port;

  private PrometheusProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts one, and waits until it answers.
   *
   * @param folder an empty folder for its files
   * @param settings its configuration
   */
  static PrometheusProcess start(Path folder, String settings) throws IOException {
    Path file = Files.writeString(folder.resolve("prometheus.yml"), settings);
    Path log = folder.resolve("prometheus.log");
    int port = ValkeyProcess.freePort();
    Process process =
        new ProcessBuilder(
                program().toString(),
                "--config.file=" + file,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    var prometheus = new PrometheusProcess(process, port);
    Eventually.await(
        "Prometheus is ready",
        START_LIMIT,
        () -> {
          if (!process.isAlive()) {
            throw new IllegalStateException(Files.readString(log));
          }
          return prometheus.get("/-/ready").statusCode() == 200;
        });
    return prometheus;
  }

  private static Path program() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> Path.of(folder, "prometheus"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "this test needs prometheus 2.28 or later on the PATH;"
                        + " .ci/install-prometheus installs it on Debian"));
  }

  /** Returns the URLs that a job scrapes now with success, by what identifies the target. */
  Map<String, String> up(String scrapePool) {
    Map<String, String> up = new LinkedHashMap<>();
    for (JsonNode target : targets(scrapePool)) {
      if (target.path("health").asText().equals("up")) {
        JsonNode labels = target.path("labels");
        up.put(
            labels.path("job").asText() + " " + labels.path("instance").asText(),
            target.path("scrapeUrl").asText());
      }
    }
    return up;
  }

  /** Returns the targets that a job has now, whether or not it could scrape them. */
  List<JsonNode> targets(String scrapePool) {
    try {
      return MAPPER
          .readTree(get("/api/v1/targets?state=active").body())
          .at("/data/activeTargets")
          .findParents("scrapePool")
          .stream()
          .filter(target -> target.path("scrapePool").asText().equals(scrapePool))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Not by a {@code Wire}: long answers of Prometheus come in chunks. */
  private HttpResponse<String> get(String path) throws IOException {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
    try {
      return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
