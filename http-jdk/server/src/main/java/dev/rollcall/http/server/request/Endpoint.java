package dev.rollcall.http.server.request;

import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.ProblemException;
import dev.rollcall.http.server.response.Response;
import java.io.IOException;

/**
 * What a method does at a path.
 *
 * @param name what it is called in logs and metrics
 * @param kind what it does to the registry
 * @param takesBody whether the request's body is read before it
 * @param action makes the answer
 */
public record Endpoint(String name, RequestKind kind, boolean takesBody, Action action) {
  public Endpoint(String name, RequestKind kind, Action action) {
    this(name, kind, false, action);
  }

  /** Makes the answer to a request that nothing has refused. */
  @FunctionalInterface
  public interface Action {
    /**
     * Answers.
     *
     * @return the answer, or {@link Response#LATER} if the action sees to it that there will be one
     * @throws ProblemException if the answer is an error
     * @throws IOException if the client is gone
     */
    Response answer(Request request) throws IOException;
  }

  /** Returns an endpoint for requests that match no route: each gets the problem. */
  public static Endpoint unknown(Problem problem) {
    return new Endpoint(
        "unknown",
        RequestKind.NONE,
        request -> {
          throw new ProblemException(problem);
        });
  }
}
