package dev.rollcall.examples.robustness;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * A client that carries out one operation after the other, as its seed decides. Sometimes all
 * clients use the same id at the same moment, to provoke races.
 */
final class Worker implements Runnable {
  private static final long BEAT_NANOS = 50_000_000;
  private static final String CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

  private final String name;
  private final Random random;
  private final long beatSeed;
  private final int percentOfLists;
  private final IdPool ids;
  private final History history;
  private final List<Registry> raw;
  private final List<Registry> library;
  private final BooleanSupplier isOver;
  private int registrations;

  Worker(
      String name,
      long seed,
      long beatSeed,
      int percentOfLists,
      IdPool ids,
      History history,
      List<Registry> raw,
      List<Registry> library,
      BooleanSupplier isOver) {
    this.name = name;
    this.random = new Random(seed);
    this.beatSeed = beatSeed;
    this.percentOfLists = percentOfLists;
    this.ids = ids;
    this.history = history;
    this.raw = raw;
    this.library = library;
    this.isOver = isOver;
  }

  @Override
  public void run() {
    while (!isOver.getAsBoolean()) {
      String id = random.nextInt(100) < 60 ? awaitBeat() : ids.any(random);
      Operation done = carryOut(operationOn(id));
      boolean failed = done.isUnknown() || done.outcome() == Outcome.NOT_SENT;
      Pause.between(0, failed ? 150 : 30, random);
    }
  }

  /** Waits for the next beat and returns the id that it is for. */
  private String awaitBeat() {
    long beat = history.now() / BEAT_NANOS + 1;
    Pause.until(System.nanoTime() + beat * BEAT_NANOS - history.now());
    return ids.any(new Random(beatSeed + beat));
  }

  private Operation.Builder operationOn(String id) {
    OperationKind kind = kindFor(id);
    Operation.Builder operation = Operation.of(kind, kind == OperationKind.LIST ? "" : id);
    switch (kind) {
      case REGISTER -> {
        Duration ttl = ids.usageOf(id).nextTtl(random);
        operation.registering(name + "-" + ++registrations, ttl);
      }
      case PING, DEREGISTER -> addLease(operation);
      default -> {}
    }
    return operation;
  }

  private OperationKind kindFor(String id) {
    if (random.nextInt(100) < percentOfLists) {
      return OperationKind.LIST;
    }
    return ids.usageOf(id).next(random);
  }

  /** Mostly the last lease of the id; sometimes an old one, a made-up one, or no lease. */
  private void addLease(Operation.Builder operation) {
    List<String> given = ids.leasesOf(operation.id());
    int dice = random.nextInt(100);
    if (dice < 5) {
      StringBuilder lease = new StringBuilder("0");
      random.ints(25, 0, CROCKFORD.length()).forEach(i -> lease.append(CROCKFORD.charAt(i)));
      operation.lease(lease.toString());
    } else if (dice < 80 && !given.isEmpty()) {
      int back = dice < 60 ? 1 : 1 + random.nextInt(Math.min(5, given.size()));
      operation.lease(given.get(given.size() - back));
    }
  }

  private Operation carryOut(Operation.Builder operation) {
    int server = random.nextInt(raw.size());
    boolean byLibrary = random.nextInt(4) == 0;
    operation.where(name + (byLibrary ? " (library)" : "") + " at server " + server);
    operation.start(history.now());
    (byLibrary ? library : raw).get(server).carryOut(operation);
    operation.end(history.now(), System.currentTimeMillis());
    Operation done = operation.build();
    history.add(done);
    if (!done.givenLease().isEmpty()) {
      ids.given(done.id(), done.givenLease());
    }
    return done;
  }
}
