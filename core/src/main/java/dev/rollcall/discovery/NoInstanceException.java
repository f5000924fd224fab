package dev.rollcall.discovery;

import java.time.Instant;
import java.util.Optional;

/** There is no instance of a name to call. */
public final class NoInstanceException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The name. */
  private final String name;

  private NoInstanceException(String name, String message) {
    super(message);
    this.name = name;
  }

  static NoInstanceException unknown(String name, Instant since) {
    return new NoInstanceException(
        name,
        "no instance of '"
            + name
            + "' can be picked: the registry has not been reached yet, since the start at "
            + since
            + ", so no services are known");
  }

  static NoInstanceException none(String name, int services, Optional<Instant> staleSince) {
    return new NoInstanceException(
        name,
        "no instance of '"
            + name
            + "' is known, among "
            + services
            + " services"
            + staleSince
                .map(since -> "; the registry cannot be asked since " + since)
                .orElse("; the registry can be asked, so none is registered"));
  }

  /**
   * Returns the name that was asked for.
   *
   * @return the name
   */
  public String name() {
    return name;
  }
}
