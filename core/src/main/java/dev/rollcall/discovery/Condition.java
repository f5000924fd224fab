package dev.rollcall.discovery;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a member of a service's info must be. */
record Condition(String path, String value) {
  static final Comparator<Condition> ORDER =
      Comparator.comparing(Condition::path).thenComparing(Condition::value);

  private static final String ROOT = "info.";
  private static final int MAX_DEPTH = 64;
  private static final int MAX_LENGTH = 1_000;

  static Condition of(String path, String value) {
    if (!path.startsWith(ROOT) || path.length() == ROOT.length()) {
      throw new IllegalArgumentException(
          "a condition's path is 'info.' and the name of a member, as in info.zone");
    }
    if (path.length() > MAX_LENGTH || value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "a condition's path and value have at most " + MAX_LENGTH + " characters each");
    }
    if (path.chars().filter(c -> c == '.').count() > MAX_DEPTH) {
      throw new IllegalArgumentException("a condition's path names at most 64 members");
    }
    return new Condition(path, value);
  }

  boolean isMetBy(Map<String, Object> info) {
    Object at = info;
    for (int from = ROOT.length(); from <= path.length(); ) {
      int dot = path.indexOf('.', from);
      int to = dot < 0 ? path.length() : dot;
      String name = path.substring(from, to);
      if (!(at instanceof Map<?, ?> members) || !members.containsKey(name)) {
        return false;
      }
      at = members.get(name);
      from = to + 1;
    }
    return at instanceof List<?> list ? list.stream().anyMatch(this::isValue) : isValue(at);
  }

  private boolean isValue(@Nullable Object member) {
    return !(member instanceof Map) && !(member instanceof List) && value.equals("" + member);
  }
}
