package dev.rollcall.app.commands;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rollcall.http.wire.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Help;
import picocli.CommandLine.Option;

/** What a service says of itself. */
final class InfoOptions {
  private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--info",
      paramLabel = "PATH=TEXT",
      description =
          "A text that others can ask for, as in zone=eu-1 or build.number=7; may be repeated.")
  private Map<String, String> texts = new LinkedHashMap<>();

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--info-json",
      paramLabel = "OBJECT",
      description =
          "More of the same as an object of JSON, for what is no text: {\"weight\":2,\"tags\":[\"blue\"]}.")
  private Optional<String> json = Optional.empty();

  /**
   * Returns all of it.
   *
   * @throws IllegalArgumentException if the JSON is malformed, or a path leads to two values
   */
  Map<String, Object> info() {
    Map<String, Object> info = json.map(InfoOptions::parsed).orElseGet(LinkedHashMap::new);
    texts.forEach((path, text) -> put(info, path, text));
    return info;
  }

  private static Map<String, Object> parsed(String json) {
    try {
      Map<String, Object> info =
          new ObjectMapper(Json.FACTORY)
              .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
              .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
              .readValue(json, OBJECT);
      if (info == null) {
        throw new IllegalArgumentException("--info-json is an object of JSON, not null");
      }
      return info;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "--info-json is an object of JSON, as in {\"weight\":2}: " + e.getOriginalMessage(), e);
    }
  }

  /** Puts a text where a path leads to, by the names of the members with dots between them. */
  private static void put(Map<String, Object> info, String path, String text) {
    Map<String, Object> members = info;
    int from = 0;
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', from)) {
      members = membersOf(members, path, path.substring(from, dot));
      from = dot + 1;
    }
    if (members.putIfAbsent(path.substring(from), text) != null) {
      throw new IllegalArgumentException("the info has two values at '" + path + "'");
    }
  }

  @SuppressWarnings("unchecked") // JSON has no keys but texts.
  private static Map<String, Object> membersOf(
      Map<String, Object> parent, String path, String name) {
    Object members = parent.computeIfAbsent(name, key -> new LinkedHashMap<String, Object>());
    if (members instanceof Map<?, ?> map) {
      return (Map<String, Object>) map;
    }
    throw new IllegalArgumentException(
        "the info cannot have a value at '" + path + "': '" + name + "' is no object");
  }
}
