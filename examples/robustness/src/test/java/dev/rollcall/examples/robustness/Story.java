package dev.rollcall.examples.robustness;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A history written by hand, of one id, in milliseconds. */
final class Story {
  static final String ID = "a";

  private static final long MILLI = 1_000_000;
  private static final long WALL = 1_000_000_000_000L;

  private final List<Operation> operations = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();

  /** Registers with the lease that has the token's name. */
  Story registers(String token, int ttl, int start, int end) {
    return add(
        Operation.of(Kind.REGISTER, ID)
            .registering(token, Duration.ofMillis(ttl))
            .givenLease("lease-" + token)
            .outcome(Outcome.OK),
        start,
        end);
  }

  /** Registers by a client that sends it once more where a connection breaks. */
  Story registersRepeatably(String token, int ttl, int start, int end) {
    return add(
        Operation.of(Kind.REGISTER, ID)
            .registering(token, Duration.ofMillis(ttl))
            .givenLease("lease-" + token)
            .repeatable()
            .outcome(Outcome.OK),
        start,
        end);
  }

  Story registersPerhaps(String token, int ttl, int start, int end) {
    return add(
        Operation.of(Kind.REGISTER, ID)
            .registering(token, Duration.ofMillis(ttl))
            .outcome(Outcome.UNKNOWN),
        start,
        end);
  }

  /** Pings with the lease of a token; with none if that is "". */
  Story pings(String token, int ttl, int start, int end) {
    return add(on(Kind.PING, token, Outcome.OK).ttl(Duration.ofMillis(ttl)), start, end);
  }

  Story pings(String token, Outcome outcome, int start, int end) {
    return add(on(Kind.PING, token, outcome), start, end);
  }

  Story removes(String token, Sighting shown, int start, int end) {
    return add(on(Kind.DEREGISTER, token, Outcome.OK).shown(List.of(shown)), start, end);
  }

  Story removes(String token, Outcome outcome, int start, int end) {
    return add(on(Kind.DEREGISTER, token, outcome), start, end);
  }

  Story finds(Sighting shown, int start, int end) {
    return add(on(Kind.FIND, "", Outcome.OK).shown(List.of(shown)), start, end);
  }

  Story findsNothing(int start, int end) {
    return add(on(Kind.FIND, "", Outcome.NOT_FOUND), start, end);
  }

  Story lists(int start, int end, Sighting... shown) {
    return add(Operation.of(Kind.LIST, "").outcome(Outcome.OK).shown(List.of(shown)), start, end);
  }

  Story loses(int start, int end) {
    faults.add(new Fault("FLUSHALL", Loss.EVERYTHING, start * MILLI, end * MILLI));
    return this;
  }

  Story failsOver(int start, int end) {
    faults.add(new Fault("failover", Loss.LAST_WRITES, start * MILLI, end * MILLI));
    return this;
  }

  Story stops(int start, int end) {
    faults.add(new Fault("SIGSTOP", Loss.NONE, start * MILLI, end * MILLI));
    return this;
  }

  private static Operation.Builder on(Kind kind, String token, Outcome outcome) {
    Operation.Builder operation = Operation.of(kind, ID).outcome(outcome);
    return token.isEmpty() ? operation : operation.lease("lease-" + token);
  }

  Story add(Operation.Builder operation, int start, int end) {
    operations.add(operation.start(start * MILLI).end(end * MILLI, WALL + end).build());
    return this;
  }

  /** Returns what a read shows of a registration: when the id began to be alive, and updated. */
  static Sighting seen(String token, int ttl, int since, int updated) {
    return new Sighting(
        ID,
        token,
        Sighting.urlOf(token),
        Instant.ofEpochMilli(WALL + since),
        Instant.ofEpochMilli(WALL + updated),
        Duration.ofMillis(ttl));
  }

  /** Returns the rules that it breaks. */
  List<String> broken() {
    return Checker.check(operations, faults).stream().map(Violation::rule).distinct().toList();
  }
}
