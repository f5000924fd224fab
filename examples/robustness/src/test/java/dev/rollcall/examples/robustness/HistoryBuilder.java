package dev.rollcall.examples.robustness;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A history written by hand, of one id, in milliseconds. */
final class HistoryBuilder {
  static final String ID = "a";

  private static final long MILLI = 1_000_000;
  private static final long WALL = 1_000_000_000_000L;

  private final List<Operation> operations = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();

  /** Registers with the lease that has the token's name. */
  HistoryBuilder registers(String token, int ttl, int start, int end) {
    return add(
        Operation.of(OperationKind.REGISTER, ID)
            .registering(token, Duration.ofMillis(ttl))
            .givenLease("lease-" + token)
            .outcome(Outcome.OK),
        start,
        end);
  }

  /** Registers by a client that sends it once more where a connection breaks. */
  HistoryBuilder registersRepeatably(String token, int ttl, int start, int end) {
    return add(
        Operation.of(OperationKind.REGISTER, ID)
            .registering(token, Duration.ofMillis(ttl))
            .givenLease("lease-" + token)
            .repeatable()
            .outcome(Outcome.OK),
        start,
        end);
  }

  HistoryBuilder registersPerhaps(String token, int ttl, int start, int end) {
    return add(
        Operation.of(OperationKind.REGISTER, ID)
            .registering(token, Duration.ofMillis(ttl))
            .outcome(Outcome.UNKNOWN),
        start,
        end);
  }

  /** Pings with the lease of a token; with none if that is "". */
  HistoryBuilder pings(String token, int ttl, int start, int end) {
    return add(on(OperationKind.PING, token, Outcome.OK).ttl(Duration.ofMillis(ttl)), start, end);
  }

  HistoryBuilder pings(String token, Outcome outcome, int start, int end) {
    return add(on(OperationKind.PING, token, outcome), start, end);
  }

  HistoryBuilder removes(String token, ServiceSnapshot shown, int start, int end) {
    return add(on(OperationKind.DEREGISTER, token, Outcome.OK).shown(List.of(shown)), start, end);
  }

  HistoryBuilder removes(String token, Outcome outcome, int start, int end) {
    return add(on(OperationKind.DEREGISTER, token, outcome), start, end);
  }

  HistoryBuilder finds(ServiceSnapshot shown, int start, int end) {
    return add(on(OperationKind.FIND, "", Outcome.OK).shown(List.of(shown)), start, end);
  }

  HistoryBuilder findsNothing(int start, int end) {
    return add(on(OperationKind.FIND, "", Outcome.NOT_FOUND), start, end);
  }

  HistoryBuilder lists(int start, int end, ServiceSnapshot... shown) {
    return add(
        Operation.of(OperationKind.LIST, "").outcome(Outcome.OK).shown(List.of(shown)), start, end);
  }

  HistoryBuilder loses(int start, int end) {
    faults.add(new Fault("FLUSHALL", Loss.EVERYTHING, start * MILLI, end * MILLI));
    return this;
  }

  HistoryBuilder failsOver(int start, int end) {
    faults.add(new Fault("failover", Loss.LAST_WRITES, start * MILLI, end * MILLI));
    return this;
  }

  HistoryBuilder stops(int start, int end) {
    faults.add(new Fault("SIGSTOP", Loss.NONE, start * MILLI, end * MILLI));
    return this;
  }

  private static Operation.Builder on(OperationKind kind, String token, Outcome outcome) {
    Operation.Builder operation = Operation.of(kind, ID).outcome(outcome);
    return token.isEmpty() ? operation : operation.lease("lease-" + token);
  }

  HistoryBuilder add(Operation.Builder operation, int start, int end) {
    operations.add(operation.start(start * MILLI).end(end * MILLI, WALL + end).build());
    return this;
  }

  /** Returns what a read shows of a registration: when the id began to be alive, and updated. */
  static ServiceSnapshot seen(String token, int ttl, int since, int updated) {
    return new ServiceSnapshot(
        ID,
        token,
        ServiceSnapshot.urlOf(token),
        Instant.ofEpochMilli(WALL + since),
        Instant.ofEpochMilli(WALL + updated),
        Duration.ofMillis(ttl));
  }

  /** Returns the rules that it breaks. */
  List<String> broken() {
    return Checker.check(operations, faults).stream().map(Violation::rule).distinct().toList();
  }
}
