package dev.rollcall.http.server;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/**
 * The way of every request: routed, guarded, carried out, answered, observed. Whatever happens on
 * it, there is one answer and one observation.
 */
final class Pipeline {
  private final Routes routes;
  private final List<Guard> guards;
  private final Failures failures;
  private final RequestObserver observer;

  Pipeline(Routes routes, List<Guard> guards, Failures failures, RequestObserver observer) {
    this.routes = routes;
    this.guards = List.copyOf(guards);
    this.failures = failures;
    this.observer = observer;
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
    try (exchange) {
      Request request = route.apply(exchange);
      Answer answer = answer(request);
      try {
        AnswerHeaders.add(request, answer);
        answer.sendTo(exchange);
      } finally {
        observer.finished(request, answer, System.nanoTime() - start);
      }
    }
  }

  private Answer answer(Request request) throws IOException {
    try {
      for (Guard guard : guards) {
        guard.check(request);
      }
      return request.endpoint().action().answer(request);
    } catch (RuntimeException e) {
      return Answer.problem(failures.problemOf(request, e), request.path());
    }
  }
}
