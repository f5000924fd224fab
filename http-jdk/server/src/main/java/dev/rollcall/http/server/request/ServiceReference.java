package dev.rollcall.http.server.request;

import dev.rollcall.Fence;
import org.jspecify.annotations.Nullable;

/**
 * Which service a request is about.
 *
 * @param id the id in the path; empty where the path has none
 * @param fence the lease id in the query, if there is one
 */
public record ServiceReference(String id, Fence fence) {
  /** No service at all. */
  public static final ServiceReference NONE = new ServiceReference("", Fence.none());

  private static final String LEASE = "lease=";

  public static ServiceReference of(String id, @Nullable String rawQuery) {
    return new ServiceReference(id, fenceIn(rawQuery));
  }

  private static Fence fenceIn(@Nullable String query) {
    if (query == null) {
      return Fence.none();
    }
    for (int from = 0; from <= query.length(); from = endOf(query, from) + 1) {
      if (query.startsWith(LEASE, from)) {
        String value = query.substring(from + LEASE.length(), endOf(query, from));
        return Fence.of(RequestTarget.decode(value));
      }
    }
    return Fence.none();
  }

  /** Returns where the parameter ends that starts at an index. */
  private static int endOf(String query, int start) {
    int end = query.indexOf('&', start);
    return end < 0 ? query.length() : end;
  }
}
