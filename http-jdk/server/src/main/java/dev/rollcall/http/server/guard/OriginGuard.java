package dev.rollcall.http.server.guard;

import dev.rollcall.http.server.address.PublicUrl;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.ProblemException;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.request.RequestKind;
import java.util.List;

/**
 * Refuses writes that a browser sends for a page of another origin: its user does not know of them.
 * Clients other than browsers send none of the headers that tell.
 */
public final class OriginGuard implements Guard {
  private final PublicUrl publicUrl;

  public OriginGuard(PublicUrl publicUrl) {
    this.publicUrl = publicUrl;
  }

  @Override
  public void check(Request request) {
    RequestKind kind = request.endpoint().kind();
    if (kind != RequestKind.WRITE && kind != RequestKind.PING) {
      return;
    }
    List<String> origins = request.exchange().headers("Origin");
    if (!origins.isEmpty()
        && !(origins.size() == 1 && publicUrl.hasOrigin(request.exchange(), origins.get(0)))) {
      throw new ProblemException(Problem.originNotAllowed("origin " + origins.get(0)));
    }
    for (String site : request.exchange().headers("Sec-Fetch-Site")) {
      // A page of the same site is one of another port or subdomain, so of somebody else.
      if (!site.equals("same-origin") && !site.equals("none")) {
        throw new ProblemException(Problem.originNotAllowed(site + " origin"));
      }
    }
  }
}
