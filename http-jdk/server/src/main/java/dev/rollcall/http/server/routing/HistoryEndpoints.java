package dev.rollcall.http.server.routing;

import dev.rollcall.AccessDeniedException;
import dev.rollcall.RejectedException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.history.EventQuery;
import dev.rollcall.history.History;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.ProblemException;
import dev.rollcall.http.server.request.EventRequest;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.response.Response;
import dev.rollcall.http.server.response.ResponseJson;
import java.util.List;
import java.util.function.Function;

/** Tells what happened to services. Each endpoint asks the store, once. */
public final class HistoryEndpoints {
  private static final int OK = 200;

  private final ServiceRegistry registry;
  private final OutageLog outage;
  private final ResponseJson answers;

  public HistoryEndpoints(ServiceRegistry registry, OutageLog outage, ResponseJson answers) {
    this.registry = registry;
    this.outage = outage;
    this.answers = answers;
  }

  /** Tells of one id, which may be gone. */
  Response ofService(Request request) {
    String id = request.reference().id();
    List<ServiceEvent> events = ask(history -> history.of(id));
    outage.ended(request.endpoint().kind());
    if (events.isEmpty()) {
      throw new ProblemException(Problem.nothingKnown(id));
    }
    return Response.json(OK, answers.history(events));
  }

  /** Tells of the newest events of all ids. */
  Response newest(Request request) {
    EventQuery query = EventRequest.of(request.target().query());
    List<ServiceEvent> events = ask(history -> history.newest(query));
    outage.ended(request.endpoint().kind());
    return Response.json(OK, answers.events(events));
  }

  /**
   * Asks the history. Whether there is one, a registry behind this server tells only when it is
   * asked: one without refuses, for another reason than that this server may not read.
   */
  private List<ServiceEvent> ask(Function<History, List<ServiceEvent>> question) {
    try {
      return registry
          .history()
          .map(question)
          .orElseThrow(() -> new ProblemException(Problem.noHistory()));
    } catch (AccessDeniedException e) {
      throw e;
    } catch (RejectedException e) {
      throw new ProblemException(Problem.noHistory());
    }
  }
}
