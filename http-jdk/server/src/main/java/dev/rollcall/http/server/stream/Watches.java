package dev.rollcall.http.server.stream;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.discovery.Query;
import dev.rollcall.http.server.log.BreakdownLog;
import dev.rollcall.http.server.log.RateLimitedLogs;
import dev.rollcall.http.server.memory.RequestMemory;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.Problem.Fault;
import dev.rollcall.http.server.problem.ProblemException;
import dev.rollcall.http.server.request.ListRequest;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.response.ContentCoding;
import dev.rollcall.http.server.response.EntityTag;
import dev.rollcall.http.server.response.Response;
import dev.rollcall.http.server.response.ResponseBody;
import dev.rollcall.http.server.response.ResponseJson;
import dev.rollcall.http.server.spi.AsyncServerExchange;
import dev.rollcall.http.server.spi.StreamListener;
import dev.rollcall.http.wire.Timestamps;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * The endpoints that wait for changes: event streams and long polls. They share one watch of the
 * registry, which is open while there are any, and some seconds longer for those that come back.
 *
 * <p>Safe for use by any number of threads.
 */
public final class Watches {
  /** Says since when the registry could not be asked, of an answer from what was known then. */
  static final String STALE_SINCE = "X-Registry-Stale-Since";

  /** How long a request waits for the services to become known. */
  static final long FIRST_VIEW_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final int OK = 200;
  private static final int NOT_MODIFIED = 304;

  /** Clients that come back find what they knew in the journal. */
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** How long a client may take for the last events of a server that stops. */
  private static final long LAST_EVENTS_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int SHARE_OF_HEAP = 64;

  private final ServiceRegistry registry;
  private final ResponseJson json;
  private final RequestMemory memory;
  private final Responder responder;
  private final int maxWatches;
  private final long journalBytes;
  private final LongSupplier nanoTime;
  private final StreamListener listener;
  private final CutOffLog cutOffs;
  private final BreakdownLog breakdowns;

  /** By the class of what was thrown. */
  private final RateLimitedLogs failedListeners;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition none = lock.newCondition();

  // Guarded by the lock.
  private @Nullable Broadcaster broadcaster;
  private int places;
  private int open;
  private boolean isEnding;

  /**
   * Creates them; nothing is watched yet.
   *
   * @param maxWatches how many are open at once
   * @param heapBytes a 64th of it may be taken by changes that are kept for those who come back
   * @param listener hears how they do
   */
  public Watches(
      ServiceRegistry registry,
      ResponseJson json,
      RequestMemory memory,
      Responder responder,
      int maxWatches,
      long heapBytes,
      LongSupplier nanoTime,
      Logger log,
      StreamListener listener) {
    this.registry = registry;
    this.json = json;
    this.memory = memory;
    this.responder = responder;
    this.maxWatches = maxWatches;
    this.journalBytes = heapBytes / SHARE_OF_HEAP;
    this.nanoTime = nanoTime;
    this.listener = listener;
    this.cutOffs = new CutOffLog(log, nanoTime.getAsLong());
    this.breakdowns = new BreakdownLog(log, nanoTime);
    this.failedListeners = new RateLimitedLogs(log, "listener.failed", nanoTime);
  }

  /** Returns how many event streams and waiting requests are open. */
  public int open() {
    lock.lock();
    try {
      return open;
    } finally {
      lock.unlock();
    }
  }

  /** Returns how many of them may be open at once. */
  public int max() {
    return maxWatches;
  }

  RequestMemory memory() {
    return memory;
  }

  Responder responder() {
    return responder;
  }

  /** Opens an event stream. */
  public Response stream(Request request) throws IOException {
    AsyncServerExchange exchange = (AsyncServerExchange) request.exchange();
    Query query = ListRequest.of(request.target().query()).query();
    if (query.isPaged()) {
      throw new ProblemException(
          Problem.invalidQuery(
              List.of(Fault.ofParameter("", "of a stream has neither limit nor after"))));
    }
    if (exchange.method().equals("HEAD")) {
      Response head =
          new Response(
              OK,
              EventStream.TYPE,
              ResponseBody.EMPTY,
              Map.of("Cache-Control", "no-store", "X-Accel-Buffering", "no"),
              "");
      var unused = responder.begin(request, exchange, head);
      responder.end(request, exchange, head, null);
      return Response.LATER;
    }
    Optional<Cursor> cursor = Cursor.of(request.header("Last-Event-ID"));
    return open(
        exchange,
        query,
        (feeds, feed) -> new EventStream(feeds, feed, this, request, exchange, cursor));
  }

