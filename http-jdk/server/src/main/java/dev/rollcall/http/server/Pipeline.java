package dev.rollcall.http.server;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The way of every request: routed, guarded, read, admitted, carried out, answered, observed.
 * Whatever happens on it, an {@code Error} included, there is one answer and one observation, or
 * the connection ends; and what the request held is given back.
 */
final class Pipeline {
  /** Sent where not even a problem can be written: nothing is allocated for it but to send it. */
  private static final Answer BROKEN_DOWN = Answer.problem(Problem.internal(), "");

  private static final int NO_ANSWER_YET = -1;

  private final Routes routes;
  private final List<Guard> guards;
  private final BodyReader bodies;
  private final RequestMemory memory;
  private final ClientAddress addresses;
  private final Admission admission;
  private final AnswerHeaders headers;
  private final Failures failures;
  private final Observers observers;
  private final Optional<AsyncPings> pings;

  Pipeline(
      Routes routes,
      List<Guard> guards,
      RequestLimits limits,
      RequestMemory memory,
      ClientAddress addresses,
      AnswerHeaders headers,
      Failures failures,
      Observers observers,
      Optional<AsyncPings> pings) {
    this.routes = routes;
    this.guards = List.copyOf(guards);
    this.bodies = new BodyReader(limits.maxBodyBytes(), memory.bodies(), memory.transfers());
    this.memory = memory;
    this.addresses = addresses;
    this.admission = new Admission(limits.maxRequests(), limits.maxLists());
    this.headers = headers;
    this.failures = failures;
    this.observers = observers;
    this.pings = pings;
  }

  /** Answers a request below the path that the routes are mounted at, before it returns. */
  void handle(HttpExchange exchange) throws IOException {
    handle(exchange, routes::route, false);
  }

  /** Answers such a request, if it is a ping maybe later: nothing else may touch the exchange. */
  void handleAsync(HttpExchange exchange) throws IOException {
    handle(exchange, routes::route, true);
  }

  /** Returns whether there is a way to answer pings that hold no thread while they wait. */
  boolean isAsync() {
    return pings.isPresent();
  }

  /**
   * Waits until every ping that waits without a thread has been answered, for this long at most.
   *
   * @throws InterruptedException if this thread is interrupted
   */
  void awaitAnswers(long limitNanos) throws InterruptedException {
    if (pings.isPresent()) {
      pings.get().awaitAnswers(limitNanos);
    }
  }

  /** Returns the bodies and answers that are on their way. */
  Transfers transfers() {
    return memory.transfers();
  }

  /** Answers a request for what nothing is mounted at. */
  void handleElsewhere(HttpExchange exchange) throws IOException {
    handle(exchange, routes::routeElsewhere, false);
  }

  private void handle(
      HttpExchange exchange, Function<HttpExchange, Request> route, boolean mayAnswerLater)
      throws IOException {
    try {
      RequestId.begin(exchange);
      if (isAnswered(route.apply(exchange), mayAnswerLater)) {
        if (!exchange.getRequestMethod().equals("HEAD")) { // Its exchange is closed by now.
          bodies.drain(exchange);
        }
        // Closed only if all went well: over an exchange that is left open the JDK's server ends
        // the connection, but over a closed one it takes what stands behind a broken body for a
        // request.
        exchange.close();
      }
    } catch (IOException e) {
      observers.clientGone(e);
      throw e;
    } catch (Throwable e) {
      breakDown(exchange, e);
    } finally {
      RequestId.end();
    }
  }

  /** Answers a request now, or sees to it that it is answered later; returns whether it is now. */
  private boolean isAnswered(Request request, boolean mayAnswerLater) throws IOException {
    Answer refusal = refusalOf(request);
    if (refusal != null) {
      send(request, refusal);
      return true;
    }
    if (!mayAnswerLater || pings.isEmpty() || !AsyncPings.accepts(request)) {
      answer(request, request.endpoint().action());
      return true;
    }
    boolean isTaken = false;
    try {
      pings.get().add(request, this::answerLate);
      isTaken = true;
    } finally {
      if (!isTaken) {
        admission.leave(request.endpoint().access());
      }
    }
    return false;
  }

