package dev.rollcall.http.server.pipeline;

import dev.rollcall.http.server.memory.RequestMemory;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.request.Endpoint;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.request.RequestId;
import dev.rollcall.http.server.response.Response;
import dev.rollcall.http.server.response.ResponseBody;
import dev.rollcall.http.server.spi.AsyncServerExchange;
import dev.rollcall.http.server.stream.Responder;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Sends responses, on the request's own thread or later, within the memory that there is for them,
 * and reports each.
 */
public final class ResponseSender implements Responder {
  /** Sent when not even a problem can be created, for want of memory: it exists already. */
  static final Response BROKEN_DOWN = Response.problem(Problem.internal(), "");

  private final RequestMemory memory;
  private final CommonHeaders headers;
  private final ExceptionMapper exceptionMapper;
  private final RequestReporter reporter;

  public ResponseSender(
      RequestMemory memory,
      CommonHeaders headers,
      ExceptionMapper exceptionMapper,
      RequestReporter reporter) {
    this.memory = memory;
    this.headers = headers;
    this.exceptionMapper = exceptionMapper;
    this.reporter = reporter;
  }

  /** Returns what an action answers; a problem if it fails. */
  Response resultOf(Request request, Endpoint.Action action) throws IOException {
    try {
      return action.answer(request);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      return failure(request, e);
    }
  }

  Response failure(Request request, Throwable failure) {
    try {
      return Response.problem(exceptionMapper.problemOf(request, failure), request.path());
    } catch (Throwable e) { // of a log, or for want of memory
      return BROKEN_DOWN;
    }
  }

  /** Sends a whole response. */
  void send(Request request, Response answer) throws IOException {
    ResponseBody body = answer.body();
    if (body.countedBytes() == 0) {
      transmit(request, answer);
      return;
    }
    InetAddress client = request.client();
    boolean isWithin = false;
    try {
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
      report(request, answer);
    }
  }

  private void report(Request request, Response answer) {
    reporter.completed(request, answer, System.nanoTime() - request.startNanos());
  }

  @Override
  public @Nullable Throwable answer(
      Request request, AsyncServerExchange exchange, Endpoint.Action action) {
    Throwable failure = null;
    try {
      RequestId.resume(request);
      send(request, resultOf(request, action));
    } catch (Throwable e) {
      failure = e;
    } finally {
      end(exchange, failure);
      RequestId.end();
    }
    return failure;
  }

  @Override
  public OutputStream begin(Request request, AsyncServerExchange exchange, Response head)
      throws IOException {
    headers.add(request, head);
    return exchange.sendHead(head.status());
  }

  @Override
  public void end(
      Request request, AsyncServerExchange exchange, Response head, @Nullable Throwable failure) {
    end(exchange, failure);
    report(request, head);
  }

  /** Ends an exchange and, where its response is not whole, the connection. */
  private void end(AsyncServerExchange exchange, @Nullable Throwable failure) {
    try {
      if (failure instanceof IOException e) {
        reporter.clientGone(e);
      } else if (failure != null) {
        reporter.brokeDown(failure);
      }
      if (failure == null) {
        exchange.complete();
      } else {
        exchange.abort();
      }
    } catch (Throwable e) {
      reporter.brokeDown(e);
    }
  }
}
