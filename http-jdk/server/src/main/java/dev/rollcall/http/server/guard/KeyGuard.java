package dev.rollcall.http.server.guard;

import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.ProblemException;
import dev.rollcall.http.server.request.KeyScope;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.request.RequestKind;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Lets pass who brings a service key, and what needs none. The key is a header of its own, or a
 * bearer token (RFC 6750, section 2.1).
 */
public final class KeyGuard implements Guard {
  private static final String HEADER = "X-Service-Key";
  private static final String BEARER = "Bearer ";

  private final Predicate<RequestKind> needsKey;
  private final Function<String, Optional<KeyScope>> scopes;

  /**
   * Makes a guard.
   *
   * @param needsKey whether a kind of request needs a key
   * @param scopes what a key may do, empty for a text that is no key; takes as long for any text
   */
  public KeyGuard(Predicate<RequestKind> needsKey, Function<String, Optional<KeyScope>> scopes) {
    this.needsKey = needsKey;
    this.scopes = scopes;
  }

  @Override
  public void check(Request request) {
    RequestKind kind = request.endpoint().kind();
    if (!needsKey.test(kind)) {
      return;
    }
    // A missing key is looked up like a wrong one: neither answer nor time tells them apart.
    KeyScope scope =
        scopes
            .apply(keyOf(request))
            .orElseThrow(() -> new ProblemException(Problem.unauthorized()));
    if (kind == RequestKind.WRITE || kind == RequestKind.PING) {
      scope.checkWrite();
      String id = request.reference().id();
      if (!id.isEmpty()) {
        scope.check(id);
      }
      request.setKeyScope(scope);
    }
  }

  /**
   * Returns the key that a request brings; empty if it brings none, or several. Beside a key in its
   * own header, a token is for somebody else, such as a gateway that passes it on.
   */
  private static String keyOf(Request request) {
    List<String> keys = request.exchange().headers(HEADER);
    if (keys.isEmpty()) {
      keys =
          request.exchange().headers("Authorization").stream()
              .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
              .map(value -> value.substring(BEARER.length()).strip())
              .toList();
    }
    return keys.size() == 1 ? keys.get(0) : "";
  }
}
