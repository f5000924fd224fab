package dev.rollcall.examples.robustness;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One call of a client, and what came of it. Times are nanoseconds since the history began, by the
 * monotonic clock of the one process that records it.
 *
 * <p>Immutable.
 */
final class Operation {
  private final Builder values;

  private Operation(Builder values) {
    this.values = values;
  }

  /** Starts an operation on an id; a list has the id "". */
  static Builder of(OperationKind kind, String id) {
    return new Builder(kind, id);
  }

  OperationKind kind() {
    return values.kind;
  }

  String id() {
    return values.id;
  }

  /** Returns the lease that a ping or a deregistration names. */
  Optional<String> lease() {
    return values.lease;
  }

  /** Returns what marks a registration; "" for others. */
  String token() {
    return values.token;
  }

  /** Returns the ttl that a registration asks for, or that the answer to a ping tells. */
  Duration ttl() {
    return values.ttl;
  }

  /** Returns the lease that a registration was given; "" if it is not known. */
  String givenLease() {
    return values.givenLease;
  }

  /** Returns whether the client sends it once more where a connection breaks. */
  boolean isRepeatable() {
    return values.repeatable;
  }

  long start() {
    return values.start;
  }

  long end() {
    return values.end;
  }

  /** Returns the end by the wall clock, which all servers of this machine share. */
  long wallEndMillis() {
    return values.wallEndMillis;
  }

  /** Returns about when it started by the wall clock: a millisecond or two before, never after. */
  long wallStartMillis() {
    return values.wallEndMillis - (end() - start()) / 1_000_000 - 1;
  }

  Outcome outcome() {
    return values.outcome;
  }

  /** Returns the services that the answer shows. */
  List<ServiceSnapshot> shown() {
    return values.shown;
  }

  boolean is(OperationKind kind, Outcome outcome) {
    return values.kind == kind && values.outcome == outcome;
  }

  /** Returns whether it may have changed the registry although no answer says so. */
  boolean isUnknown() {
    return values.outcome == Outcome.UNKNOWN || values.outcome == Outcome.WRONG;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(millis(start())).append(" to ").append(millis(end())).append(" ms  ");
    text.append(values.where).append("  ").append(kind());
    text.append(id().isEmpty() ? "" : " " + id());
    text.append(token().isEmpty() ? "" : " as " + token() + " for " + ttl().toMillis() + " ms");
    text.append(lease().map(lease -> " with lease " + lease).orElse(""));
    text.append(" -> ").append(outcome());
    text.append(givenLease().isEmpty() ? "" : " lease " + givenLease());
    if (kind() == OperationKind.LIST) {
      text.append(" of ").append(shown().size());
    } else {
      shown().forEach(seen -> text.append(' ').append(seen));
    }
    return text.append(values.note.isEmpty() ? "" : " (" + values.note + ")").toString();
  }

  static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.1f", nanos / 1e6);
  }

  /** Collects what is known of an operation. */
  static final class Builder {
    private final OperationKind kind;
    private final String id;
    private String where = "";
    private Optional<String> lease = Optional.empty();
    private String token = "";
    private Duration ttl = Duration.ZERO;
    private String givenLease = "";
    private boolean repeatable;
    private long start;
    private long end;
    private long wallEndMillis;
    private Outcome outcome = Outcome.UNKNOWN;
    private List<ServiceSnapshot> shown = List.of();
    private String note = "";

    private Builder(OperationKind kind, String id) {
      this.kind = kind;
      this.id = id;
    }

    /** Sets who asked which server by which client. */
    Builder where(String where) {
      this.where = where;
      return this;
    }

    Builder lease(String lease) {
      this.lease = Optional.of(lease);
      return this;
    }

    Builder registering(String token, Duration ttl) {
      this.token = token;
      this.ttl = ttl;
      return this;
    }

    Builder ttl(Duration ttl) {
      this.ttl = ttl;
      return this;
    }

    Builder givenLease(String givenLease) {
      this.givenLease = givenLease;
      return this;
    }

    /** Says that the client sends it once more where a connection breaks. */
    Builder repeatable() {
      this.repeatable = true;
      return this;
    }

    Builder start(long start) {
      this.start = start;
      return this;
    }

    Builder end(long end, long wallEndMillis) {
      this.end = end;
      this.wallEndMillis = wallEndMillis;
      return this;
    }

    Builder outcome(Outcome outcome) {
      this.outcome = outcome;
      return this;
    }

    Builder shown(List<ServiceSnapshot> shown) {
      this.shown = List.copyOf(shown);
      return this;
    }

    /** Sets what people may want to know of a failure. */
    Builder note(String note) {
      this.note = note;
      return this;
    }

    OperationKind kind() {
      return kind;
    }

    String id() {
      return id;
    }

    Optional<String> lease() {
      return lease;
    }

    String token() {
      return token;
    }

    Duration ttl() {
      return ttl;
    }

    /** Builds it; the builder is not used after that. */
    Operation build() {
      return new Operation(this);
    }
  }
}
