package dev.rollcall.http.server;

import dev.rollcall.RegistryFullException;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.RejectedException;
import org.slf4j.Logger;

/**
 * Tells what went wrong: to the client as a problem, to the operator what the client may not know.
 */
final class Failures {
  private final Logger log;
  private final StoreOutage outage;

  Failures(Logger log, StoreOutage outage) {
    this.log = log;
    this.outage = outage;
  }

  Problem problemOf(Request request, RuntimeException failure) {
    if (failure instanceof ProblemException e) {
      return e.problem();
    }
    if (failure instanceof RegistryFullException) {
      return Problem.full();
    }
    if (failure instanceof RegistryUnavailableException) {
      outage.failed(failure);
      return Problem.storeUnavailable();
    }
    if (failure instanceof RejectedException) {
      log.warn(
          "The registry behind this server refused a request: {}",
          LogText.of(failure.getMessage()));
      return Problem.refused();
    }
    log.error("A request failed unexpectedly: {}", request.endpoint().name(), LogText.of(failure));
    return Problem.internal();
  }
}
