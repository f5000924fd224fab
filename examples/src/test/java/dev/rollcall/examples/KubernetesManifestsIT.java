package dev.rollcall.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
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
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The Kubernetes manifests are objects of its API, and say what is there; no cluster is needed. */
@Timeout(120)
class KubernetesManifestsIT {
  private static final Path FOLDER = Path.of("kubernetes");
  private static final Pattern LITERAL = Pattern.compile("--from-literal=([a-z-]+)=");
  private static final Pattern OPTION = Pattern.compile("--[a-z][a-z-]+");

  private List<KubernetesManifest> manifests;

  @BeforeEach
  void read() throws IOException {
    manifests = KubernetesManifest.in(FOLDER);
  }

  private KubernetesManifest manifest(String kind, String name) {
    return manifests.stream()
        .filter(manifest -> manifest.kind().equals(kind) && manifest.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no " + kind + " " + name));
  }

  private List<KubernetesManifest> all(String kind) {
    return manifests.stream().filter(manifest -> manifest.kind().equals(kind)).toList();
  }

  @Test
  void eachIsAnObjectOfTheApi() throws Exception {
    assertThat(manifests).hasSizeGreaterThan(6);
    for (KubernetesManifest manifest : manifests) {
      manifest.validate();
    }
  }

  @Test
  void aFieldThatTheApiDoesNotHaveIsNoticed() throws IOException {
    String text = Files.readString(FOLDER.resolve("rollcall.yaml"));

    for (String misspelt :
        List.of(
            text.replace("terminationGracePeriodSeconds:", "terminationGraceSeconds:"),
            text.replace("httpGet: { path:", "httpGet: { url:"),
            text.replace("          image: rollcall-server", "          images: rollcall-server"),
            text.replace("  selector:\n    matchLabels:", "  select:\n    matchLabels:"))) {
      assertThat(misspelt).isNotEqualTo(text);
      assertThatThrownBy(
              () -> {
                for (KubernetesManifest manifest : KubernetesManifest.parse("test", misspelt)) {
                  manifest.validate();
                }
              })
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void servicesBudgetsAndPoliciesSelectPodsThatThereAre() {
    List<Map<String, JsonElement>> pods =
        all("Deployment").stream()
            .map(manifest -> labels(manifest.at("spec", "template", "metadata", "labels")))
            .toList();
    List<JsonElement> selectors = new ArrayList<>();
    for (KubernetesManifest manifest : manifests) {
      selectors.addAll(manifest.all("matchLabels"));
    }
    all("Service").forEach(service -> selectors.add(service.at("spec", "selector")));

    assertThat(selectors).hasSizeGreaterThan(8);
    for (JsonElement selector : selectors) {
      assertThat(pods)
          .as("pods of %s", selector)
          .anyMatch(labels -> labels.entrySet().containsAll(labels(selector).entrySet()));
    }
    for (KubernetesManifest deployment : all("Deployment")) {
      assertThat(labels(deployment.at("spec", "template", "metadata", "labels")))
          .containsAllEntriesOf(labels(deployment.at("spec", "selector", "matchLabels")));
    }
  }

  private static Map<String, JsonElement> labels(JsonElement labels) {
    return labels.getAsJsonObject().asMap();
  }

  @Test
  void theServerHasTheOptionsThatItIsGiven() throws Exception {
    assertThat(options(container("rollcall"))).isNotEmpty().isSubsetOf(ServerJar.options());
  }

  @Test
  void keepHasTheOptionsThatItIsGiven() throws Exception {
    String help =
        Programs.output(
            List.of(Programs.java(), "-jar", ServerJar.file().toString(), "keep", "--help"));
    Set<String> known =
        OPTION.matcher(help).results().map(MatchResult::group).collect(Collectors.toSet());
    List<String> arguments = texts(container("files").get("args"));

    assertThat(arguments.get(0)).isEqualTo("keep");
    assertThat(arguments.subList(1, arguments.indexOf("--")))
        .extracting(argument -> argument.split("=", 2)[0])
        .isSubsetOf(known);
  }

  private JsonObject container(String deployment) {
    return manifest("Deployment", deployment)
        .at("spec", "template", "spec", "containers")
        .getAsJsonArray()
        .get(0)
        .getAsJsonObject();
  }

  private static List<String> options(JsonObject container) {
    return texts(container.get("args")).stream()
        .map(argument -> argument.split("=", 2)[0])
        .toList();
  }

  private static List<String> texts(JsonElement array) {
    return StreamSupport.stream(array.getAsJsonArray().spliterator(), false)
        .map(JsonElement::getAsString)
        .toList();
  }

  @Test
  void theServerAnswersWhatItsProbesAsk() throws Exception {
    try (ServerJar server = ServerJar.start(Map.of())) {
      HttpClient http = HttpClient.newHttpClient();
      List<JsonElement> probes = manifest("Deployment", "rollcall").all("httpGet");
      assertThat(probes).hasSize(3);
      for (JsonElement probe : probes) {
        String path = probe.getAsJsonObject().get("path").getAsString();
        URI uri = URI.create(server.url() + path);
        assertThat(
                http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                    .statusCode())
            .as(path)
            .isEqualTo(200);
      }
    }
  }

  @Test
  void theGuideCreatesTheSecretsKeysThatAreUsed() throws IOException {
    Set<String> used = new TreeSet<>();
    for (KubernetesManifest manifest : manifests) {
      manifest.all("secretKeyRef").forEach(reference -> used.add(text(reference, "key")));
      for (JsonElement secret : manifest.all("secret")) {
        secret
            .getAsJsonObject()
            .get("items")
            .getAsJsonArray()
            .forEach(item -> used.add(text(item, "key")));
      }
    }
    String guide = Files.readString(Path.of("../docs/kubernetes.md"));

    assertThat(LITERAL.matcher(guide).results().map(found -> found.group(1)))
        .containsExactlyInAnyOrderElementsOf(used);
  }

  private static String text(JsonElement object, String member) {
    return object.getAsJsonObject().get(member).getAsString();
  }

  /** As the image's user and with its folders, without which the server or keep would not start. */
  @Test
  void theImageHasWhatTheManifestsTakeFromIt() throws IOException {
    ContainerFile image = ContainerFile.read(Path.of("Dockerfile"));
    JsonObject copy =
        manifest("Deployment", "files")
            .at("spec", "template", "spec", "initContainers")
            .getAsJsonArray()
            .get(0)
            .getAsJsonObject();

    assertThat(image.all("COPY").map(ContainerFile.Instruction::text))
        .anyMatch(text -> text.endsWith(" /opt/java"));
    assertThat(image.last("ENTRYPOINT").words())
        .contains("/opt/java/bin/java", "rollcall-server.jar");
    assertThat(texts(copy.get("command")))
        .contains("/opt/java", "/opt/rollcall/rollcall-server.jar");
    assertThat(image.last("USER").text()).isEqualTo("10001:10001");
  }
}
