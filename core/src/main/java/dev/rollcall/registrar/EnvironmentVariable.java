package dev.rollcall.registrar;

/** A setting that a {@link Registrar} takes from the environment where its builder has none. */
public enum EnvironmentVariable {
  /** The registry's full register URL: {@code SERVICEKIT_ORCHESTRATOR_URL} by default. */
  ORCHESTRATOR_URL("SERVICEKIT_ORCHESTRATOR_URL"),
  /** The host that the service is reached at: {@code SERVICEKIT_HOST} by default. */
  HOST("SERVICEKIT_HOST"),
  /** The port that the service is reached at: {@code SERVICEKIT_PORT} by default. */
  PORT("SERVICEKIT_PORT"),
  /** The service key, a secret: {@code SERVICEKIT_REGISTRATION_KEY} by default. */
  REGISTRATION_KEY("SERVICEKIT_REGISTRATION_KEY");

  private final String defaultName;

  EnvironmentVariable(String defaultName) {
    this.defaultName = defaultName;
  }

  /**
   * Returns the name that it has unless {@link Registrar.Builder#environmentName} gives another.
   *
   * @return the name
   */
  public String defaultName() {
    return defaultName;
  }
}
