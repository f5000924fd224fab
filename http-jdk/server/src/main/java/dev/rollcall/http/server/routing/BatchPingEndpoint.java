package dev.rollcall.http.server.routing;

import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.ProblemException;
import dev.rollcall.http.server.request.KeyScope;
import dev.rollcall.http.server.request.PingBatchReader;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.response.LeaseOutcome;
import dev.rollcall.http.server.response.Response;
import dev.rollcall.http.server.response.ResponseJson;
import dev.rollcall.spi.AsyncRegistry;
import dev.rollcall.spi.LeasePing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.function.ObjIntConsumer;

/**
 * Pings several services for one request. Each ping is atomic and has an outcome of its own, with
 * the status that a request for it alone would have.
 */
public final class BatchPingEndpoint {
  private static final int OK = 200;

  /** Of a ping for which the registry was not asked. */
  private static final int OUT_OF_SCOPE = 403;

  private static final int SERVER_ERRORS = 500;
  private static final int RETRY_AFTER_SECONDS = 1;

  /** How long a thread of the server waits: no client of ours waits longer. */
  private static final Duration BLOCKING_TIMEOUT = Duration.ofSeconds(10);

  private final ServiceRegistry registry;
  private final OutageLog outage;
  private final AuditLog audit;
  private final ResponseJson answers;
  private final BiFunction<Request, Throwable, Problem> failures;
  private final ObjIntConsumer<String> refusals;
  private final LongSupplier nanoTime;

  /**
   * Creates the endpoint.
   *
   * @param failures logs a failure of the registry, and returns what to answer
   * @param refusals hears how many pings of a batch had a problem, by its type
   */
  public BatchPingEndpoint(
      ServiceRegistry registry,
      OutageLog outage,
      AuditLog audit,
      ResponseJson answers,
      BiFunction<Request, Throwable, Problem> failures,
      ObjIntConsumer<String> refusals,
      LongSupplier nanoTime) {
    this.registry = registry;
    this.outage = outage;
    this.audit = audit;
    this.answers = answers;
    this.failures = failures;
    this.refusals = refusals;
    this.nanoTime = nanoTime;
  }

  /** Pings while the request's thread waits. */
  Response ping(Request request) {
    List<LeasePing> pings = PingBatchReader.read(request.body());
    KeyScope scope = request.keyScope();
    if (!(registry instanceof AsyncRegistry calls)) {
      return answer(
          request, PendingPings.askBlocking(registry, pings, scope, BLOCKING_TIMEOUT, nanoTime));
    }
    PendingPings pending = PendingPings.ask(calls, pings, scope, BLOCKING_TIMEOUT);
    pending.await(BLOCKING_TIMEOUT);
    return answer(request, pending);
  }

  /**
   * Begins to ping, and waits for nothing.
   *
   * @throws ProblemException if the body of the request holds no pings
   */
  public PendingPings begin(Request request, AsyncRegistry calls, Duration timeout) {
    return PendingPings.ask(
        calls, PingBatchReader.read(request.body()), request.keyScope(), timeout);
  }

  /**
   * Answers with what the pings have come to.
   *
   * @throws ProblemException if every ping failed, and none because of its id or lease
   */
  public Response answer(Request request, PendingPings pending) {
    // One of each kind is logged, whatever the number of the pings.
    Map<Class<?>, Problem> failed = new HashMap<>();
    List<LeasePing> pings = pending.pings();
    List<LeaseOutcome> outcomes = new ArrayList<>(pings.size());
    for (int i = 0; i < pings.size(); i++) {
      outcomes.add(outcome(request, pings.get(i).id(), pending, i, failed));
    }
    if (failed.isEmpty()) {
      if (outcomes.stream().anyMatch(outcome -> outcome.status() != OUT_OF_SCOPE)) {
        outage.ended(request.endpoint().kind());
      }
    } else if (outcomes.stream().allMatch(outcome -> outcome.status() >= SERVER_ERRORS)) {
      throw new ProblemException(outcomes.get(0).problem().orRetryAfter(RETRY_AFTER_SECONDS));
    }
    reportRefusals(outcomes);
    return Response.json(OK, answers.outcomes(outcomes));
  }

  private void reportRefusals(List<LeaseOutcome> outcomes) {
    Map<String, Integer> counts = new HashMap<>();
    for (LeaseOutcome outcome : outcomes) {
      if (outcome.problem() != null) {
        counts.merge(outcome.problem().type(), 1, Integer::sum);
      }
    }
    counts.forEach(refusals::accept);
  }

  private LeaseOutcome outcome(
      Request request, String id, PendingPings pending, int index, Map<Class<?>, Problem> failed) {
    try {
      Optional<Lease> lease = pending.outcome(index);
      return lease
          .map(LeaseOutcome::renewed)
          .orElseGet(() -> LeaseOutcome.failed(id, Problem.notFound(id)));
    } catch (LeaseSupersededException e) {
      audit.superseded(request, id);
      return LeaseOutcome.failed(id, Problem.superseded(id));
    } catch (ProblemException e) {
      return LeaseOutcome.failed(id, e.problem());
    } catch (RuntimeException e) {
      Problem problem = failed.computeIfAbsent(e.getClass(), kind -> failures.apply(request, e));
      return LeaseOutcome.failed(id, problem);
    }
  }
}
