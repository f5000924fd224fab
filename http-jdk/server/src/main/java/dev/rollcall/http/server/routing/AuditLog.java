package dev.rollcall.http.server.routing;

import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.http.server.address.ClientAddress;
import dev.rollcall.http.server.log.LogEvent;
import dev.rollcall.http.server.log.LogText;
import dev.rollcall.http.server.log.RateLimitedLogs;
import dev.rollcall.http.server.log.SafeLog;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.Problem.Fault;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.request.RequestKind;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Logs what happens to services. Of pings it tells below INFO alone. Of registrations that fail,
 * which anybody can cause at any rate, it tells a number a minute for each reason.
 *
 * <p>Values that callers may choose are escaped here, for a log that does not: an id of a live
 * service alone is plain for sure.
 *
 * <p>Never throws, even if the log fails: what it logs has already been carried out.
 */
public final class AuditLog {
  private static final int SERVER_ERRORS = 500;
  private static final String REGISTRATION_FAILED = "registration.failed";

  /** What is logged when it begins, and then of no request. */
  private static final Set<String> SAID_ONCE = Set.of("full", "store-unavailable");

  private final Logger log;
  private final ClientAddress addresses;

  /** By the type of the problem. */
  private final RateLimitedLogs failures;

  public AuditLog(Logger log, ClientAddress addresses, LongSupplier nanoTime) {
    this.log = log;
    this.addresses = addresses;
    this.failures = new RateLimitedLogs(log, REGISTRATION_FAILED, nanoTime);
  }

  /** Tells of a registration, or of an update: the lease is then the one that it names. */
  void registered(Request request, Registration registration, Lease lease) {
    boolean isUpdate =
        registration.leaseId().isPresent() && registration.leaseId().equals(lease.leaseId());
    SafeLog.log(
        log,
        () ->
            about(
                    LogEvent.of(
                        log, Level.INFO, isUpdate ? "service.updated" : "service.registered"),
                    request,
                    lease.id())
                .with("name", registration.name().orElseGet(lease::id))
                .with("url", LogText.of(registration.url()))
                .with("ttl", lease.ttl())
                .log());
  }

  void deregistered(Request request, Service service) {
    SafeLog.log(
        log,
        () ->
            about(LogEvent.of(log, Level.INFO, "service.deregistered"), request, service.id())
                .with("url", LogText.of(service.url()))
                .log());
  }

  /** Tells that a holder of an id learnt that another registration holds it now. */
  void superseded(Request request, String id) {
    boolean isPing = request.endpoint().kind() == RequestKind.PING;
    SafeLog.log(
        log,
        () ->
            about(
                    LogEvent.of(log, isPing ? Level.DEBUG : Level.INFO, "service.superseded"),
                    request,
                    id)
                .with("operation", request.endpoint().name())
                .log());
  }

  /** Tells of a request that a problem is the answer to. */
  public void refused(Request request, Problem problem) {
    String operation = request.endpoint().name();
    if (!operation.equals("register")) {
      if (log.isDebugEnabled()) {
        LogEvent event = LogEvent.of(log, Level.DEBUG, "request.refused");
        SafeLog.log(log, () -> what(event.with("operation", operation), request, problem).log());
      }
    } else if (SAID_ONCE.contains(problem.type())) {
      LogEvent event = LogEvent.of(log, Level.DEBUG, REGISTRATION_FAILED);
      SafeLog.log(log, () -> what(event, request, problem).log());
    } else {
      failures.log(
          problem.status() >= SERVER_ERRORS ? Level.ERROR : Level.WARN,
          problem.type(),
          event -> what(event, request, problem));
    }
  }

  private LogEvent what(LogEvent event, Request request, Problem problem) {
    LogEvent line =
        event
            .with("client", client(request))
            .with("reason", problem.type())
            .with("status", problem.status())
            .with("detail", LogText.of(problem.detail()));
    return problem.errors().isEmpty()
        ? line
        : line.with(
            "fields",
            LogText.of(
                problem.errors().stream().map(Fault::place).collect(Collectors.joining(","))));
  }

  private LogEvent about(LogEvent event, Request request, String id) {
    return event.with("service_id", id).with("client", client(request));
  }

  private String client(Request request) {
    return addresses.of(request.exchange()).getHostAddress();
  }
}
