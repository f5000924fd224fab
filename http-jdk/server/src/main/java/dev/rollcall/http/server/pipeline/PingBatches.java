package dev.rollcall.http.server.pipeline;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreRegistry;
import dev.rollcall.http.server.log.SafeLog;
import dev.rollcall.http.server.request.BodyReader;
import dev.rollcall.http.server.request.Endpoint;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.request.RequestKind;
import dev.rollcall.http.server.request.ServiceReference;
import dev.rollcall.http.server.response.Response;
import dev.rollcall.http.server.routing.ServiceEndpoints;
import dev.rollcall.http.server.spi.AsyncServerExchange;
import dev.rollcall.spi.BulkRenewal;
import dev.rollcall.spi.Renewal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pings that wait for the store without a thread each: those that come while others are asked of it
 * and answered are asked of it together when that is done.
 *
 * <p>There is no thread behind it. The thread that a ping comes on does whatever is to be done, for
 * any ping, until nothing is: it asks the store, if no other has the turn to, and sends answers. So
 * nothing is forgotten while one is at work, and a server whose executor is idle has answered all.
 */
public final class PingBatches {
  /** Bounds how many one call of the store can fail. */
  private static final int MAX_BATCH = 256;

  /** An answer takes microseconds to send, unless its client has left many unread. */
  private static final long PATIENCE_MILLIS = 10;

  /** Where no thread can be started for the work, when to try again. */
  private static final long RETRY_MILLIS = 100;

  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.http");

  private final BulkRenewal store;
  private final ServiceEndpoints serviceEndpoints;
  private final Queue<Ping> waiting = new ConcurrentLinkedQueue<>();
  private final Queue<Ping> settled = new ConcurrentLinkedQueue<>();
  private final AtomicReference<Turn> turn = new AtomicReference<>(Turn.FREE);
  private final AtomicBoolean watched = new AtomicBoolean();

  private PingBatches(BulkRenewal store, ServiceEndpoints serviceEndpoints) {
    this.store = store;
    this.serviceEndpoints = serviceEndpoints;
  }

  /** Makes them for a registry, if its store renews in bulk. */
  public static Optional<PingBatches> of(
      ServiceRegistry registry, ServiceEndpoints serviceEndpoints) {
    return registry instanceof StoreRegistry overStore
        ? overStore.bulkPing().map(store -> new PingBatches(store, serviceEndpoints))
        : Optional.empty();
  }

  /** Sends what a ping has come to, and whatever happens throws nothing. */
  @FunctionalInterface
  interface Completion {
    void complete(Request request, AsyncServerExchange exchange, Endpoint.Action action);
  }

  /**
   * Who asks the store. Two at once would do no harm, but have half the pings each; so whoever has
   * asked keeps the turn while it answers, and more pings gather.
   */
  private enum Turn {
    FREE,
    ASKING,
    ANSWERING
  }

  /** One ping, which is its own action: so nothing is allocated to answer it. */
  private final class Ping implements Endpoint.Action {
    private final Request request;
    private final AsyncServerExchange exchange;
    private final Renewal renewal;
    private final Completion completion;

    Ping(Request request, AsyncServerExchange exchange, Renewal renewal, Completion completion) {
      this.request = request;
      this.exchange = exchange;
      this.renewal = renewal;
      this.completion = completion;
    }

    @Override
    public Response answer(Request answered) {
      return serviceEndpoints.pinged(answered, renewal::lease);
    }
  }

  /** Returns whether a request is a ping of which nothing is to be read any more. */
  static boolean accepts(Request request) {
    return request.endpoint().kind() == RequestKind.PING && !BodyReader.hasBody(request.exchange());
  }

  /**
   * Answers a ping, on this thread or another, soon or when those before it have been answered.
   * What it throws, an {@code Error} for want of memory, means that the ping was not taken.
   *
   * @param exchange that of the request
   */
  void add(Request request, AsyncServerExchange exchange, Completion completion) {
    ServiceReference reference = request.reference();
    Renewal renewal = new Renewal(reference.id(), reference.fence(), request.startNanos());
    Ping ping = new Ping(request, exchange, renewal, completion);
    waiting.add(ping);
    try {
      work();
      if (turn.get() == Turn.ANSWERING) {
        watch(ping);
      }
    } catch (Throwable e) {
      // It was taken: whoever comes next goes on with the work, at the latest the timer.
      SafeLog.brokeDown(LOG, e);
      watch(ping);
    }
  }

