package dev.rollcall.http.server;

import java.util.Map;

/**
 * A whole response. It is complete before its first byte leaves, so an error on the way to it is
 * still an answer of its own.
 *
 * @param status the status code
 * @param contentType of the body
 * @param body never changed
 * @param headers beside those of the body
 */
@SuppressWarnings("ArrayRecordComponent") // two answers are never compared
record Answer(int status, String contentType, byte[] body, Map<String, String> headers) {
  static Answer json(int status, byte[] body) {
    return new Answer(status, "application/json", body, Map.of());
  }

  /** Makes the answer that tells of a problem with what stood at a path. */
  static Answer problem(Problem problem, String instance) {
    return new Answer(
        problem.status(),
        "application/problem+json",
        AnswerWriter.problem(problem, instance),
        Map.of());
  }

  Answer with(String header, String value) {
    return new Answer(status, contentType, body, Map.of(header, value));
  }
}
