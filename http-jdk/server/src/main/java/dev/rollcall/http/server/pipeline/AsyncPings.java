package dev.rollcall.http.server.pipeline;

import dev.rollcall.Lease;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.request.BodyReader;
import dev.rollcall.http.server.request.Endpoint;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.request.RequestKind;
import dev.rollcall.http.server.request.ServiceReference;
import dev.rollcall.http.server.routing.BatchPingEndpoint;
import dev.rollcall.http.server.routing.PendingPings;
import dev.rollcall.http.server.routing.ServiceEndpoints;
import dev.rollcall.http.server.spi.AsyncServerExchange;
import dev.rollcall.spi.AsyncRegistry;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Pings, and batches of them, that wait for the registry without a thread each, where the registry
 * is an {@link AsyncRegistry}. Each is answered on a thread of its own server, so a client that
 * reads no answer holds up no other.
 */
public final class AsyncPings {
  /** The registry's own timeout is shorter as a rule; the JDK's server waits no longer. */
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private final AsyncRegistry registry;
  private final ServiceEndpoints endpoints;
  private final BatchPingEndpoint batches;
  private final AtomicInteger underWay = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition none = lock.newCondition();

  private AsyncPings(
      AsyncRegistry registry, ServiceEndpoints endpoints, BatchPingEndpoint batches) {
    this.registry = registry;
    this.endpoints = endpoints;
    this.batches = batches;
  }

  /** Creates them for a registry that can be called so. */
  public static Optional<AsyncPings> of(
      ServiceRegistry registry, ServiceEndpoints endpoints, BatchPingEndpoint batches) {
    return registry instanceof AsyncRegistry calls
        ? Optional.of(new AsyncPings(calls, endpoints, batches))
        : Optional.empty();
  }

  /** Sends what a ping has come to, and whatever happens throws nothing. */
  @FunctionalInterface
  interface Completion {
    void complete(Request request, AsyncServerExchange exchange, Endpoint.Action action);
  }

  /**
   * Returns whether a request is a ping, or a batch of them, of which nothing is to be read any
   * more.
   */
  static boolean accepts(Request request) {
    return request.endpoint().kind() == RequestKind.PING
        && (request.endpoint().takesBody() || !BodyReader.hasBody(request.exchange()));
  }

  /**
   * Answers a ping or a batch on another thread, when the registry has answered. What it throws, an
   * {@code Error} for want of memory, means that the request was not taken.
   */
  void add(Request request, AsyncServerExchange exchange, Completion completion) {
    underWay.incrementAndGet();
    boolean isTaken = false;
    try {
      if (request.endpoint().takesBody()) {
        askAll(request, exchange, completion);
      } else {
        ask(request, exchange, completion);
      }
      isTaken = true;
    } finally {
      if (!isTaken) {
        leave();
      }
    }
  }

  private void ask(Request request, AsyncServerExchange exchange, Completion completion) {
    CompletableFuture<Optional<Lease>> ping = ask(request.reference());
    Endpoint.Action action =
        answered -> endpoints.pinged(answered, () -> PendingPings.outcomeOf(ping));
    Runnable answer = () -> answer(request, exchange, completion, action);
    var unused = ping.whenComplete((lease, failure) -> handOn(exchange, answer));
  }

  private void askAll(Request request, AsyncServerExchange exchange, Completion completion) {
    PendingPings pings;
    try {
      pings = batches.begin(request, registry, TIMEOUT);
    } catch (RuntimeException e) {
      Endpoint.Action refusal =
          refused -> {
            throw e;
          };
      handOn(exchange, () -> answer(request, exchange, completion, refusal));
      return;
    }
    Endpoint.Action action = answered -> batches.answer(answered, pings);
    pings.whenAnswered(() -> handOn(exchange, () -> answer(request, exchange, completion, action)));
  }

  private void answer(
      Request request,
      AsyncServerExchange exchange,
      Completion completion,
      Endpoint.Action action) {
    try {
      completion.complete(request, exchange, action);
    } finally {
      leave();
    }
  }

  private void leave() {
    if (underWay.decrementAndGet() == 0) {
      lock.lock();
      try {
        none.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Waits until every ping has been answered, for this long at most. */
  void awaitResponses(Duration limit) throws InterruptedException {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (underWay.get() > 0 && left > 0) {
        left = none.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private CompletableFuture<Optional<Lease>> ask(ServiceReference reference) {
    try {
      return Objects.requireNonNull(
          registry.pingAsync(reference.id(), reference.fence(), TIMEOUT),
          "the registry answered null");
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Has a ping answered by the server's threads; the registry's may be few. */
  private static void handOn(AsyncServerExchange exchange, Runnable answer) {
    try {
      exchange.executor().execute(answer);
    } catch (RejectedExecutionException | Error e) {
      // The server stops, or its system starts no more threads: there is this one.
      answer.run();
    }
  }
}
