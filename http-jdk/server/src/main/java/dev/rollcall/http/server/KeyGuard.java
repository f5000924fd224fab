package dev.rollcall.http.server;

/** Lets pass who brings a service key, and what needs none. */
final class KeyGuard implements Guard {
  private static final String HEADER = "X-Service-Key";

  private final ServiceKeys keys;

  KeyGuard(ServiceKeys keys) {
    this.keys = keys;
  }

  @Override
  public void check(Request request) {
    // A missing key is looked up like a wrong one: neither answer nor time tells them apart.
    if (keys.isRequiredFor(request.endpoint().kind()) && !keys.accept(request.header(HEADER))) {
      throw new ProblemException(Problem.unauthorized());
    }
  }
}
