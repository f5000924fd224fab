package dev.rollcall.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The alerts and the dashboard ask for what a server reports, and Prometheus understands them. */
@Timeout(120)
class MonitoringIT {
  private static final Path FOLDER = Path.of("monitoring");
  private static final Pattern METRIC = Pattern.compile("\\brollcall_[a-z_]+\\b");

  /** What a server has not: it stands in services. */
  private static final Set<String> OF_SERVICES = Set.of("rollcall_keepalive");

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void eachAlertIsRaisedWhenItShouldBeAndNotBefore() throws Exception {
    promtool("test", "rules", "rollcall.rules.test.yml");
  }

  @Test
  void prometheusAcceptsTheConfiguration() throws Exception {
    promtool("check", "config", "prometheus.yml");
  }

  private static void promtool(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    try {
      String said = Programs.output(command, FOLDER);
      assertThat(said).contains("SUCCESS");
    } catch (IOException e) {
      throw new AssertionError(
          "promtool is missing: install Prometheus, as .ci/install-prometheus does", e);
    }
  }

  @Test
  void everyMetricThatTheyAskForIsReported() throws Exception {
    Set<String> reported;
    try (ServerJar server = ServerJar.start(Map.of())) {
      get(server, "/services/unknown");
      get(server, "/services");
      reported = namesIn(get(server, "/metrics"));
    }
    for (String file : List.of("rollcall.rules.yml", "rollcall.rules.test.yml", "dashboard.json")) {
      Set<String> asked = namesIn(Files.readString(FOLDER.resolve(file)));
      asked.removeAll(OF_SERVICES);
      assertThat(reported).as(file).containsAll(asked);
    }
  }

  private String get(ServerJar server, String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + path)).build();
    return http.send(request, BodyHandlers.ofString()).body();
  }

  private static Set<String> namesIn(String text) {
    return METRIC
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
