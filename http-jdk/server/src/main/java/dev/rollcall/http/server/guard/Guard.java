package dev.rollcall.http.server.guard;

import dev.rollcall.http.server.request.Request;

/** Looks at a request before it is carried out. */
@FunctionalInterface
public interface Guard {
  /**
   * Lets a request pass, or refuses it.
   *
   * @throws ProblemException if it is refused
   */
  void check(Request request);
}
