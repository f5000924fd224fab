package dev.rollcall.http.server.pipeline;

import dev.rollcall.http.server.address.ClientAddress;
import dev.rollcall.http.server.guard.ConcurrencyLimiter;
import dev.rollcall.http.server.guard.Guard;
import dev.rollcall.http.server.memory.RequestMemory;
import dev.rollcall.http.server.memory.SlowClientMonitor;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.ProblemException;
import dev.rollcall.http.server.request.BodyReader;
import dev.rollcall.http.server.request.Endpoint;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.request.RequestId;
import dev.rollcall.http.server.response.Response;
import dev.rollcall.http.server.response.ResponseBody;
import dev.rollcall.http.server.routing.Routes;
import dev.rollcall.http.server.spi.AsyncServerExchange;
import dev.rollcall.http.server.spi.ServerExchange;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The steps of every request: it is routed, checked by the guards, read, admitted, carried out,
 * answered and reported. Whatever happens, an {@code Error} included, there is one response and one
 * report, or the connection ends; and what the request held is released.
 */
public final class Pipeline {
  /** Sent when not even a problem can be created, for want of memory: it exists already. */
  private static final Response BROKEN_DOWN = Response.problem(Problem.internal(), "");

  private final Routes routes;
  private final List<Guard> guards;
  private final BodyReader bodies;
  private final RequestMemory memory;
  private final ClientAddress addresses;
  private final ConcurrencyLimiter concurrency;
  private final CommonHeaders headers;
  private final ExceptionMapper exceptionMapper;
  private final RequestReporter reporter;
  private final Optional<AsyncPings> pings;

  public Pipeline(
      Routes routes,
      List<Guard> guards,
      BodyReader bodies,
      ConcurrencyLimiter concurrency,
      RequestMemory memory,
      ClientAddress addresses,
      CommonHeaders headers,
      ExceptionMapper exceptionMapper,
      RequestReporter reporter,
      Optional<AsyncPings> pings) {
    this.routes = routes;
    this.guards = List.copyOf(guards);
    this.bodies = bodies;
    this.memory = memory;
    this.addresses = addresses;
    this.concurrency = concurrency;
    this.headers = headers;
    this.exceptionMapper = exceptionMapper;
    this.reporter = reporter;
    this.pings = pings;
  }

  /**
   * Answers a request before it returns, or arranges that it is answered later.
   *
   * @throws IOException if there is no response, or not a whole one: the connection must end
   */
  public void handle(ServerExchange exchange) throws IOException {
    try {
      String id = RequestId.begin(exchange);
      Request request = routes.route(exchange);
      request.setId(id);
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

  /** Returns whether pings hold no thread while they wait, where the exchange allows it. */
  public boolean isAsync() {
    return pings.isPresent();
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
      send(request, refusal);
      return true;
    }
    if (pings.isEmpty()
        || !(request.exchange() instanceof AsyncServerExchange exchange)
        || !AsyncPings.accepts(request)) {
      answer(request, request.endpoint().action());
      return true;
    }
    boolean isTaken = false;
    try {
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
        exchange.setHeader("Content-Type", BROKEN_DOWN.contentType());
        BROKEN_DOWN.sendTo(exchange, memory.slowClients());
      }
    } catch (Throwable e) {
      cause.addSuppressed(e);
    }
    // For any other Throwable the JDK's server leaves the connection open, until its timer finds
    // it.
    throw new IOException("a request broke down", cause);
  }

  /**
   * Answers a request that was admitted. It leaves its place before the answer is sent, which takes
   * no more than its thread and what counts against the budget of answers.
   */
  private void answer(Request request, Endpoint.Action action) throws IOException {
    Response answer;
    try {
      answer = carriedOut(request, action);
    } finally {
      concurrency.leave(request.endpoint().kind());
      request.forgetBody();
    }
    send(request, answer);
  }

  /** Answers a request that was admitted and has waited without a thread; it has no body. */
  private void answerLate(Request request, AsyncServerExchange exchange, Endpoint.Action action) {
    boolean isWhole = false;
    try {
      RequestId.resume(request);
      answer(request, action);
      isWhole = true;
    } catch (IOException e) {
      reporter.clientGone(e);
    } catch (Throwable e) {
      reporter.brokeDown(e);
    } finally {
      end(exchange, isWhole);
      RequestId.end();
    }
  }

  /** Ends an exchange and, where its response is not whole, the connection. */
  private void end(AsyncServerExchange exchange, boolean isWhole) {
    try {
      if (isWhole) {
        exchange.complete();
      } else {
        exchange.abort();
      }
    } catch (Throwable e) {
      reporter.brokeDown(e);
    }
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
        request.setBody(bodies.read(request.exchange(), addresses.of(request.exchange())));
      }
      isAdmitted = concurrency.enter(request.endpoint().kind());
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

  private Response carriedOut(Request request, Endpoint.Action action) throws IOException {
    try {
      return action.answer(request);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      return failure(request, e);
    }
  }

  private Response failure(Request request, Throwable failure) {
    try {
      return Response.problem(exceptionMapper.problemOf(request, failure), request.path());
    } catch (Throwable e) { // of a log, or for want of memory
      return BROKEN_DOWN;
    }
  }

  private void send(Request request, Response answer) throws IOException {
    ResponseBody body = answer.body();
    if (body.countedBytes() == 0) {
      transmit(request, answer);
      return;
    }
    InetAddress client = request.client();
    boolean isWithin = false;
    try {
      client = addresses.of(request.exchange());
      isWithin = memory.answers().join(client, body, body.countedBytes());
      transmit(request, isWithin ? answer : withoutRoom(request, answer));
    } finally {
      if (isWithin) {
        memory.answers().leave(client, body);
      }
      body.release();
    }
  }

  private static Response withoutRoom(Request request, Response answer) {
    return answer.briefly().orElseGet(() -> Response.problem(Problem.busy(), request.path()));
  }

  private void transmit(Request request, Response answer) throws IOException {
    try {
      headers.add(request, answer);
      answer.sendTo(request.exchange(), memory.slowClients());
    } finally {
      reporter.completed(request, answer, System.nanoTime() - request.startNanos());
    }
  }
}
