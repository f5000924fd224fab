package dev.rollcall.http.server.guard;

import dev.rollcall.http.server.address.HostName;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.ProblemException;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.request.RequestKind;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests for hosts that the server is not. A web page can let its own name mean this
 * host's address (DNS rebinding), and then reads and writes here as if it were of this server; but
 * the browser still sends the page's name as {@code Host}.
 *
 * <p>Without names from the operator it guards a server that listens on loopback alone: clients
 * elsewhere may know another server by any name.
 */
public final class HostGuard implements Guard {
  private final Set<HostName> named;
  private final boolean isEverywhere;

  /** The host that was let pass last: nearly all requests to a server name the same. */
  private volatile String lastAllowed = "localhost";

  /**
   * Makes a guard.
   *
   * @param named valid beside the names of loopback
   * @param isEverywhere whether it guards servers that listen beyond loopback too
   */
  public HostGuard(Set<HostName> named, boolean isEverywhere) {
    this.named = Set.copyOf(named);
    this.isEverywhere = isEverywhere;
  }

  @Override
  public void check(Request request) {
    // What restarts the server asks for its health by whatever address it knows.
    if (request.endpoint().kind() == RequestKind.PROBE
        || !(isEverywhere || request.exchange().isLoopbackOnly())) {
      return;
    }
    // Of a target such as http://host/services the host counts, beside the header.
    @Nullable String authority = request.target().authority();
    if (authority != null) {
      check(authority);
    }
    List<String> hosts = request.exchange().headers("Host");
    if (hosts.isEmpty()) {
      return; // No browser leaves it out.
    }
    check(hosts.size() == 1 ? hosts.get(0) : String.join(", ", hosts));
  }

  private void check(String authority) {
    if (authority.equals(lastAllowed)) {
      return;
    }
    Optional<HostName> host = HostName.inAuthority(authority);
    if (host.isEmpty() || !(host.get().isLoopback() || named.contains(host.get()))) {
      throw new ProblemException(Problem.hostNotAllowed(authority));
    }
    lastAllowed = authority;
  }
}
