package dev.rollcall.http.server.guard;

import dev.rollcall.http.server.request.RequestKind;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * Limits how many requests run at once. There is no queue: a request beyond the limit is refused at
 * once. Pings may take all the room, the others three quarters of it, so that no crowd of lists or
 * registrations keeps a service from staying alive.
 */
public final class ConcurrencyLimiter {
  private final Map<RequestKind, List<Semaphore>> gates = new EnumMap<>(RequestKind.class);

  public ConcurrencyLimiter(int maxRequests, int maxLists) {
    var all = new Semaphore(maxRequests);
    var others = new Semaphore(Math.max(1, maxRequests - maxRequests / 4));
    var lists = new Semaphore(maxLists);
    gates.put(RequestKind.PROBE, List.of());
    gates.put(RequestKind.NONE, List.of());
    gates.put(RequestKind.PING, List.of(all));
    gates.put(RequestKind.READ, List.of(others, all));
    gates.put(RequestKind.WATCH, List.of(others, all));
    gates.put(RequestKind.WRITE, List.of(others, all));
    gates.put(RequestKind.LIST, List.of(lists, others, all));
  }

  /** Takes a place, which must be {@linkplain #leave left}; returns false if no place is free. */
  public boolean enter(RequestKind kind) {
    List<Semaphore> toPass = gatesOf(kind);
    int passed = 0;
    try {
      while (passed < toPass.size() && toPass.get(passed).tryAcquire()) {
        passed++;
      }
      return passed == toPass.size();
    } finally {
      if (passed < toPass.size()) {
        release(toPass, passed);
      }
    }
  }

  public void leave(RequestKind kind) {
    List<Semaphore> passed = gatesOf(kind);
    release(passed, passed.size());
  }

  private List<Semaphore> gatesOf(RequestKind kind) {
    return gates.getOrDefault(kind, List.of());
  }

  private static void release(List<Semaphore> gates, int passed) {
    for (int i = 0; i < passed; i++) {
      gates.get(i).release();
    }
  }
}
