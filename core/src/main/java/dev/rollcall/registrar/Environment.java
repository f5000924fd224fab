package dev.rollcall.registrar;

import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the process knows of itself: its environment, by names that may be changed, and its host.
 */
final class Environment {
  static final int DEFAULT_PORT = 8000;

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
   * Returns a value that is no URL. One that is has not been set for this: where a service is named
   * {@code servicekit}, Kubernetes gives every container of its namespace {@code
   * SERVICEKIT_PORT=tcp://10.0.0.1:80}.
   */
  private Optional<String> getUnlessUrl(EnvironmentVariable variable) {
    Optional<String> value = get(variable);
    if (value.isEmpty() || !value.get().contains("://")) {
      return value;
    }
    Log.log(
        Level.WARNING,
        () ->
            nameOf(variable)
                + " is ignored: '"
                + masked(value.get())
                + "' is a URL, as Kubernetes sets it for a service of that name. Set it to what it"
                + " is to be, or another name by environmentName()");
    return Optional.empty();
  }

  /** Returns the host that is set. */
  Optional<String> host() {
    return getUnlessUrl(EnvironmentVariable.HOST);
  }

  /**
   * Returns the port that is set.
   *
   * @throws IllegalArgumentException if what is set is none
   */
  Optional<Integer> port() {
    return getUnlessUrl(EnvironmentVariable.PORT)
        .map(
            text -> {
              if (!text.matches("\\d{1,5}") || !isPort(Integer.parseInt(text))) {
                throw new IllegalArgumentException(
                    nameOf(EnvironmentVariable.PORT)
                        + " is a port, 1 to 65535, not "
                        + masked(text));
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

  /** Returns a text for a message, without what may be credentials: all before its last at sign. */
  static String masked(String text) {
    int at = text.lastIndexOf('@');
    return at < 0 ? text : "***" + text.substring(at);
  }
}
