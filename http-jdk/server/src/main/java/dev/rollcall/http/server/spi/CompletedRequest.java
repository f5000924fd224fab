package dev.rollcall.http.server.spi;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A request and what became of it, in words of which there are few: no id, path or address.
 *
 * @param operation what was asked for: {@code register}, {@code ping}, {@code list}, {@code find},
 *     {@code deregister}, {@code health} and the like, or {@code unknown} for a path or a method
 *     that the registry does not have
 * @param status the status code of the answer, though the client may have gone before it came
 * @param problem the last part of the problem's type where the answer tells of one, such as {@code
 *     not-found} for {@code urn:rollcall:error:not-found}
 * @param took from the request's head to the last byte of the answer
 */
public record CompletedRequest(
    String operation, int status, Optional<String> problem, Duration took) {

  /**
   * Makes one.
   *
   * @param operation what was asked for
   * @param status the status code of the answer
   * @param problem the problem that the answer tells of
   * @param took from the request's head to the last byte of the answer
   */
  public CompletedRequest {
    Objects.requireNonNull(operation, "operation");
    Objects.requireNonNull(problem, "problem");
    Objects.requireNonNull(took, "took");
  }
}
