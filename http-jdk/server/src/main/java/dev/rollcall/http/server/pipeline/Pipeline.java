package dev.rollcall.http.server.pipeline;

import dev.rollcall.http.server.address.ClientAddress;
import dev.rollcall.http.server.guard.ConcurrencyLimiter;
import dev.rollcall.http.server.guard.Guard;
import dev.rollcall.http.server.log.SafeLog;
import dev.rollcall.http.server.memory.RequestMemory;
import dev.rollcall.http.server.memory.SlowClientMonitor;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.ProblemException;
import dev.rollcall.http.server.request.BodyReader;
import dev.rollcall.http.server.request.Endpoint;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.request.RequestId;
import dev.rollcall.http.server.request.RequestKind;
import dev.rollcall.http.server.response.Response;
import dev.rollcall.http.server.routing.Routes;
import dev.rollcall.http.server.spi.AsyncServerExchange;
import dev.rollcall.http.server.spi.ServerExchange;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The steps of every request: it is routed, checked by the guards, read, admitted, carried out,
 * answered and reported. Whatever happens, an {@code Error} included, there is one response and one
 * report, or the connection ends; and what the request held is released.
 */
public final class Pipeline {
  private final Routes routes;
  private final List<Guard> guards;
  private final BodyReader bodies;
  private final RequestMemory memory;
  private final ClientAddress addresses;
  private final ConcurrencyLimiter concurrency;
  private final ResponseSender sender;
  private final RequestReporter reporter;
  private final Optional<AsyncPings> pings;

  public Pipeline(
      Routes routes,
      List<Guard> guards,
      BodyReader bodies,
      ConcurrencyLimiter concurrency,
      RequestMemory memory,
      ClientAddress addresses,
      ResponseSender sender,
      RequestReporter reporter,
      Optional<AsyncPings> pings) {
    this.routes = routes;
    this.guards = List.copyOf(guards);
    this.bodies = bodies;
    this.memory = memory;
    this.addresses = addresses;
    this.concurrency = concurrency;
    this.sender = sender;
    this.reporter = reporter;
    this.pings = pings;
  }

  /**
   * Answers a request before it returns, or arranges that it is answered later.
   *
   * @throws IOException if there is no response, or not a whole one: the connection must end
   */
  public void handle(ServerExchange exchange) throws IOException {
    handle(exchange, routes::route);
  }

  /**
   * Answers a request at a port for observation.
   *
   * @throws IOException as {@link #handle}
   */
  public void handleObserved(ServerExchange exchange) throws IOException {
    handle(exchange, routes::routeObserved);
  }

  private void handle(ServerExchange exchange, Function<ServerExchange, Request> routing)
      throws IOException {
    try {
      String id = RequestId.begin(exchange);
      Request request = routing.apply(exchange);
      request.setId(id);
      request.setClient(addresses.of(exchange));
      if (isAnswered(request)) {
        if (!exchange.method().equals("HEAD")) { // The JDK's has ended its exchange by now.
          bodies.drain(exchange);
        }
        exchange.complete();
      }
    } catch (IOException e) {
      reporter.clientGone(e);
      throw e;
    } catch (Throwable e) {
      breakDown(exchange, e);
    } finally {
      RequestId.end();
    }
  }

  /** Waits until every ping that waits without a thread has been answered, for so long at most. */
  public void awaitLateResponses(Duration limit) throws InterruptedException {
    if (pings.isPresent()) {
      pings.get().awaitResponses(limit);
    }
  }

  /** Returns what knows the bodies and responses that are on their way. */
  public SlowClientMonitor slowClients() {
    return memory.slowClients();
  }

  /**
   * Answers a request now, or arranges that it is answered later; returns whether it was answered
   * now.
   */
  private boolean isAnswered(Request request) throws IOException {
    Response refusal = refusalOf(request);
    if (refusal != null) {
      sender.send(request, refusal);
      return true;
    }
    if (pings.isEmpty()
        || !(request.exchange() instanceof AsyncServerExchange exchange)
        || !AsyncPings.accepts(request)) {
      return isAnswered(request, request.endpoint().action());
    }
    boolean isTaken = false;
    try {
      exchange.startAsync();
      pings.get().add(request, exchange, this::answerLate);
      isTaken = true;
    } finally {
      if (!isTaken) {
        concurrency.leave(request.endpoint().kind());
      }
    }
    return false;
  }

  /**
   * Answers a request that failed in a way for which no step has a response, and ends its
   * connection.
   */
  private void breakDown(ServerExchange exchange, Throwable cause) throws IOException {
    reporter.brokeDown(cause);
    try {
      if (!exchange.isHeadSent()) {
        exchange.setHeader("Connection", "close");
        Response brokenDown = ResponseSender.BROKEN_DOWN;
        exchange.setHeader("Content-Type", brokenDown.contentType());
        brokenDown.sendTo(exchange, memory.slowClients());
      }
    } catch (Throwable e) {
      SafeLog.suppress(cause, e);
    }
    // For any other Throwable the JDK's server leaves the connection open, until its timer finds
    // it.
    throw new IOException("a request broke down", cause);
  }

  /**
   * Carries out a request that was admitted. It leaves its place before the answer is sent, which
   * takes no more than its thread and what counts against the budget of answers. Returns whether it
   * was answered now.
   */
  private boolean isAnswered(Request request, Endpoint.Action action) throws IOException {
    Response answer = carriedOut(request, action);
    if (answer.isLater()) {
      return false;
    }
    sender.send(request, answer);
    return true;
  }

  private Response carriedOut(Request request, Endpoint.Action action) throws IOException {
    try {
      return sender.resultOf(request, action);
    } finally {
      concurrency.leave(request.endpoint().kind());
      request.forgetBody();
    }
  }

  /** Answers a request that was admitted and has waited without a thread. */
  private void answerLate(Request request, AsyncServerExchange exchange, Endpoint.Action action) {
    var unused = sender.answer(request, exchange, answered -> carriedOut(answered, action));
  }

  /**
   * Checks a request and reads its body, and only then takes a place for it: a slow sender holds
   * none.
   */
  private @Nullable Response refusalOf(Request request) throws IOException {
    boolean isAdmitted = false;
    try {
      for (Guard guard : guards) {
        guard.check(request);
      }
      if (request.endpoint().takesBody()) {
        request.setBody(bodies.read(request.exchange(), request.client()));
      } else if (request.endpoint().kind() == RequestKind.WATCH) {
        bodies.skip(request.exchange());
      }
      isAdmitted = concurrency.enter(request.endpoint().kind());
      if (!isAdmitted) {
        throw new ProblemException(Problem.busy());
      }
      return null;
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      return sender.failure(request, e);
    } finally {
      if (!isAdmitted) {
        request.forgetBody();
      }
    }
  }
}
