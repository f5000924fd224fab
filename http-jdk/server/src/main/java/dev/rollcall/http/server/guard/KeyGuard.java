package dev.rollcall.http.server.guard;

import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.ProblemException;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.request.RequestKind;
import java.util.function.Predicate;

/** Lets pass who brings a service key, and what needs none. */
public final class KeyGuard implements Guard {
  private static final String HEADER = "X-Service-Key";

  private final Predicate<RequestKind> needsKey;
  private final Predicate<String> isKey;

  /**
   * Makes a guard.
   *
   * @param needsKey whether a kind of request needs a key
   * @param isKey whether a text is a key, which takes as long for any text
   */
  public KeyGuard(Predicate<RequestKind> needsKey, Predicate<String> isKey) {
    this.needsKey = needsKey;
    this.isKey = isKey;
  }

  @Override
  public void check(Request request) {
    // A missing key is looked up like a wrong one: neither answer nor time tells them apart.
    if (needsKey.test(request.endpoint().kind()) && !isKey.test(request.header(HEADER))) {
      throw new ProblemException(Problem.unauthorized());
    }
  }
}
