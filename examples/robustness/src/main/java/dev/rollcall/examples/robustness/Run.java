package dev.rollcall.examples.robustness;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/**
 * Rounds one after the other, until time is over or a rule is broken. Every third has no faults.
 */
final class Run {
  private static final Duration ROUND = Duration.ofSeconds(15);
  private static final int PERCENT_OF_LISTS = 10;

  private final Options options;
  private final PrintStream out;

  Run(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /** Returns whether no rule was broken. */
  boolean isClean() {
    out.println("robustness: " + options.command());
    try (Deployment deployment = open()) {
      long end = System.nanoTime() + options.time().toNanos();
      for (int number = 0; System.nanoTime() - end < 0; number++) {
        Duration left = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
        if (!isClean(deployment, number, left.compareTo(ROUND) < 0 ? left : ROUND)) {
          return false;
        }
      }
    }
    out.println("robustness: no rule was broken");
    return true;
  }

  private Deployment open() {
    return options.store().equals("memory")
        ? new MemoryDeployment(options)
        : new ValkeyDeployment(options);
  }

  private boolean isClean(Deployment deployment, int number, Duration time) {
    boolean isCalm = number % 3 == 0 || !options.faults();
    Round round =
        new Round(
            deployment,
            options.seed(),
            number,
            options.clients(),
            PERCENT_OF_LISTS,
            isCalm ? List.of() : deployment.faults());
    List<Violation> found = round.run(time);
    out.println("round " + number + ": " + round.summary());
    if (found.isEmpty()) {
      return true;
    }
    round.faults().forEach(out::println);
    found.forEach(out::println);
    out.println("To run it again: " + options.command());
    return false;
  }
}
