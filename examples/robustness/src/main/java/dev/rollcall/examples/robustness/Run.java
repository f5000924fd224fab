package dev.rollcall.examples.robustness;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Rounds one after the other, until time is over or a rule is broken. Every third has no faults
 * except large lists where there is ballast.
 */
final class Run {
  private static final Duration ROUND = Duration.ofSeconds(10);
  private static final int ROUNDS_TO_A_CALM_ONE = 3;

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
      Ballast ballast = new Ballast(deployment.ports(), options.ballast());
      long end = System.nanoTime() + options.time().toNanos();
      for (int number = 0; System.nanoTime() - end < 0; number++) {
        Duration left = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
        ballast.fill();
        if (!isClean(deployment, ballast, number, left.compareTo(ROUND) < 0 ? left : ROUND)) {
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

  private boolean isClean(Deployment deployment, Ballast ballast, int number, Duration time) {
    Round round =
        new Round(
            deployment,
            options.seed(),
            number,
            new Load(options.clients(), options.ballast() > 0),
            faultsOf(deployment, ballast, number));
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

  private List<FaultKind> faultsOf(Deployment deployment, Ballast ballast, int number) {
    List<FaultKind> faults = new ArrayList<>();
    boolean isCalm = options.only().isEmpty() && (number + 1) % ROUNDS_TO_A_CALM_ONE == 0;
    if (options.faults() && !isCalm) {
      faults.addAll(deployment.faults());
    }
    if (options.ballast() > 0) {
      faults.addAll(Collections.nCopies(1 + faults.size() / 2, ballast.lists()));
    }
    faults.removeIf(fault -> !fault.name().contains(options.only()));
    return faults;
  }
}
