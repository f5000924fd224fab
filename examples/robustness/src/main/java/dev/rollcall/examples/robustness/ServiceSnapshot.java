package dev.rollcall.examples.robustness;

import java.time.Duration;
import java.time.Instant;

/**
 * A service as an answer showed it.
 *
 * @param id whose it is
 * @param token which registration it shows: the info's {@code token}, unique to each
 * @param url the url
 * @param registeredAt when it began to be alive
 * @param lastUpdated when it last registered
 * @param ttl the end of its lease less its last ping
 */
record ServiceSnapshot(
    String id, String token, String url, Instant registeredAt, Instant lastUpdated, Duration ttl) {

  /** Returns the url that the registration of a token has. */
  static String urlOf(String token) {
    return "http://" + token + ".example:8000";
  }

  /** Returns whether it registered once since it began to be alive. */
  boolean isFresh() {
    return registeredAt.equals(lastUpdated);
  }
}
