package dev.rollcall.examples.robustness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/**
 * A part of a run, with ids and a history of its own: clients work and faults come for a while;
 * then every fault is ended, the servers must serve again, and the history is checked.
 */
final class Round {
  /** A little more than twice what a server waits for its store. */
  private static final Duration CALL_TIMEOUT = Duration.ofMillis(2_500);

  private static final Duration RECOVERY_LIMIT = Duration.ofSeconds(30);

  private final Deployment deployment;
  private final long seed;
  private final Load load;
  private final List<FaultKind> faults;
  private final IdPool ids;
  private final History history = new History();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /**
   * Creates a round, which has not begun yet.
   *
   * @param faults those that may come; if it is empty, no fault comes
   */
  Round(Deployment deployment, long seed, int number, Load load, List<FaultKind> faults) {
    this.deployment = deployment;
    this.seed = new Random(seed).nextLong() + number;
    this.load = load;
    this.faults = List.copyOf(faults);
    this.ids = new IdPool(seed, number);
  }

  /** Carries it out and returns what breaks a rule. */
  List<Violation> run(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    List<Registry> library = registries(LibraryRegistry::new);
    List<Thread> threads = new ArrayList<>();
    try {
      for (int i = 0; i < load.clients(); i++) {
        threads.add(start("client-" + i, worker(i, library, end)));
      }
      if (!faults.isEmpty()) {
        threads.add(start("faults", () -> injectUntil(end)));
      }
      threads.forEach(Round::join);
      if (failure.get() != null) {
        throw new IllegalStateException("the run itself failed", failure.get());
      }
      List<Violation> found =
          new ArrayList<>(Checker.check(history.operations(), history.faults()));
      deployment
          .endedUnasked()
          .forEach(what -> found.add(Violation.of("ended unasked: " + what, "")));
      for (int i = 0; found.isEmpty() && i < deployment.ports().size(); i++) {
        found.addAll(checkRecovery(deployment.ports().get(i), i));
      }
      return found;
    } finally {
      library.forEach(Registry::close);
    }
  }

  private Runnable worker(int number, List<Registry> library, long end) {
    List<Registry> raw = registries(RawRegistry::new);
    Worker worker =
        new Worker(
            "c" + number,
            seed * 31 + number,
            seed,
            load.percentOfLists(),
            ids,
            history,
            raw,
            library,
            () -> System.nanoTime() - end >= 0 || failure.get() != null);
    return () -> {
      try {
        worker.run();
      } finally {
        raw.forEach(Registry::close);
      }
    };
  }

  /** Makes a way to a server. */
  private interface RegistryFactory {
    Registry to(int port, Duration timeout, Predicate<String> isOurs);
  }

  private List<Registry> registries(RegistryFactory factory) {
    List<Registry> made = new ArrayList<>();
    for (int port : deployment.ports()) {
      made.add(factory.to(port, CALL_TIMEOUT, ids::isOurs));
    }
    return made;
  }

  private void injectUntil(long end) {
    Random random = new Random(seed ^ 0xFA17);
    Pause.between(300, 1_500, random);
    while (System.nanoTime() - end < 0) {
      FaultKind kind = faults.get(random.nextInt(faults.size()));
      long start = history.now();
      kind.injection().accept(random);
      history.add(new Fault(kind.name(), kind.loss(), start, history.now()));
      long next = System.nanoTime() + Duration.ofMillis(500 + random.nextInt(3_500)).toNanos();
      Pause.until(next - end < 0 ? next : end);
    }
  }

  /** Checks that a server does all that it should again, in a while. */
  private List<Violation> checkRecovery(int port, int server) {
    long end = System.nanoTime() + RECOVERY_LIMIT.toNanos();
    List<Operation> last = List.of();
    while (System.nanoTime() - end < 0) {
      last = cycle(port, server);
      if (last.stream().allMatch(operation -> operation.outcome() == Outcome.OK)) {
        return List.of();
      }
      Pause.of(Duration.ofMillis(200));
    }
    return List.of(new Violation("a server does not serve again after the faults", "", last));
  }

  private List<Operation> cycle(int port, int server) {
    List<Operation> made = new ArrayList<>();
    String id = "recovery-" + server;
    try (RawRegistry registry = new RawRegistry(port, CALL_TIMEOUT, id::equals)) {
      for (OperationKind kind :
          List.of(
              OperationKind.REGISTER,
              OperationKind.PING,
              OperationKind.FIND,
              OperationKind.LIST,
              OperationKind.DEREGISTER)) {
        if (kind == OperationKind.LIST && load.listsAreLarge()) {
          continue;
        }
        Operation.Builder operation = Operation.of(kind, kind == OperationKind.LIST ? "" : id);
        if (kind == OperationKind.REGISTER) {
          operation.registering("recovery", Duration.ofSeconds(30));
        }
        operation.where("recovery at server " + server).start(history.now());
        registry.carryOut(operation);
        made.add(operation.end(history.now(), System.currentTimeMillis()).build());
      }
    }
    return made;
  }

  private Thread start(String name, Runnable task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (Throwable e) {
                failure.compareAndSet(null, e);
              }
            },
            "robustness-" + name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Returns the faults that came. */
  List<Fault> faults() {
    return history.faults();
  }

  /** Returns how many operations had which outcome, for people to read. */
  String summary() {
    Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
    history.operations().forEach(operation -> counts.merge(operation.outcome(), 1, Integer::sum));
    return history.operations().size()
        + " operations "
        + counts
        + ", "
        + history.faults().size()
        + " faults";
  }
}
