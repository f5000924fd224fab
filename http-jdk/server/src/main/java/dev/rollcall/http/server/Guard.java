package dev.rollcall.http.server;

/** Looks at a request before it is carried out. */
@FunctionalInterface
interface Guard {
  /**
   * Lets a request pass, or refuses it.
   *
   * @throws ProblemException if it is refused
   */
  void check(Request request);
}
