package dev.rollcall.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.http.server.harness.ServerProcess;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus that discovers services, by the configuration that its page shows. */
@Timeout(300)
class PrometheusIT {
  private static final Path PAGE = Path.of("../../docs/prometheus.md");
  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  /** Prometheus takes changes over at most every 5 s, and scrapes each target every second. */
  private static final Duration LIMIT = Duration.ofSeconds(90);

  private final ValkeyProcess valkey = ValkeyProcess.start();
  private HttpServer services;
  private ServerProcess registry;
  private Wire wire;
  private PrometheusProcess prometheus;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    services = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    for (String path : new String[] {"/metrics", "/api/metrics"}) {
      services.createContext(
          path,
          exchange -> {
            byte[] metrics = "up_and_about 1\n".getBytes(UTF_8);
            exchange.sendResponseHeaders(200, metrics.length);
            exchange.getResponseBody().write(metrics);
            exchange.close();
          });
    }
    services.start();
    registry = ServerProcess.start(List.of(), "--store=" + valkey.uri(), "--default-ttl=1h");
    wire = registry.wire();
    prometheus = PrometheusProcess.start(folder, settings());
  }

  @AfterEach
  void stop() {
    if (prometheus != null) {
      prometheus.close();
    }
    if (registry != null) {
      registry.close();
    }
    services.stop(0);
    valkey.close();
  }

  /** Returns the two jobs that the page shows, for this registry and for an impatient test. */
  private String settings() throws IOException {
    String jobs =
        YAML.matcher(Files.readString(PAGE))
            .results()
            .map((MatchResult block) -> block.group(1))
            .collect(Collectors.joining());
    assertThat(jobs).contains("registry:9000", "refresh_interval: 10s");
    return "global: {scrape_interval: 1s}\n"
        + jobs.replace("registry:9000", "127.0.0.1:" + registry.address().getPort())
            .replace("refresh_interval: 10s", "refresh_interval: 1s");
  }

  private String urlOf(String path) {
    return "http://127.0.0.1:" + services.getAddress().getPort() + path;
  }

  private void register(String id, String name, String path, String info) {
    String body = "{\"id\":\"%s\",\"name\":\"%s\",\"url\":\"%s\",\"info\":%s}";
    assertThat(wire.register(body.formatted(id, name, urlOf(path), info)).status()).isEqualTo(201);
  }

  private void await(String what, Callable<Boolean> condition) {
    Eventually.await(what, LIMIT, condition);
  }

  private void awaitUp(Map<String, String> targets) {
    await(targets + " are scraped", () -> prometheus.up("services").equals(targets));
  }

  @Test
  void servicesThatComeAndGoAreScrapedWhileTheyAreThereAndAlsoThroughAnOutage() {
    register("o1", "orders", "", "{\"zone\":\"eu-1\",\"tags\":[\"blue\"]}");
    register("o2", "orders", "/", "{\"zone\":\"eu-1\",\"tags\":[\"blue\",\"canary\"]}");
    register("b1", "billing", "/api", "{\"zone\":\"eu-1\"}");
    awaitUp(
        Map.of(
            "orders o1", urlOf("/metrics"),
            "orders o2", urlOf("/metrics"),
            "billing b1", urlOf("/api/metrics")));
    // The other job has a filter, and drops what is a canary.
    await("one is filtered", () -> prometheus.up("orders").size() == 1);
    assertThat(prometheus.targets("orders"))
        .singleElement()
        .satisfies(
            target -> {
              assertThat(target.at("/labels/zone").asText()).isEqualTo("eu-1");
              assertThat(target.at("/discoveredLabels/__meta_rollcall_id").asText())
                  .isEqualTo("o1");
            });

    wire.delete("/services/b1");
    register("o3", "orders", "", "{\"zone\":\"eu-2\"}");
    Map<String, String> left =
        Map.of(
            "orders o1", urlOf("/metrics"),
            "orders o2", urlOf("/metrics"),
            "orders o3", urlOf("/metrics"));
    awaitUp(left);

    valkey.kill();
    await("Prometheus was told of the outage several times", () -> refusals() >= 20);
    awaitUp(left); // A scrape may have timed out just now.
    assertThat(prometheus.up("orders")).hasSize(1);
  }

  /** Returns how many requests for targets had no answer but 503. */
  private double refusals() {
    return wire.get("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith("rollcall_refusals_total{operation=\"prometheus\""))
        .filter(line -> line.contains("reason=\"store-unavailable\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
