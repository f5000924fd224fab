package dev.rollcall.examples.robustness;

import java.util.Optional;

/**
 * What an answer says of one id: at some moment between start and end of its operation it was so.
 *
 * @param operation the operation that was answered
 * @param alive whether a service of the id was alive
 * @param token which registration held it; "" if the answer does not tell
 * @param notToken which registration did not hold it; "" if the answer does not tell
 * @param shown the service, if it was shown
 */
record Observation(
    Operation operation,
    boolean alive,
    String token,
    String notToken,
    Optional<ServiceSnapshot> shown) {

  static Observation dead(Operation operation) {
    return new Observation(operation, false, "", "", Optional.empty());
  }

  static Observation alive(Operation operation, String token) {
    return new Observation(operation, true, token, "", Optional.empty());
  }

  static Observation shown(Operation operation, ServiceSnapshot snapshot) {
    return new Observation(operation, true, snapshot.token(), "", Optional.of(snapshot));
  }

  static Observation heldByAnother(Operation operation, String notToken) {
    return new Observation(operation, true, "", notToken, Optional.empty());
  }

  long start() {
    return operation.start();
  }

  long end() {
    return operation.end();
  }

  /** Returns whether it proves that a registration held the id. */
  boolean isOf(String registration) {
    return alive && token.equals(registration);
  }

  /** Returns whether it proves that a registration did not hold the id. */
  boolean isNotOf(String registration) {
    return !alive
        || (!token.isEmpty() && !token.equals(registration))
        || notToken.equals(registration);
  }
}
