package dev.rollcall.http.server.stream;

import dev.rollcall.http.server.memory.MemoryBudget;
import dev.rollcall.http.server.memory.SlowClientException;
import dev.rollcall.http.server.memory.SlowClientMonitor.Transfer;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.ProblemException;
import dev.rollcall.http.server.request.Endpoint;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.request.RequestId;
import dev.rollcall.http.server.response.Response;
import dev.rollcall.http.server.response.ResponseBody;
import dev.rollcall.http.server.response.SlicedOutput;
import dev.rollcall.http.server.spi.AsyncServerExchange;
import dev.rollcall.http.server.spi.StreamListener;
import dev.rollcall.http.wire.Timestamps;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One open event stream. What it has told is a number; the rest is read from the broadcaster. */
final class EventStream extends Subscriber {
  static final String TYPE = "text/event-stream";

  private static final int OK = 200;
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** The same while places run short, so that a client that is gone is noticed. */
  private static final long PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** How many clients of a server that stops come back within a second is left to chance. */
  private static final long MAX_RETRY_MILLIS = 2_000;

  private static final long NOTHING = -1;

  private final Broadcaster broadcaster;
  private final Watches watches;
  private final Request request;
  private final AsyncServerExchange exchange;
  private final Optional<Cursor> cursor;
  private final long openedNanos;
  private final long endNanos;

  // Guarded by the broadcaster's lock.
  private boolean hasBegun;
  private boolean hasEnded;
  private long told = NOTHING;
  private long sentNanos;
  private Optional<Instant> toldStale = Optional.empty();

  // Used by the writer alone, one at a time.
  private @Nullable OutputStream out;
  private Response head = Response.of(OK, TYPE, ResponseBody.EMPTY);

  EventStream(
      Broadcaster broadcaster,
      QueryFeed feed,
      Watches watches,
      Request request,
      AsyncServerExchange exchange,
      Optional<Cursor> cursor) {
    super(feed);
    this.broadcaster = broadcaster;
    this.watches = watches;
    this.request = request;
    this.exchange = exchange;
    this.cursor = cursor;
    this.openedNanos = broadcaster.now();
    this.endNanos = openedNanos + lifeNanos(exchange.maxResponseTime().toNanos());
  }

  /** Returns two thirds to five sixths of a time, at random: clients do not come back together. */
  private static long lifeNanos(long mostNanos) {
    long third = Math.max(3, mostNanos) / 3;
    return 2 * third + ThreadLocalRandom.current().nextLong(third / 2 + 1);
  }

  /** What to send next. */
  private record Batch(
      Broadcaster.@Nullable Known known,
      boolean isFirst,
      boolean isSnapshot,
      List<JournalEntry> changes,
      boolean isLast,
      boolean isEnding) {}

  @Override
  boolean isDue(long now) {
    if (hasEnded) {
      return false;
    }
    if (!broadcaster.isKnown()) {
      return broadcaster.isEnding() || now - openedNanos >= Watches.FIRST_VIEW_NANOS;
    }
    return !hasBegun
        || told < feed().concernedSequence()
        || !toldStale.equals(broadcaster.staleSince())
        || now - sentNanos >= (broadcaster.isProbing(now) ? PROBE_NANOS : QUIET_NANOS)
        || isOver(now);
  }

  private boolean isOver(long now) {
    return broadcaster.isEnding() || now - endNanos >= 0;
  }

  /** Returns what to send now, and counts it as sent; null for nothing. */
  private @Nullable Batch take() {
    broadcaster.lock().lock();
    try {
      long now = broadcaster.now();
      if (!isDue(now)) {
        return null;
      }
      Broadcaster.Known known = broadcaster.known(feed());
      boolean isFirst = !hasBegun;
      boolean isLast = known == null || isOver(now);
      hasBegun = true;
      hasEnded = isLast;
      sentNanos = now;
      if (known == null) {
        return new Batch(null, isFirst, false, List.of(), true, broadcaster.isEnding());
      }
      Journal journal = broadcaster.journal();
      if (isFirst) {
        told = start(known, journal);
      }
      boolean isBehind = told < feed().concernedSequence();
      boolean isSnapshot = told == NOTHING || (isBehind && !journal.reaches(told));
      List<JournalEntry> changes = isBehind && !isSnapshot ? journal.after(told) : List.of();
      told = known.sequence();
      toldStale = known.staleSince();
      return new Batch(known, isFirst, isSnapshot, changes, isLast, broadcaster.isEnding());
    } finally {
      broadcaster.lock().unlock();
    }
  }

  /** Returns what the client knows already, by its cursor. */
  private long start(Broadcaster.Known known, Journal journal) {
    if (cursor.isEmpty()) {
      return NOTHING;
    }
    Cursor last = cursor.get();
    if (feed().isOf(last) && journal.reaches(last.sequence())) {
      return last.sequence();
    }
    return known.version().toString().equals(last.version()) ? known.sequence() : NOTHING;
  }

  /** Notes that a client got a list that is older than what is known. */
  private void tellFrom(long sequence) {
    broadcaster.lock().lock();
    try {
      told = Math.min(told, sequence);
    } finally {
      broadcaster.lock().unlock();
    }
  }

