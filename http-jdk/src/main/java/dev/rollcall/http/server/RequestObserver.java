package dev.rollcall.http.server;

/** Sees each request once it has been answered. */
@FunctionalInterface
interface RequestObserver {
  /** Looks at nothing. */
  RequestObserver NONE = (request, answer, nanos) -> {};

  /**
   * Is told of a request. Called on the thread of the request, so it must not block.
   *
   * @param request what was asked
   * @param answer what was answered, though the client may have gone before it came
   * @param nanos from the request's head to the last byte of the answer
   */
  void finished(Request request, Answer answer, long nanos);
}
