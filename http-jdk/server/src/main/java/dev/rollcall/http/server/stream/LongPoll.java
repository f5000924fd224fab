package dev.rollcall.http.server.stream;

import dev.rollcall.discovery.SetVersion;
import dev.rollcall.http.server.memory.SlowClientException;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.ProblemException;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.request.RequestId;
import dev.rollcall.http.server.response.ContentCoding;
import dev.rollcall.http.server.response.Response;
import dev.rollcall.http.server.spi.AsyncServerExchange;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A request that is answered when what it asks for is no longer what its client knows. */
final class LongPoll extends Subscriber {
  /** How long it may wait in any case, though others want its place. */
  private static final long LEAST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final Response FAILED = Response.problem(Problem.internal(), "");

  private final Broadcaster broadcaster;
  private final Watches watches;
  private final Request request;
  private final AsyncServerExchange exchange;
  private final Predicate<SetVersion> isKnownVersion;
  private final ContentCoding coding;
  private final long openedNanos;
  private final long endNanos;

  /** Whether its answer is being sent. Guarded by the broadcaster's lock. */
  private boolean hasEnded;

  LongPoll(
      Broadcaster broadcaster,
      QueryFeed feed,
      Watches watches,
      Request request,
      AsyncServerExchange exchange,
      Predicate<SetVersion> isKnownVersion,
      ContentCoding coding,
      long waitNanos) {
    super(feed);
    this.broadcaster = broadcaster;
    this.watches = watches;
    this.request = request;
    this.exchange = exchange;
    this.isKnownVersion = isKnownVersion;
    this.coding = coding;
    this.openedNanos = broadcaster.now();
    this.endNanos = openedNanos + waitNanos;
  }

  @Override
  boolean isDue(long now) {
    if (hasEnded) {
      return false;
    }
    if (!broadcaster.isKnown()) {
      return broadcaster.isEnding() || now - openedNanos >= Watches.FIRST_VIEW_NANOS;
    }
    return broadcaster.isEnding()
        || now - endNanos >= 0
        || hasChanged()
        // Nothing else tells whether its client is still there.
        || (broadcaster.isProbing(now) && now - openedNanos >= LEAST_WAIT_NANOS);
  }

  private Broadcaster.@Nullable Known known() {
    broadcaster.lock().lock();
    try {
      return broadcaster.known(feed());
    } finally {
      broadcaster.lock().unlock();
    }
  }

  private boolean hasChanged() {
    return !isKnownVersion.test(feed().version());
  }

  @Override
  public void run() {
    boolean goesOn = false;
    boolean isAnswered = false;
    try {
      RequestId.resume(request);
      goesOn = !isDueAtLast();
      if (!goesOn) {
        giveBackPlace(watches);
        isAnswered = true;
        answer();
      }
    } catch (Throwable e) {
      if (isAnswered) {
        throw e;
      }
      giveBackPlace(watches);
      watches.responder().end(request, exchange, FAILED, e);
    } finally {
      RequestId.end();
      if (!goesOn) {
        giveBackPlace(watches);
        broadcaster.remove(this);
        watches.leave();
      }
      broadcaster.ran(this);
    }
  }

  /** Returns whether it is to be answered now, once. */
  private boolean isDueAtLast() {
    broadcaster.lock().lock();
    try {
      hasEnded = isDue(broadcaster.now());
      return hasEnded;
    } finally {
      broadcaster.lock().unlock();
    }
  }

  private void answer() {
    Throwable failure = watches.responder().answer(request, exchange, answered -> response());
    if (failure instanceof SlowClientException) {
      watches.cutOff(request);
    }
  }

  private Response response() {
    Broadcaster.Known known = known();
    if (known == null) {
      throw new ProblemException(Problem.servicesUnknown());
    }
    SetVersion version = known.version();
    return isKnownVersion.test(version)
        ? watches.notModified(known)
        : watches.list(known, broadcaster.newestOf(feed(), known, coding));
  }
}