  @Override
  public void run() {
    boolean goesOn = false;
    try {
      RequestId.resume(request);
      Batch batch = take();
      goesOn = batch == null || send(batch);
    } catch (Throwable e) {
      end(e);
    } finally {
      RequestId.end();
      if (!goesOn) {
        finish();
      }
      broadcaster.ran(this);
    }
  }

  private void end(@Nullable Throwable failure) {
    giveBackPlace(watches);
    watches.responder().end(request, exchange, head, failure);
  }

  private void finish() {
    giveBackPlace(watches);
    broadcaster.remove(this);
    watches.leave();
  }

  /** Sends a batch; returns whether the stream goes on. */
  private boolean send(Batch batch) {
    EncodedList snapshot = null;
    Throwable failure = null;
    try {
      snapshot = snapshotOf(batch);
    } catch (Throwable e) {
      failure = e;
    }
    // Only now: a client whose list is still being encoded is not one that takes nothing.
    try (Transfer transfer = watches.memory().slowClients().ofResponse()) {
      if (failure == null) {
        failure = failureOf(batch, snapshot, transfer);
      }
      if (failure == null && !batch.isLast()) {
        return true;
      }
      finish(failure);
      return false;
    } finally {
      if (snapshot != null) {
        snapshot.body().release();
      }
    }
  }

  /** Returns the list that a batch has, if it has one; waits while another stream encodes it. */
  private @Nullable EncodedList snapshotOf(Batch batch) {
    Broadcaster.Known known = batch.known();
    if (known == null) {
      throw new ProblemException(batch.isEnding() ? Problem.busy() : Problem.servicesUnknown());
    }
    return batch.isSnapshot() ? broadcaster.listOf(feed(), known) : null;
  }

  /** Writes a batch; returns why it was not written whole, or null. */
  private @Nullable Throwable failureOf(
      Batch batch, @Nullable EncodedList snapshot, Transfer transfer) {
    try {
      write(batch, Objects.requireNonNull(batch.known()), snapshot, transfer);
      return null;
    } catch (Throwable e) {
      return e;
    }
  }

  private void finish(@Nullable Throwable failure) {
    if (!(failure instanceof ProblemException refusal)) {
      end(failure);
      if (failure instanceof SlowClientException) {
        watches.cutOff(request);
      }
    } else if (out == null) {
      refuse(refusal);
    } else {
      end(null); // There is no memory for the list: the client comes back for it.
    }
  }

  /** Answers that there is no memory for the list, or that nothing is known yet. */
  private void refuse(ProblemException refusal) {
    giveBackPlace(watches);
    Endpoint.Action action =
        refused -> {
          throw refusal;
        };
    var unused = watches.responder().answer(request, exchange, action);
  }

  private void write(
      Batch batch, Broadcaster.Known known, @Nullable EncodedList snapshot, Transfer transfer)
      throws IOException {
    if (out == null) {
      begin(known.staleSince());
    }
    var sliced = new SlicedOutput(out, watches.memory().slowClients().sliceBytes(), transfer);
    Cursor at = feed().cursorAt(known.sequence(), known.version());
    if (snapshot != null) {
      at = feed().cursorAt(snapshot.sequence(), snapshot.version());
      tellFrom(snapshot.sequence());
      write(snapshot, at, sliced);
      watches.tell(StreamListener::snapshotSent);
    } else if (batch.isFirst()) {
      watches.tell(StreamListener::resumed);
    }
    if (!batch.changes().isEmpty()) {
      QueryFeed.Telling telling = feed().telling(batch.changes());
      for (QueryFeed.Told each : telling.events()) {
        sliced.write(feed().idPrefix());
        sliced.write(each.event());
      }
      watches.tell(heard -> heard.changesSent(telling.events().size(), telling.merged()));
    }
    sliced.write(Events.sync(at, known.staleSince()));
    if (batch.isEnding()) {
      long millis = ThreadLocalRandom.current().nextLong(MAX_RETRY_MILLIS + 1);
      sliced.write(Events.retry(millis));
    }
    sliced.flush();
  }

  private void begin(Optional<Instant> staleSince) throws IOException {
    Map<String, String> headers = new HashMap<>();
    headers.put("Cache-Control", "no-store");
    headers.put("X-Accel-Buffering", "no"); // nginx passes each event on at once
    staleSince.ifPresent(since -> headers.put(Watches.STALE_SINCE, Timestamps.format(since)));
    head = new Response(OK, TYPE, ResponseBody.EMPTY, headers, "");
    out = watches.responder().begin(request, exchange, head);
  }

  private void write(EncodedList snapshot, Cursor at, OutputStream sliced) throws IOException {
    MemoryBudget budget = watches.memory().answers();
    InetAddress client = request.client();
    ResponseBody body = snapshot.body();
    boolean isWithin = body.countedBytes() == 0 || budget.join(client, body, body.countedBytes());
    if (!isWithin) {
      throw new ProblemException(Problem.busy());
    }
    try {
      sliced.write(Events.snapshotOf(at));
      body.writeTo(sliced);
      sliced.write(Events.END);
    } finally {
      if (body.countedBytes() != 0) {
        budget.leave(client, body);
      }
    }
  }
}
