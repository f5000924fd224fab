package dev.rollcall;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the process knows of itself: its environment, by names that may be changed, and its host.
 */
final class Environment {
  private final Map<EnvironmentVariable, String> names = new EnumMap<>(EnvironmentVariable.class);
  private final Map<String, String> values;

  Environment(Map<String, String> values) {
    this.values = values;
  }

  void rename(EnvironmentVariable variable, String name) {
    names.put(variable, name);
  }

  String nameOf(EnvironmentVariable variable) {
    return names.getOrDefault(variable, variable.defaultName());
  }

  /** Returns a value; one that is blank is none, as an orchestrator leaves what it has not set. */
  Optional<String> get(EnvironmentVariable variable) {
    return Optional.ofNullable(values.get(nameOf(variable)))
        .map(String::strip)
        .filter(value -> !value.isEmpty());
  }

  /**
   * Returns the port that is set.
   *
   * @throws IllegalArgumentException if what is set is none
   */
  Optional<Integer> port() {
    return get(EnvironmentVariable.PORT)
        .map(
            text -> {
              if (!text.matches("\\d{1,5}") || !isPort(Integer.parseInt(text))) {
                throw new IllegalArgumentException(
                    nameOf(EnvironmentVariable.PORT) + " is a port, 1 to 65535, not " + text);
              }
              return Integer.valueOf(text);
            });
  }

  static boolean isPort(int number) {
    return number >= 1 && number <= 65_535;
  }

  /** Returns the name of this host as others may know it; it may be asked of a name server. */
  static Optional<String> hostName() {
    try {
      return Optional.of(InetAddress.getLocalHost().getHostName());
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
