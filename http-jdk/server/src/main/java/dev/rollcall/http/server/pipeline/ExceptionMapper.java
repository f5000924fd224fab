package dev.rollcall.http.server.pipeline;

import dev.rollcall.RegistryBusyException;
import dev.rollcall.RegistryFullException;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.RejectedException;
import dev.rollcall.http.server.log.LogEvent;
import dev.rollcall.http.server.log.LogText;
import dev.rollcall.http.server.log.RefusalLog;
import dev.rollcall.http.server.log.SafeLog;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.ProblemException;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.routing.AuditLog;
import dev.rollcall.http.server.routing.OutageLog;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Tells what went wrong: to the client as a problem, to the operator what the client may not know.
 */
public final class ExceptionMapper {
  private static final Duration DEFAULT_WAIT = Duration.ofSeconds(1);

  private final Logger log;
  private final OutageLog outage;
  private final RefusalLog full;
  private final RefusalLog busy;
  private final AuditLog audit;

  public ExceptionMapper(
      Logger log, OutageLog outage, RefusalLog full, RefusalLog busy, AuditLog audit) {
    this.log = log;
    this.outage = outage;
    this.full = full;
    this.busy = busy;
    this.audit = audit;
  }

  /** Returns what to answer to a request that failed. */
  public Problem problemOf(Request request, Throwable failure) {
    Problem problem = toProblem(request, failure);
    audit.refused(request, problem);
    return problem;
  }

  private Problem toProblem(Request request, Throwable failure) {
    if (failure instanceof ProblemException e) {
      return e.problem();
    }
    if (failure instanceof RegistryFullException e) {
      full.refused(e);
      return Problem.full();
    }
    if (failure instanceof RegistryBusyException e) {
      busy.refused(e);
      return Problem.registryBusy(e.retryAfter().orElse(DEFAULT_WAIT));
    }
    if (failure instanceof RegistryUnavailableException e) {
      outage.failed(request.endpoint().kind(), e);
      return Problem.storeUnavailable();
    }
    if (failure instanceof RejectedException) {
      SafeLog.log(
          log,
          () ->
              LogEvent.of(log, Level.WARN, "registry.refused")
                  .with("operation", request.endpoint().name())
                  .with("cause", LogText.of(failure.getMessage()))
                  .log());
      return Problem.refused();
    }
    SafeLog.log(
        log,
        () ->
            LogEvent.of(log, Level.ERROR, "request.failed")
                .with("operation", request.endpoint().name())
                .cause(LogText.of(failure))
                .log());
    return Problem.internal();
  }
}
