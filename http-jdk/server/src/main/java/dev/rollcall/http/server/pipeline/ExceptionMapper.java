package dev.rollcall.http.server.pipeline;

import dev.rollcall.RegistryBusyException;
import dev.rollcall.RegistryFullException;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.RejectedException;
import dev.rollcall.http.server.log.LogText;
import dev.rollcall.http.server.log.RateLimitedLogs;
import dev.rollcall.http.server.log.RefusalLog;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.ProblemException;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.routing.AuditLog;
import dev.rollcall.http.server.routing.OutageLog;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Tells what went wrong: to the client as a problem, to the operator what the client may not know.
 */
public final class ExceptionMapper {
  private static final Duration DEFAULT_WAIT = Duration.ofSeconds(1);

  private final OutageLog outage;
  private final RefusalLog full;
  private final RefusalLog busy;
  private final AuditLog audit;

  /** By the operation, as {@link #failed}: anybody may call what is refused, or fails. */
  private final RateLimitedLogs refused;

  private final RateLimitedLogs failed;

  public ExceptionMapper(Logger log, OutageLog outage, AuditLog audit, LongSupplier nanoTime) {
    this.outage = outage;
    this.full = new RefusalLog(log, "registry.full", nanoTime);
    this.busy = new RefusalLog(log, "registry.busy", nanoTime);
    this.audit = audit;
    this.refused = new RateLimitedLogs(log, "registry.refused", nanoTime);
    this.failed = new RateLimitedLogs(log, "request.failed", nanoTime);
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
    String operation = request.endpoint().name();
    if (failure instanceof RejectedException) {
      refused.log(
          Level.WARN,
          operation,
          line ->
              line.with("operation", operation).with("cause", LogText.of(failure.getMessage())));
      return Problem.refused();
    }
    failed.log(
        Level.ERROR,
        operation,
        line -> line.with("operation", operation).cause(LogText.of(failure)));
    return Problem.internal();
  }
}
