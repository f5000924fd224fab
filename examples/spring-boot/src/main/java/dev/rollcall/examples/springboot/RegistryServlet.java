package dev.rollcall.examples.springboot;

import dev.rollcall.http.server.RegistryEndpoints;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * The endpoints of a registry as a servlet, to be mapped to a path such as {@code /registry/*}. It
 * must support asynchronous requests, as it does where Spring Boot registers it.
 */
final class RegistryServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  private final transient RegistryEndpoints endpoints;

  RegistryServlet(RegistryEndpoints endpoints) {
    this.endpoints = endpoints;
  }

  /** Answers a request; what it throws makes the container end the connection. */
  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (request.getDispatcherType() == DispatcherType.ASYNC) {
      ServletExchange.resume(request);
    } else {
      endpoints.handle(new ServletExchange(request, response));
    }
  }

  /** Ends what is still open where nobody has done so before the container stops. */
  @Override
  public void destroy() {
    endpoints.endWatches();
  }
}