  /** Answers what nothing on its way could be answered to; else the JDK ends the connection. */
  private void breakDown(HttpExchange exchange, Throwable cause) throws IOException {
    observers.brokeDown(cause);
    try {
      if (exchange.getResponseCode() == NO_ANSWER_YET) {
        exchange.getResponseHeaders().set("Connection", "close");
        exchange.getResponseHeaders().set("Content-Type", BROKEN_DOWN.contentType());
        BROKEN_DOWN.sendTo(exchange, memory.transfers());
      }
    } catch (Throwable e) {
      cause.addSuppressed(e);
    }
    // For any other Throwable the JDK leaves the connection open, until its timer finds it.
    throw new IOException("a request broke down", cause);
  }

  /**
   * Answers a request that was admitted. It leaves its place before the answer is sent, which takes
   * no more than its thread and what counts against the budget of answers.
   */
  private void answer(Request request, Endpoint.Action action) throws IOException {
    Answer answer;
    try {
      answer = carriedOut(request, action);
    } finally {
      admission.leave(request.endpoint().access());
      request.forgetBody();
    }
    send(request, answer);
  }

  /** Answers a request that was admitted and has waited without a thread; it has no body. */
  private void answerLate(Request request, Endpoint.Action action) {
    try {
      RequestId.resume(request.exchange());
      answer(request, action);
    } catch (IOException e) {
      observers.clientGone(e);
    } catch (Throwable e) {
      observers.brokeDown(e);
    } finally {
      close(request.exchange());
      RequestId.end();
    }
  }

  /** Ends an exchange and, where its answer is not whole, the connection. */
  private void close(HttpExchange exchange) {
    try {
      exchange.close();
    } catch (Throwable e) {
      observers.brokeDown(e);
    }
  }

  /**
   * Checks a request and reads its body, and only then takes a place for it: a slow sender holds
   * none.
   */
  private @Nullable Answer refusalOf(Request request) throws IOException {
    boolean isAdmitted = false;
    try {
      for (Guard guard : guards) {
        guard.check(request);
      }
      if (request.endpoint().takesBody()) {
        request.setBody(bodies.read(request.exchange(), addresses.of(request)));
      }
      isAdmitted = admission.enter(request.endpoint().access());
      if (!isAdmitted) {
        throw new ProblemException(Problem.busy());
      }
      return null;
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      return failure(request, e);
    } finally {
      if (!isAdmitted) {
        request.forgetBody();
      }
    }
  }

  private Answer carriedOut(Request request, Endpoint.Action action) throws IOException {
    try {
      return action.answer(request);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      return failure(request, e);
    }
  }

  private Answer failure(Request request, Throwable failure) {
    try {
      return Answer.problem(failures.problemOf(request, failure), request.path());
    } catch (Throwable e) { // of a log, or for want of memory
      return BROKEN_DOWN;
    }
  }

  private void send(Request request, Answer answer) throws IOException {
    Content body = answer.body();
    if (body.countedBytes() == 0) {
      transmit(request, answer);
      return;
    }
    InetAddress client = request.client();
    boolean isWithin = false;
    try {
      client = addresses.of(request);
      isWithin = memory.answers().join(client, body, body.countedBytes());
      transmit(request, isWithin ? answer : withoutRoom(request, answer));
    } finally {
      if (isWithin) {
        memory.answers().leave(client, body);
      }
      body.release();
    }
  }

  private static Answer withoutRoom(Request request, Answer answer) {
    return answer.briefly().orElseGet(() -> Answer.problem(Problem.busy(), request.path()));
  }

  private void transmit(Request request, Answer answer) throws IOException {
    try {
      headers.add(request, answer);
      answer.sendTo(request.exchange(), memory.transfers());
    } finally {
      observers.answered(request, answer, System.nanoTime() - request.startNanos());
    }
  }
}
