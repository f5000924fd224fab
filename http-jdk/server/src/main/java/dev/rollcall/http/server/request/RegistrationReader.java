package dev.rollcall.http.server.request;

import dev.rollcall.Registration;
import dev.rollcall.Ttl;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.ProblemException;
import dev.rollcall.http.wire.Json;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the body of a registration. What is wrong with its fields is told all at once. */
public final class RegistrationReader {
  private static final int MILLIS_DIGITS = 3;
  private static final String REQUIRED = "is required";

  private final Map<?, ?> fields;
  private final List<Problem.Fault> errors = new ArrayList<>();
  private final Registration.Builder registration = Registration.builder("http://unset");

  private RegistrationReader(Map<?, ?> fields) {
    this.fields = fields;
  }

  /**
   * Reads a registration.
   *
   * @throws ProblemException if it is not a registration
   */
  public static Registration read(RequestBody body) {
    Object json =
        JsonBody.read(
            Json.FACTORY,
            body,
            "a registration is a JSON object",
            parser -> JsonTreeReader.read(parser, body));
    if (json instanceof Map<?, ?> fields) {
      return new RegistrationReader(fields).read();
    }
    throw new ProblemException(
        Problem.invalid(List.of(Problem.Fault.ofField("", "must be an object"))));
  }

  private Registration read() {
    readUrl(fields.get("url"));
    readInfo(fields.get("info"));
    readId(fields.get("id"));
    readName(fields.get("name"));
    readTtl(fields.get("ttl_seconds"));
    readLeaseId(fields.get("lease_id"));
    if (errors.isEmpty()) {
      // Only now can its rules for info.id, and for a lease id without an id, be asked.
      boolean hasInfoId = fields.get("info") instanceof Map<?, ?> info && info.get("id") != null;
      Registration built = check(hasInfoId ? "/info/id" : "/id", registration::build);
      if (built != null) {
        return built;
      }
    }
    throw new ProblemException(Problem.invalid(errors));
  }

  private void readUrl(@Nullable Object url) {
    if (url instanceof String text) {
      check("/url", () -> registration.url(text));
    } else {
      reject("/url", url == null ? REQUIRED : "must be a string");
    }
  }

  private void readInfo(@Nullable Object info) {
    if (info instanceof Map<?, ?> map) {
      check("/info", () -> registration.info(stringKeys(map)));
    } else {
      reject("/info", info == null ? REQUIRED : "must be an object");
    }
  }

  @SuppressWarnings("unchecked") // the keys of a JSON object
  private static Map<String, ?> stringKeys(Map<?, ?> map) {
    return (Map<String, ?>) map;
  }

  private void readId(@Nullable Object id) {
    if (id instanceof String text) {
      check("/id", () -> registration.id(text));
    } else if (id != null) {
      reject("/id", "must be a string");
    }
  }

  private void readName(@Nullable Object name) {
    if (name instanceof String text) {
      check("/name", () -> registration.name(text));
    } else if (name != null) {
      reject("/name", "must be a string");
    }
  }

  private void readTtl(@Nullable Object ttl) {
    if (ttl instanceof Number number) {
      check("/ttl_seconds", () -> registration.ttl(seconds(number)));
    } else if (ttl != null) {
      reject("/ttl_seconds", "must be a number");
    }
  }

  private void readLeaseId(@Nullable Object leaseId) {
    if (leaseId instanceof String text) {
      check("/lease_id", () -> registration.leaseId(text));
    } else if (leaseId != null) {
      reject("/lease_id", "must be a string");
    }
  }

  private static Duration seconds(Number number) {
    try {
      BigDecimal seconds = new BigDecimal(number.toString());
      return Duration.ofMillis(seconds.movePointRight(MILLIS_DIGITS).longValueExact());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "a ttl is "
              + Ttl.MIN.toSeconds()
              + " to "
              + Ttl.MAX.toSeconds()
              + " seconds, in whole milliseconds",
          e);
    }
  }

  private interface Step<T> {
    T take();
  }

  private <T> @Nullable T check(String pointer, Step<T> step) {
    try {
      return step.take();
    } catch (IllegalArgumentException e) {
      reject(pointer, e.getMessage());
      return null;
    }
  }

  private void reject(String pointer, String detail) {
    errors.add(Problem.Fault.ofField(pointer, detail));
  }
}
