package dev.rollcall.http.server.request;

import dev.rollcall.Registration;
import dev.rollcall.ServiceId;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a service key may write; it may read everything. Immutable.
 *
 * <p>A key for some services alone is no use to take over others: neither the id nor the name of
 * what it registers may be out of its scope.
 */
public final class KeyScope {
  /** Every service. */
  public static final KeyScope ALL = new KeyScope(List.of("*"));

  /** No service: such a key is for reads. */
  public static final KeyScope READ_ONLY = new KeyScope(List.of());

  private static final String READ_ONLY_TEXT = "read-only";
  private static final String SERVICES = "services=";

  private final List<String> patterns;

  private KeyScope(List<String> patterns) {
    this.patterns = patterns;
  }

  /**
   * Reads a scope: nothing for {@link #ALL}, {@code read-only}, or {@code services=} and, with
   * commas between them, ids or names, of which an asterisk at the end stands for any rest.
   *
   * @throws IllegalArgumentException if it is not one of them; the message has nothing of it, since
   *     a part of a key may stand there
   */
  public static KeyScope parse(String text) {
    if (text.isEmpty()) {
      return ALL;
    }
    if (text.equals(READ_ONLY_TEXT)) {
      return READ_ONLY;
    }
    if (text.startsWith(SERVICES)) {
      List<String> patterns = List.of(text.substring(SERVICES.length()).split(",", -1));
      if (patterns.stream().allMatch(KeyScope::isPattern)) {
        return new KeyScope(patterns);
      }
    }
    throw new IllegalArgumentException(
        "after a service key may follow read-only, or services= with ids and names such as"
            + " services=orders,orders-*, and nothing else");
  }

  private static boolean isPattern(String text) {
    return ServiceId.isValid(text.endsWith("*") ? text.substring(0, text.length() - 1) : text);
  }

  /** Returns a scope that has all that is in this or in the other. */
  public KeyScope or(KeyScope other) {
    List<String> all = new ArrayList<>(patterns);
    all.addAll(other.patterns);
    return new KeyScope(List.copyOf(all));
  }

  /**
   * Checks that anything may be written.
   *
   * @throws ProblemException if not
   */
  public void checkWrite() {
    if (patterns.isEmpty()) {
      throw new ProblemException(Problem.readOnlyKey());
    }
  }

  /**
   * Checks a registration. It needs an id, since what keeps and removes the service is checked by
   * that.
   *
   * @throws ProblemException if it is out of scope
   */
  public void check(Registration registration) {
    if (includes("")) {
      return;
    }
    check(
        registration
            .id()
            .orElseThrow(() -> new ProblemException(Problem.outOfScope("", patterns))));
    registration.name().ifPresent(this::check);
  }

  /**
   * Checks an id or a name. The lease id that a request brings makes no difference: a history shows
   * those of all services, and a service without one accepts any.
   *
   * @throws ProblemException if it is out of scope
   */
  public void check(String idOrName) {
    if (!includes(idOrName)) {
      throw new ProblemException(Problem.outOfScope(idOrName, patterns));
    }
  }

  private boolean includes(String idOrName) {
    for (String pattern : patterns) {
      boolean isIncluded =
          pattern.endsWith("*")
              ? idOrName.startsWith(pattern.substring(0, pattern.length() - 1))
              : idOrName.equals(pattern);
      if (isIncluded) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyScope scope && scope.patterns.equals(patterns);
  }

  @Override
  public int hashCode() {
    return patterns.hashCode();
  }

  @Override
  public String toString() {
    return patterns.isEmpty() ? READ_ONLY_TEXT : SERVICES + String.join(",", patterns);
  }
}
