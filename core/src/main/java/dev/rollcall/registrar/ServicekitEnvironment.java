package dev.rollcall.registrar;

import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a process says of itself by its environment, as Python's servicekit reads it, so that a
 * service needs no other configuration than its neighbours in Python.
 *
 * <p>This is the one place in core that knows servicekit: the names of its variables, the port of a
 * service that names none, and that its {@code SERVICEKIT_ORCHESTRATOR_URL} is the full register
 * URL, which ends in {@code /services/$register}. The variables may be renamed.
 */
final class ServicekitEnvironment {
  static final String ORCHESTRATOR_URL = "SERVICEKIT_ORCHESTRATOR_URL";
  static final String HOST = "SERVICEKIT_HOST";
  static final String PORT = "SERVICEKIT_PORT";
  static final String REGISTRATION_KEY = "SERVICEKIT_REGISTRATION_KEY";

  static final int DEFAULT_PORT = 8000;

  private final Map<EnvironmentVariable, String> names = new EnumMap<>(EnvironmentVariable.class);
  private final Map<String, String> values;

  ServicekitEnvironment(Map<String, String> values) {
    this.values = values;
  }

  void rename(EnvironmentVariable variable, String name) {
    names.put(variable, name);
  }

  String nameOf(EnvironmentVariable variable) {
    return names.getOrDefault(variable, variable.defaultName());
  }

  /** Returns a value. A blank one counts as not set: orchestrators leave unset values blank. */
  Optional<String> get(EnvironmentVariable variable) {
    return Optional.ofNullable(values.get(nameOf(variable)))
        .map(String::strip)
        .filter(value -> !value.isEmpty());
  }

  /**
   * Returns a value, unless it is a URL: that was not meant for this variable. Where a service is
   * named {@code servicekit}, Kubernetes gives every container of its namespace {@code
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
                + "' is a URL, as Kubernetes sets it for a service of that name. Correct its value,"
                + " or choose another variable with environmentName()");
    return Optional.empty();
  }

  /** Returns the host that is set. */
  Optional<String> host() {
    return getUnlessUrl(EnvironmentVariable.HOST);
  }

  /**
   * Returns the port that is set.
   *
   * @throws IllegalArgumentException if the value is not a port
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

  /** Returns the name of this host as others may know it. May block to ask a name server. */
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