  /** Waits for a change of what a client knows. */
  public Response poll(Request request) throws IOException {
    if (!(request.exchange() instanceof AsyncServerExchange exchange)) {
      throw new ProblemException(Problem.cannotWait());
    }
    ListRequest asked = ListRequest.of(request.target().query());
    List<String> known = exchange.headers("If-None-Match");
    ContentCoding coding = ContentCoding.of(exchange.headers("Accept-Encoding"));
    long most = exchange.maxResponseTime().toNanos() / 6 * 5;
    long wait = Math.min(most, asked.maxWait().orElse(Duration.ZERO).toNanos());
    return open(
        exchange,
        asked.query(),
        (feeds, feed) ->
            new LongPoll(
                feeds,
                feed,
                this,
                request,
                exchange,
                version -> EntityTag.of(version, false).isIn(known),
                coding,
                wait));
  }

  /** Makes a subscriber of a broadcaster. */
  @FunctionalInterface
  private interface Factory {
    Subscriber create(Broadcaster broadcaster, QueryFeed feed);
  }

  private Response open(AsyncServerExchange exchange, Query query, Factory factory)
      throws IOException {
    lock.lock();
    try {
      if (isEnding) {
        throw new ProblemException(Problem.busy());
      }
      // Half of the connections are left to those who do not wait.
      if (places >= Math.min(maxWatches, Math.max(1, exchange.maxConnections() / 2))) {
        if (broadcaster != null) {
          broadcaster.probe();
        }
        throw new ProblemException(Problem.tooManyWatches());
      }
      if (broadcaster == null) {
        broadcaster =
            Broadcaster.open(
                registry,
                json,
                memory.slowClients(),
                journalBytes,
                nanoTime,
                breakdowns,
                this::closeIfUnused);
      }
      Broadcaster current = broadcaster;
      exchange.startAsync();
      current.add(query, feed -> factory.create(current, feed));
      places++;
      open++;
      tell(heard -> heard.streamsOpen(open));
      return Response.LATER;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Gives back the place of one that is about to end: its client may come back as soon as it sees
   * the end, and must find the place free. So there may be more open than there are places, by as
   * many as there are writers. Each calls it once, before {@link #leave}.
   */
  void giveBackPlace() {
    lock.lock();
    try {
      places--;
    } finally {
      lock.unlock();
    }
  }

  /** Takes note that one has ended, which has given back its place. */
  void leave() {
    lock.lock();
    try {
      open--;
      tell(heard -> heard.streamsOpen(open));
      if (open == 0) {
        none.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void closeIfUnused() {
    Broadcaster unused = null;
    lock.lock();
    try {
      if (broadcaster != null && broadcaster.isUnusedFor(LINGER_NANOS)) {
        unused = broadcaster;
        broadcaster = null;
      }
    } finally {
      lock.unlock();
    }
    if (unused != null) {
      unused.close();
    }
  }

  /** Ends them all, each with a last word of where it was; no others are opened. Idempotent. */
  public void end() {
    lock.lock();
    try {
      isEnding = true;
      if (broadcaster != null) {
        broadcaster.end(LAST_EVENTS_NANOS);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all that {@link #end} ends have ended, for this long at most. */
  public void awaitEnd(Duration limit) throws InterruptedException {
    long left = limit.toNanos();
    Broadcaster ended = null;
    lock.lock();
    try {
      while (open > 0 && left > 0) {
        left = none.awaitNanos(left);
      }
    } finally {
      if (isEnding) {
        ended = broadcaster;
        broadcaster = null;
      }
      lock.unlock();
    }
    if (ended != null) {
      ended.close();
    }
  }

  /** Returns an answer with what is known. */
  Response list(Broadcaster.Known known, EncodedList list) {
    Map<String, String> headers = headers(known);
    if (list.coding() == ContentCoding.GZIP) {
      headers.put("Content-Encoding", "gzip");
    }
    return new Response(OK, "application/json", list.body(), headers, "");
  }

  /** Returns an answer that says that what the client knows is what there is. */
  Response notModified(Broadcaster.Known known) {
    return new Response(NOT_MODIFIED, "application/json", ResponseBody.EMPTY, headers(known), "");
  }

  private static Map<String, String> headers(Broadcaster.Known known) {
    Map<String, String> headers = new HashMap<>();
    headers.put("ETag", EntityTag.of(known.version(), false).toString());
    headers.put("Vary", "Accept-Encoding");
    headers.put("Cache-Control", "no-cache"); // A cache asks each time whether it is still so.
    known.staleSince().ifPresent(since -> headers.put(STALE_SINCE, Timestamps.format(since)));
    return headers;
  }

  /** Says that a client did not take what it was sent. */
  void cutOff(Request request) {
    cutOffs.cutOff(request.client(), request.endpoint().name(), nanoTime.getAsLong());
    tell(StreamListener::cutOff);
  }

  /** Tells the listener; whatever it throws has no other effect. */
  void tell(Consumer<StreamListener> news) {
    try {
      news.accept(listener);
    } catch (Throwable e) {
      failedListeners.log(Level.WARN, e.getClass().getName(), line -> line.cause(e));
    }
  }
}
