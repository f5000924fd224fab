package dev.rollcall.http.server;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
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
  private final Optional<PingBatches> pings;

  Pipeline(
      Routes routes,
      List<Guard> guards,
      RequestLimits limits,
      AnswerHeaders headers,
      Failures failures,
      Observers observers,
      Optional<PingBatches> pings) {
    this.routes = routes;
    this.guards = List.copyOf(guards);
    this.bodies = new BodyReader(limits.maxBodyBytes());
    this.admission = new Admission(limits.maxRequests(), limits.maxLists());
    this.headers = headers;
    this.failures = failures;
    this.observers = observers;
    this.pings = pings;
  }

  /** Answers a request below the path that the routes are mounted at, before it returns. */
  void handle(HttpExchange exchange) throws IOException {
    handle(exchange, routes::route, Optional.empty());
  }

  /** Answers such a request, if it is a ping maybe later: nothing else may touch the exchange. */
  void handleInBatches(HttpExchange exchange) throws IOException {
    handle(exchange, routes::route, pings);
  }

  /** Returns whether there is a way to answer pings in batches. */
  boolean hasBatches() {
    return pings.isPresent();
  }

  /** Answers a request for what nothing is mounted at. */
  void handleElsewhere(HttpExchange exchange) throws IOException {
    handle(exchange, routes::routeElsewhere, Optional.empty());
  }

  private void handle(
      HttpExchange exchange, Function<HttpExchange, Request> route, Optional<PingBatches> batches)
      throws IOException {
    RequestId.begin(exchange);
    try {
      Request request = route.apply(exchange);
      Answer refusal = refusalOf(request);
      if (refusal != null) {
        send(request, refusal);
      } else if (batches.isPresent() && PingBatches.accepts(request)) {
        batches.get().add(request, this::answerLate);
        return;
      } else {
        answer(request, request.endpoint().action());
      }
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

  /** Answers a request that was admitted. */
  private void answer(Request request, Endpoint.Action action) throws IOException {
    try {
      // Sent while it holds its place: the answer takes memory until the client has taken it.
      send(request, carriedOut(request, action));
    } finally {
      admission.leave(request.endpoint().access());
    }
  }

  /** Answers a request that was admitted and has waited without a thread; it has no body. */
  private void answerLate(Request request, Endpoint.Action action) {
    RequestId.resume(request.exchange());
    try {
      answer(request, action);
    } catch (IOException e) {
      observers.clientGone(e);
    } catch (RuntimeException e) {
      var unused = failures.problemOf(request, e);
    } finally {
      // Where the answer is not whole, this ends the connection.
      request.exchange().close();
      RequestId.end();
    }
  }

  /**
   * Checks a request and reads its body, and only then takes a place for it: a slow sender holds
   * none.
   */
  private @Nullable Answer refusalOf(Request request) throws IOException {
    try {
      for (Guard guard : guards) {
        guard.check(request);
      }
      if (request.endpoint().takesBody()) {
        request.setBody(bodies.read(request.exchange()));
      }
      if (!admission.enter(request.endpoint().access())) {
        throw new ProblemException(Problem.busy());
      }
      return null;
    } catch (RuntimeException e) {
      return failure(request, e);
    }
  }

  private Answer carriedOut(Request request, Endpoint.Action action) throws IOException {
    try {
      return action.answer(request);
    } catch (RuntimeException e) {
      return failure(request, e);
    }
  }

  private Answer failure(Request request, RuntimeException e) {
    return Answer.problem(failures.problemOf(request, e), request.path());
  }

  private void send(Request request, Answer answer) throws IOException {
    try {
      headers.add(request, answer);
      answer.sendTo(request.exchange());
    } finally {
      observers.answered(request, answer, System.nanoTime() - request.startNanos());
    }
  }
}
