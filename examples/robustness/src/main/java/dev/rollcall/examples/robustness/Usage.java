package dev.rollcall.examples.robustness;

import java.time.Duration;
import java.util.List;
import java.util.Random;

/** How clients use an id. A lease matters only where nothing else ends or replaces it first. */
enum Usage {
  /** Its lease is kept by pings. */
  HELD(6, 40, 2),
  /** Its lease runs out. */
  ABANDONED(6, 2, 1),
  /** Everything comes often. */
  CONTESTED(18, 35, 18);

  private static final List<Integer> TTLS_MILLIS = List.of(1000, 1000, 1500, 2000, 3000, 10_000);

  private final int percentOfRegistrations;
  private final int percentOfPings;
  private final int percentOfDeregistrations;

  /** What is left of a hundred is finds. */
  Usage(int percentOfRegistrations, int percentOfPings, int percentOfDeregistrations) {
    this.percentOfRegistrations = percentOfRegistrations;
    this.percentOfPings = percentOfPings;
    this.percentOfDeregistrations = percentOfDeregistrations;
  }

  /** Returns what is done to the id next. */
  OperationKind next(Random random) {
    int dice = random.nextInt(100) - percentOfRegistrations;
    if (dice < 0) {
      return OperationKind.REGISTER;
    }
    dice -= percentOfPings;
    if (dice < 0) {
      return OperationKind.PING;
    }
    return dice < percentOfDeregistrations ? OperationKind.DEREGISTER : OperationKind.FIND;
  }

  /** Returns the ttl of the next registration; the shortest if it is to run out in any round. */
  Duration nextTtl(Random random) {
    int count = this == ABANDONED ? 1 : TTLS_MILLIS.size();
    return Duration.ofMillis(TTLS_MILLIS.get(random.nextInt(count)));
  }
}
