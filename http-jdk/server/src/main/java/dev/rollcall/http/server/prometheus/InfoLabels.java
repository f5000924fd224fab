package dev.rollcall.http.server.prometheus;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a service says of itself, as labels: {@code {"build": {"zone": "eu-1"}}} is the label {@code
 * …info_build_zone}. A list of texts and numbers is one label, each of them between two commas, as
 * Consul's tags are: so a regular expression finds one wherever it stands.
 *
 * <p>Bounded, whatever the info holds: a path makes the name of each label below it longer.
 */
final class InfoLabels {
  static final String PREFIX = "__meta_rollcall_info_";

  /** The most labels of a service. */
  static final int MAX_LABELS = 100;

  /** The longest name of a label; a member that would have a longer one has none. */
  static final int MAX_NAME = 200;

  /** The longest value of a label; a member that would have a longer one has none. */
  static final int MAX_VALUE = 1_000;

  private final Map<String, String> labels = new LinkedHashMap<>();

  private InfoLabels() {}

  /** Returns the labels by name, in the order of the info. */
  static Map<String, String> of(Map<String, Object> info) {
    var labels = new InfoLabels();
    labels.addAll(PREFIX, info);
    return labels.labels;
  }

  private void addAll(String prefix, Map<?, ?> members) {
    for (Map.Entry<?, ?> member : members.entrySet()) {
      String memberName = (String) member.getKey();
      if (labels.size() == MAX_LABELS) {
        return;
      }
      if (prefix.length() + memberName.length() <= MAX_NAME) {
        add(prefix + sanitized(memberName), member.getValue());
      }
    }
  }

  private void add(String name, @Nullable Object value) {
    if (value instanceof Map<?, ?> members) {
      addAll(name + '_', members);
    } else {
      text(value).ifPresent(text -> labels.putIfAbsent(name, text));
    }
  }

  /** Returns the value of a label; empty if it would be too long, or there is nothing to show. */
  private static Optional<String> text(@Nullable Object value) {
    if (value instanceof List<?> list) {
      return joined(list);
    }
    return Optional.ofNullable(value)
        .map(Object::toString)
        .filter(text -> text.length() <= MAX_VALUE);
  }

  /** Joins those items of a list that are neither objects nor lists. */
  private static Optional<String> joined(List<?> list) {
    var joined = new StringBuilder(",");
    for (Object each : list) {
      if (each != null && !(each instanceof Map) && !(each instanceof List)) {
        String item = each.toString();
        if (joined.length() + item.length() >= MAX_VALUE) {
          return Optional.empty();
        }
        joined.append(item).append(',');
      }
    }
    return Optional.of(joined.toString());
  }

  /** Prometheus takes no other characters, and refuses the whole answer for one of them. */
  private static String sanitized(String name) {
    var sanitized = new StringBuilder(name.length());
    name.codePoints().forEach(c -> sanitized.append(isPlain(c) ? (char) c : '_'));
    return sanitized.toString();
  }

  private static boolean isPlain(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
}