  private void work() {
    do {
      answerAll();
    } while (askStore());
  }

  private void answerAll() {
    Ping ping;
    while ((ping = settled.poll()) != null) {
      if (!settled.isEmpty() || !waiting.isEmpty()) {
        watch(ping);
      }
      answer(ping);
    }
  }

  private void answer(Ping ping) {
    ping.completion.complete(ping.request, ping.exchange, ping);
  }

  /** Asks for those who wait, unless another has the turn to: that one looks again after it. */
  private boolean askStore() {
    if (waiting.isEmpty() || !turn.compareAndSet(Turn.FREE, Turn.ASKING)) {
      return false;
    }
    try {
      List<Ping> batch = new ArrayList<>(MAX_BATCH);
      take(batch);
      askFor(batch);
      turn.set(Turn.ANSWERING);
      answerAll();
    } finally {
      turn.set(Turn.FREE);
    }
    return true;
  }

  /** Takes those who wait, as many as may be asked for at once, into a list with room for them. */
  private void take(List<Ping> batch) {
    Ping ping;
    while (batch.size() < MAX_BATCH && (ping = waiting.poll()) != null) {
      batch.add(ping);
    }
  }

  private void askFor(List<Ping> batch) {
    try {
      List<Renewal> renewals = new ArrayList<>(batch.size());
      batch.forEach(ping -> renewals.add(ping.renewal));
      renew(renewals);
    } catch (Throwable e) {
      // What is not settled says so, and is answered all the same.
      SafeLog.brokeDown(LOG, e);
    }
    for (Ping ping : batch) {
      settle(ping);
    }
  }

  private void settle(Ping ping) {
    try {
      settled.add(ping);
    } catch (Throwable e) { // for want of memory
      answer(ping);
    }
  }

  private void renew(List<Renewal> renewals) {
    try {
      store.renewAll(renewals);
    } catch (RuntimeException e) {
      fail(renewals, e);
    } catch (Error e) {
      // It is this thread that answers them.
      fail(renewals, new IllegalStateException("the store broke down", e));
    }
  }

  private static void fail(List<Renewal> renewals, RuntimeException failure) {
    for (Renewal renewal : renewals) {
      renewal.settle(
          () -> {
            throw failure;
          });
    }
  }

  /**
   * Sees to it that another thread goes on with the work in a while, in place of one that sends an
   * answer to a client that reads nothing. Throws nothing.
   */
  private void watch(Ping ping) {
    if (watched.get() || !watched.compareAndSet(false, true)) {
      return;
    }
    boolean isWatched = false;
    try {
      var unused =
          ping.exchange
              .timer()
              .schedule(() -> handOn(ping), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      isWatched = true;
    } catch (RejectedExecutionException e) {
      isWatched = handOnAtTheEnd();
    } catch (Throwable e) {
      SafeLog.brokeDown(LOG, e);
    } finally {
      if (!isWatched) {
        watched.set(false); // The next ping tries again.
      }
    }
  }

  private void goOn() {
    watched.set(false);
    turn.compareAndSet(Turn.ANSWERING, Turn.FREE);
    try {
      work();
    } catch (Throwable e) {
      SafeLog.brokeDown(LOG, e);
    }
  }

  /** Runs on the timer's thread, which must not do the work itself. */
  private void handOn(Ping ping) {
    boolean isHandedOn = false;
    try {
      ping.exchange.executor().execute(this::goOn);
      isHandedOn = true;
    } catch (RejectedExecutionException e) {
      isHandedOn = handOnAtTheEnd();
    } catch (Throwable e) {
      SafeLog.brokeDown(LOG, e);
    } finally {
      if (!isHandedOn) {
        tryAgain(ping);
      }
    }
  }

  private void tryAgain(Ping ping) {
    try {
      var unused =
          ping.exchange.timer().schedule(() -> handOn(ping), RETRY_MILLIS, TimeUnit.MILLISECONDS);
    } catch (Throwable e) {
      watched.set(false); // The next ping tries again.
    }
  }

  /** The server stops, and waits for the thread that is held up; so there is time for this one. */
  private boolean handOnAtTheEnd() {
    try {
      Thread thread = new Thread(this::goOn, "rollcall-http");
      thread.setDaemon(true);
      thread.start();
      return true;
    } catch (Throwable e) {
      SafeLog.brokeDown(LOG, e);
      return false;
    }
  }
}
