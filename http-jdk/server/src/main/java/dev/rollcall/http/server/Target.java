package dev.rollcall.http.server;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which service a request is about.
 *
 * @param id the id in the path; empty where the path has none
 * @param lease the lease id in the query
 */
record Target(String id, Optional<String> lease) {
  /** No service at all. */
  static final Target NONE = new Target("", Optional.empty());

  private static final String LEASE = "lease=";

  static Target of(String id, @Nullable String rawQuery) {
    return new Target(id, leaseIn(rawQuery));
  }

  private static Optional<String> leaseIn(@Nullable String query) {
    if (query == null) {
      return Optional.empty();
    }
    for (String parameter : query.split("&", -1)) {
      if (parameter.startsWith(LEASE)) {
        return Optional.of(RequestPath.decode(parameter.substring(LEASE.length())));
      }
    }
    return Optional.empty();
  }
}
