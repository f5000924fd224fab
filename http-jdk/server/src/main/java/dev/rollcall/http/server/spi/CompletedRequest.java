package dev.rollcall.http.server.spi;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A request and its outcome, by a small number of values that suit as labels of metrics: without
 * ids, paths and addresses.
 *
 * @param operation what was asked for: {@code register}, {@code ping}, {@code ping-batch}, {@code
 *     list}, {@code find}, {@code deregister}, {@code health} and the like, or {@code unknown} for
 *     a path or a method that the registry does not have
 * @param status the status code of the response, even if the client was gone before it arrived
 * @param problem the last part of the problem's type, if the response is a problem, such as {@code
 *     not-found} for {@code urn:rollcall:error:not-found}
 * @param took from the request's head to the last byte of the response
 */
public record CompletedRequest(
    String operation, int status, Optional<String> problem, Duration took) {

  /**
   * Creates a completed request.
   *
   * @param operation what was asked for
   * @param status the status code of the response
   * @param problem the problem's type, if the response is a problem
   * @param took from the request's head to the last byte of the response
   */
  public CompletedRequest {
    Objects.requireNonNull(operation, "operation");
    Objects.requireNonNull(problem, "problem");
    Objects.requireNonNull(took, "took");
  }
}
