package dev.rollcall.http.server.routing;

import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.http.server.address.ClientAddress;
import dev.rollcall.http.server.log.LogText;
import dev.rollcall.http.server.log.SafeLog;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.Problem.Fault;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.request.RequestKind;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Logs what happens to services: the message names the event, key-value pairs say the rest. Of
 * pings it tells below INFO alone.
 *
 * <p>Values that callers may choose are escaped here, for a log that does not: an id of a live
 * service alone is plain for sure.
 *
 * <p>Never throws, even if the log fails: what it logs has already been carried out.
 */
public final class AuditLog {
  private static final int SERVER_ERRORS = 500;

  /** What is logged when it begins, and then of no request. */
  private static final Set<String> SAID_ONCE = Set.of("full", "store-unavailable");

  private final Logger log;
  private final ClientAddress addresses;

  public AuditLog(Logger log, ClientAddress addresses) {
    this.log = log;
    this.addresses = addresses;
  }

  /** Tells of a registration, or of an update: the lease is then the one that it names. */
  void registered(Request request, Registration registration, Lease lease) {
    boolean isUpdate =
        registration.leaseId().isPresent() && registration.leaseId().equals(lease.leaseId());
    SafeLog.log(
        log,
        () ->
            about(log.atInfo(), request, lease.id())
                .addKeyValue("name", registration.name().orElseGet(lease::id))
                .addKeyValue("url", LogText.of(registration.url()))
                .addKeyValue("ttl", lease.ttl())
                .log(isUpdate ? "service.updated" : "service.registered"));
  }

  void deregistered(Request request, Service service) {
    SafeLog.log(
        log,
        () ->
            about(log.atInfo(), request, service.id())
                .addKeyValue("url", LogText.of(service.url()))
                .log("service.deregistered"));
  }

  /** Tells that a holder of an id learnt that another registration holds it now. */
  void superseded(Request request, String id) {
    boolean isPing = request.endpoint().kind() == RequestKind.PING;
    SafeLog.log(
        log,
        () ->
            about(isPing ? log.atDebug() : log.atInfo(), request, id)
                .addKeyValue("operation", request.endpoint().name())
                .log("service.superseded"));
  }

  /** Tells of a request that a problem is the answer to. */
  public void refused(Request request, Problem problem) {
    String operation = request.endpoint().name();
    if (operation.equals("register")) {
      SafeLog.log(log, () -> what(level(problem), request, problem).log("registration.failed"));
    } else if (log.isDebugEnabled()) {
      SafeLog.log(
          log,
          () ->
              what(log.atDebug().addKeyValue("operation", operation), request, problem)
                  .log("request.refused"));
    }
  }

  private LoggingEventBuilder what(LoggingEventBuilder event, Request request, Problem problem) {
    LoggingEventBuilder line =
        event
            .addKeyValue("client", client(request))
            .addKeyValue("reason", problem.type())
            .addKeyValue("status", problem.status())
            .addKeyValue("detail", LogText.of(problem.detail()));
    return problem.errors().isEmpty()
        ? line
        : line.addKeyValue(
            "fields",
            LogText.of(
                problem.errors().stream().map(Fault::place).collect(Collectors.joining(","))));
  }

  private LoggingEventBuilder level(Problem problem) {
    if (SAID_ONCE.contains(problem.type())) {
      return log.atDebug();
    }
    return problem.status() >= SERVER_ERRORS ? log.atError() : log.atWarn();
  }

  private LoggingEventBuilder about(LoggingEventBuilder event, Request request, String id) {
    return event.addKeyValue("service_id", id).addKeyValue("client", client(request));
  }

  private String client(Request request) {
    return addresses.of(request.exchange()).getHostAddress();
  }
}
