package dev.rollcall.examples.robustness;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The ids of a round, of which each round has its own, and the leases that they were given. Safe
 * for use by any number of threads.
 */
final class IdPool {
  private static final int COUNT = 10;
  private static final int HELD = 3;
  private static final int ABANDONED = 3;

  private final String prefix;
  private final List<String> all = new ArrayList<>();
  private final ConcurrentMap<String, List<String>> leases = new ConcurrentHashMap<>();

  IdPool(long seed, int round) {
    this.prefix = "s" + seed + "-r" + round + "-";
    for (int i = 0; i < COUNT; i++) {
      String id = prefix + i;
      all.add(id);
      leases.put(id, new CopyOnWriteArrayList<>());
    }
  }

  boolean isOurs(String id) {
    return id.startsWith(prefix);
  }

  String any(Random random) {
    return all.get(random.nextInt(COUNT));
  }

  Usage usageOf(String id) {
    int index = all.indexOf(id);
    if (index < HELD) {
      return Usage.HELD;
    }
    return index < HELD + ABANDONED ? Usage.ABANDONED : Usage.CONTESTED;
  }

  void given(String id, String lease) {
    leases.get(id).add(lease);
  }

  /** Returns the leases that an id was given, the last of them last. */
  List<String> leasesOf(String id) {
    return leases.get(id);
  }
}
