package dev.rollcall.http.server;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The way of every request: routed, guarded, read, admitted, carried out, answered, observed.
 * Whatever happens on it, there is one answer and one observation.
 */
final class Pipeline {
  private final Routes routes;
  private final List<Guard> guards;
  private final BodyReader bodies;
  private final Admission admission;
  private final AnswerHeaders headers;
  private final Failures failures;
  private final Observers observers;

  Pipeline(
      Routes routes,
      List<Guard> guards,
      RequestLimits limits,
      AnswerHeaders headers,
      Failures failures,
      Observers observers) {
    this.routes = routes;
    this.guards = List.copyOf(guards);
    this.bodies = new BodyReader(limits.maxBodyBytes());
    this.admission = new Admission(limits.maxRequests(), limits.maxLists());
    this.headers = headers;
    this.failures = failures;
    this.observers = observers;
  }

  /** Answers a request below the path that the routes are mounted at. */
  void handle(HttpExchange exchange) throws IOException {
    handle(exchange, routes::route);
  }

  /** Answers a request for what nothing is mounted at. */
  void handleElsewhere(HttpExchange exchange) throws IOException {
    handle(exchange, Routes::nowhere);
  }

  private void handle(HttpExchange exchange, Function<HttpExchange, Request> route)
      throws IOException {
    long start = System.nanoTime();
    RequestId.begin(exchange);
    try {
      answer(route.apply(exchange), start);
      if (!exchange.getRequestMethod().equals("HEAD")) { // Its exchange is closed by now.
        BodyReader.drain(exchange);
      }
      // Closed only if all went well: over an exchange that is left open the JDK's server ends the
      // connection, but over a closed one it takes what stands behind a broken body for a request.
      exchange.close();
    } catch (IOException e) {
      observers.clientGone(e);
      throw e;
    } finally {
      RequestId.end();
    }
  }

  private void answer(Request request, long start) throws IOException {
    Answer refusal = refusalOf(request);
    if (refusal != null) {
      send(request, refusal, start);
      return;
    }
    Access access = request.endpoint().access();
    if (!admission.enter(access)) {
      send(request, failure(request, new ProblemException(Problem.busy())), start);
      return;
    }
    try {
      // Sent while it holds its place: the answer takes memory until the client has taken it.
      send(request, carriedOut(request), start);
    } finally {
      admission.leave(access);
    }
  }

  /** Checks a request and reads its body, before it takes a place: a slow sender holds none. */
  private @Nullable Answer refusalOf(Request request) throws IOException {
    try {
      for (Guard guard : guards) {
        guard.check(request);
      }
      if (request.endpoint().takesBody()) {
        request.setBody(bodies.read(request.exchange()));
      }
      return null;
    } catch (RuntimeException e) {
      return failure(request, e);
    }
  }

  private Answer carriedOut(Request request) throws IOException {
    try {
      return request.endpoint().action().answer(request);
    } catch (RuntimeException e) {
      return failure(request, e);
    }
  }

  private Answer failure(Request request, RuntimeException e) {
    return Answer.problem(failures.problemOf(request, e), request.path());
  }

  private void send(Request request, Answer answer, long start) throws IOException {
    try {
      headers.add(request, answer);
      answer.sendTo(request.exchange());
    } finally {
      observers.answered(request, answer, System.nanoTime() - start);
    }
  }
}
