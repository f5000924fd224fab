package dev.rollcall.registrar;

/**
 * A setting that a {@link Registrar} takes from the environment where its builder has none. The
 * variables are by default those of Python's servicekit.
 */
public enum EnvironmentVariable {
  /** The registry's full register URL: {@code SERVICEKIT_ORCHESTRATOR_URL} by default. */
  ORCHESTRATOR_URL(ServicekitEnvironment.ORCHESTRATOR_URL),
  /** The host that the service is reached at: {@code SERVICEKIT_HOST} by default. */
  HOST(ServicekitEnvironment.HOST),
  /** The port that the service is reached at: {@code SERVICEKIT_PORT} by default. */
  PORT(ServicekitEnvironment.PORT),
  /** The service key, a secret: {@code SERVICEKIT_REGISTRATION_KEY} by default. */
  REGISTRATION_KEY(ServicekitEnvironment.REGISTRATION_KEY);

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
