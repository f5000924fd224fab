package dev.rollcall.examples;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * An object of the Kubernetes API, as a file has it.
 *
 * @param file where it stands
 * @param json what stands there
 */
record KubernetesManifest(String file, JsonObject json) {
  private static final String MODELS = "io.kubernetes.client.openapi.models.";

  /** Reads all objects of the files in a folder. */
  static List<KubernetesManifest> in(Path folder) throws IOException {
    List<KubernetesManifest> manifests = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        manifests.addAll(parse(file.getFileName().toString(), Files.readString(file)));
      }
    }
    return manifests;
  }

  static List<KubernetesManifest> parse(String file, String text) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    Iterable<Object> documents = new Yaml(new SafeConstructor(options)).loadAll(text);
    return StreamSupport.stream(documents.spliterator(), false)
        .map(document -> new KubernetesManifest(file, new Gson().toJsonTree(document)))
        .toList();
  }

  private KubernetesManifest(String file, JsonElement json) {
    this(file, json.getAsJsonObject());
  }

  String kind() {
    return json.get("kind").getAsString();
  }

  String name() {
    return at("metadata", "name").getAsString();
  }

  /** Returns the value that a path of names leads to. */
  JsonElement at(String... path) {
    JsonElement value = json;
    for (String name : path) {
      value = value.getAsJsonObject().get(name);
    }
    return value;
  }

  /** Returns every value, however deep, that a member of this name has. */
  List<JsonElement> all(String member) {
    List<JsonElement> found = new ArrayList<>();
    collect(json, member, found);
    return found;
  }

  private static void collect(JsonElement value, String member, List<JsonElement> found) {
    if (value instanceof JsonArray array) {
      array.forEach(item -> collect(item, member, found));
    } else if (value instanceof JsonObject object) {
      object
          .entrySet()
          .forEach(
              entry -> {
                if (entry.getKey().equals(member)) {
                  found.add(entry.getValue());
                }
                collect(entry.getValue(), member, found);
              });
    }
  }

  /**
   * Checks it against the schema of its kind.
   *
   * @throws IllegalArgumentException if it has a field that the schema has not, lacks one that the
   *     schema requires, or has one of another type
   */
  void validate() throws ReflectiveOperationException {
    String version = json.get("apiVersion").getAsString().replaceFirst(".*/", "");
    String model = version.substring(0, 1).toUpperCase(Locale.ROOT) + version.substring(1) + kind();
    try {
      Class.forName(MODELS + model)
          .getMethod("validateJsonElement", JsonElement.class)
          .invoke(null, json);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException refusal) {
        throw refusal;
      }
      throw e;
    }
  }
}
