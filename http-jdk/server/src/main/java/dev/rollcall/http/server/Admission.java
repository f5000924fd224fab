package dev.rollcall.http.server;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * Lets in as many requests at once as the server is to carry. There is no queue: what finds no room
 * is refused at once. Pings may take all the room, the others three quarters of it, so that no
 * crowd of lists or registrations keeps a service from staying alive.
 */
final class Admission {
  private final Map<Access, List<Semaphore>> gates = new EnumMap<>(Access.class);

  Admission(int maxRequests, int maxLists) {
    var all = new Semaphore(maxRequests);
    var others = new Semaphore(Math.max(1, maxRequests - maxRequests / 4));
    var lists = new Semaphore(maxLists);
    gates.put(Access.PROBE, List.of());
    gates.put(Access.NONE, List.of());
    gates.put(Access.PING, List.of(all));
    gates.put(Access.READ, List.of(others, all));
    gates.put(Access.WRITE, List.of(others, all));
    gates.put(Access.LIST, List.of(lists, others, all));
  }

  /** Takes a place, which must be {@linkplain #leave left}; false if there is none. */
  boolean enter(Access access) {
    List<Semaphore> toPass = gatesOf(access);
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

  void leave(Access access) {
    List<Semaphore> passed = gatesOf(access);
    release(passed, passed.size());
  }

  private List<Semaphore> gatesOf(Access access) {
    return gates.getOrDefault(access, List.of());
  }

  private static void release(List<Semaphore> gates, int passed) {
    for (int i = 0; i < passed; i++) {
      gates.get(i).release();
    }
  }
}
