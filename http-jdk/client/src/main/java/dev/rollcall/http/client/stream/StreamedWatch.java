package dev.rollcall.http.client.stream;

import dev.rollcall.RegistryBusyException;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.Service;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.View;
import dev.rollcall.discovery.Watch;
import dev.rollcall.discovery.WatchListener;
import dev.rollcall.http.client.json.BoundedInputStream;
import dev.rollcall.http.client.json.LenientJson;
import dev.rollcall.http.client.log.ConditionLog;
import dev.rollcall.http.client.protocol.ProtocolRequests;
import dev.rollcall.http.client.transport.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import okhttp3.Call;
import org.jspecify.annotations.Nullable;

/**
 * A watch over HTTP: reads a stream of events on a thread of its own, and opens it again whenever
 * it ends, from where it was. No error makes a service gone.
 *
 * <p>Where no stream can be had, polls take its place, on a thread of theirs, until an event of a
 * stream comes: so one thread at a time has what is known. While an attempt to open a stream
 * blocks, a third thread tells the listener that what it knows may be old. {@code calling} is held
 * while the listener is called, by whichever thread; nothing takes it while it holds {@code lock}.
 */
public final class StreamedWatch implements Watch {
  private static final System.Logger LOG = System.getLogger("dev.rollcall.http.client");

  private static final long MIN_DELAY_MILLIS = 100;
  private static final long MAX_DELAY_MILLIS = 5_000;
  private static final Duration MAX_RETRY_AFTER = Duration.ofSeconds(30);

  /** A stream that is taken up again within this time was not lost. */
  private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** How long closing waits for a call: longer than a listener takes that is not stuck. */
  private static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** How long polls take the place of streams before one is tried again. */
  public static final Duration STREAM_RETRY = Duration.ofMinutes(1);

  /** Sixteen times that at most, where a stream was opened and nothing came. */
  private static final int MAX_DOUBLINGS = 4;

  /**
   * How much heap the services may take: half of what a list may, since a snapshot is read while
   * those that were known before are still there.
   */
  private static final long MAX_HEAP_BYTES = Runtime.getRuntime().maxMemory() / 4;

  private final Query query;
  private final WatchListener listener;
  private final ProtocolRequests requests;
  private final Transport transport;
  private final InstantSource wallClock;
  private final Duration streamRetry;
  private final BiFunction<Query, WatchListener, Watch> polling;
  private final Runnable afterClose;
  private final ConditionLog failures = new ConditionLog();
  private final Thread thread = new Thread(this::run, "rollcall-watch-http");
  private final WatchedServices services = new WatchedServices(MAX_HEAP_BYTES);

  /** Held while the listener is called. */
  private final ReentrantLock calling = new ReentrantLock();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closing = lock.newCondition();

  // Guarded by the lock.
  private boolean closed;
  private @Nullable Call stream;
  private @Nullable Watch polled;

  /** What the listener was told last; null before the first call. Set while it is called. */
  private volatile @Nullable View told;

  /** Since when there has been no stream and no poll that says what is true; null if there is. */
  private volatile @Nullable Loss loss;

  // Used by the thread of this watch, or by that of its polls while there are any.
  private String lastId = "";
  private String version = "";
  private long streamNanos;
  private boolean isSynced;
  private int silences;
  private int attempts;
  private long retryMillis = -1;

  public StreamedWatch(
      Query query,
      WatchListener listener,
      ProtocolRequests requests,
      Transport transport,
      InstantSource wallClock,
      Duration streamRetry,
      BiFunction<Query, WatchListener, Watch> polling,
      Runnable afterClose) {
    this.query = query;
    this.listener = listener;
    this.requests = requests;
    this.transport = transport;
    this.wallClock = wallClock;
    this.streamRetry = streamRetry;
    this.polling = polling;
    this.afterClose = afterClose;
    thread.setDaemon(true);
  }

  public void start() {
    thread.start();
  }

  private void run() {
    if (!requests.fitsStream(query)) {
      poll();
      return;
    }
    while (!isClosed()) {
      long delayMillis = MAX_DELAY_MILLIS;
      try {
        delayMillis = delayAfterStream();
      } catch (Throwable e) { // A refusal too: an operator may change what is refused.
        delayMillis = delayAfter(e);
      }
      await(delayMillis);
    }
  }

  /** Reads one stream to its end. Returns how long to wait before the next one. */
  private long delayAfterStream() {
    streamNanos = System.nanoTime();
    isSynced = false;
    boolean[] isStream = {true};
    CountDownLatch isOver = new CountDownLatch(1);
    try {
      tellOfLossUnless(isOver);
      transport.stream(
          requests.stream(
              query,
              lastId,
              body -> new EventReader(body).readAll(new Events()),
              () -> isStream[0] = false),
          this::setStream);
    } finally {
      isOver.countDown();
    }
    if (isStream[0] && !isPolling()) {
      return delayAfterEnd();
    }
    poll();
    return delayWhilePolling();
  }

  /** Has the listener told of a loss in time although an attempt to end it takes longer. */
  private void tellOfLossUnless(CountDownLatch isOver) {
    Loss lost = loss;
    if (lost == null || !isToBeTold()) {
      return;
    }
    Thread telling =
        new Thread(
            () -> {
              if (lasts(lost, isOver)) {
                tellOfLoss();
              }
            },
            "rollcall-watch-http-loss");
    telling.setDaemon(true);
    try {
      telling.start();
    } catch (OutOfMemoryError e) {
      // No thread could be started: the listener is told after the attempt.
    }
  }

  /** Returns whether a loss is still one when it is to be told. */
  private static boolean lasts(Loss lost, CountDownLatch isOver) {
    try {
      return !isOver.await(lost.nanosToTelling(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return false; // Nobody does that.
    }
  }

  private void setStream(Call call) {
    lock.lock();
    try {
      stream = call;
      if (closed) {
        call.cancel();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Asks again and again in place of a stream, until one has something to say. */
  private void poll() {
    lastId = ""; // What polls find is between it and the next stream.
    lock.lock();
    try {
      if (!closed && polled == null) {
        polled = polling.apply(query, new Polls());
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isPolling() {
    lock.lock();
    try {
      return polled != null;
    } finally {
      lock.unlock();
    }
  }

  private void endPolls() {
    Watch polls;
    lock.lock();
    try {
      polls = polled;
      polled = null;
    } finally {
      lock.unlock();
    }
    if (polls != null) {
      polls.close(); // Waits for the call under way: from now on the services are this thread's.
    }
  }

  /** Takes what polls find, while they take the place of streams. */
  private final class Polls implements WatchListener {
    private boolean hasTakenOver;

    @Override
    public void changed(View view, List<Change> changes) {
      // An Error may end this call, and nobody tells the changes again.
      boolean hadTakenOver = hasTakenOver;
      hasTakenOver = false;
      try {
        services.replace(view.services(), wallClock.instant());
      } catch (IOException e) {
        LOG.log(Level.WARNING, "A watch is not up to date: " + e.getMessage());
        return;
      }
      // The first has all services; the listener knows what streams have told.
      List<Change> untold = services.takeChanges(told, wallClock.instant());
      calling.lock();
      try {
        loss = null; // From now on polls say what is stale.
        call(view, hadTakenOver ? changes : untold);
      } finally {
        calling.unlock();
      }
      hasTakenOver = true;
    }
  }

  /** Takes the events of one stream. */
  private final class Events implements EventReader.Handler {
    @Override
    public void event(String type, InputStream data) throws IOException {
      endPolls();
      switch (type) {
        case "snapshot" ->
            services.replace(
                requests
                    .services()
                    .readList(data, MAX_HEAP_BYTES)
                    .orElseThrow(() -> new IOException("a snapshot is not a list")),
                wallClock.instant());
        case "put" -> {
          Optional<Service> service = requests.services().read(object(data));
          if (service.isPresent()) {
            services.put(service.get(), wallClock.instant());
          }
        }
        case "gone" -> {
          Map<?, ?> gone = object(data);
          if (gone.get("id") instanceof String id) {
            services.remove(id, causeOf(gone.get("cause")), timeOf(gone.get("at")));
          }
        }
        case "sync" -> sync = object(data);
        default -> {
          // A later version may have other events.
        }
      }
    }

    /** The data of the event that is being read if it is a sync. */
    private @Nullable Map<?, ?> sync;

    @Override
    public void read(String id) {
      lastId = id;
      int dot = id.lastIndexOf('.');
      version = id.substring(dot + 1);
      Map<?, ?> state = sync;
      sync = null;
      if (state != null) {
        onSync(state);
      }
    }

    private void onSync(Map<?, ?> state) {
      if (System.nanoTime() - streamNanos >= TimeUnit.SECONDS.toNanos(1)) {
        attempts = 0;
      }
      isSynced = true;
      silences = 0;
      failures.ended(() -> "A watch is up to date again");
      Optional<Instant> since =
          Boolean.FALSE.equals(state.get("fresh"))
              ? Optional.of(timeOf(state.get("since")))
              : Optional.empty();
      calling.lock();
      try {
        loss = null;
        View known = told;
        if (known == null || !services.isTold() || !since.equals(known.staleSince())) {
          call(services.view(since, version), services.takeChanges(known, wallClock.instant()));
        }
      } finally {
        calling.unlock();
      }
    }

    @Override
    public void retry(String millis) {
      try {
        retryMillis = Math.max(0, Math.min(MAX_DELAY_MILLIS, Long.parseLong(millis)));
      } catch (NumberFormatException e) {
        // Not a number of milliseconds: it is left out, as browsers do.
      }
    }
  }

  private static Map<?, ?> object(InputStream data) throws IOException {
    return LenientJson.object(new BoundedInputStream(data, LenientJson.MAX_BYTES).readAllBytes());
  }

  private static Change.Type causeOf(@Nullable Object cause) {
    try {
      Change.Type type = Change.Type.valueOf(String.valueOf(cause).toUpperCase(Locale.ROOT));
      return type.isGone() ? type : Change.Type.LOST;
    } catch (IllegalArgumentException e) {
      return Change.Type.LOST; // A later version may know other causes.
    }
  }

  private Instant timeOf(@Nullable Object time) {
    try {
      return Instant.parse(String.valueOf(time));
    } catch (DateTimeParseException e) {
      return wallClock.instant();
    }
  }

  private void call(View view, List<Change> changes) {
    calling.lock();
    try {
      told = view;
      if (!isClosed()) {
        listener.changed(view, changes);
      }
    } catch (Throwable e) {
      report(e);
    } finally {
      calling.unlock();
      var unused = Thread.interrupted(); // A listener may have set it.
    }
  }

  private static void report(Throwable failure) {
    try {
      LOG.log(Level.WARNING, "A listener of a watch failed; it is called again", failure);
    } catch (Throwable e) {
      // The logger, or no memory for it. There is nobody else to tell.
    }
  }

  /** Streams end by themselves, and are opened again at once, unless they end very soon. */
  private long delayAfterEnd() {
    long least = retryMillis >= 0 ? retryMillis : 0;
    retryMillis = -1;
    markLost();
    return least + backoff();
  }

  private long delayAfter(Throwable failure) {
    boolean isSilent =
        !isSynced && System.nanoTime() - streamNanos >= transport.streamSilence().toNanos();
    boolean isWithoutPlace = failure instanceof RegistryBusyException && isBusyForLong();
    if (isWithoutPlace) {
      report(() -> "A watch asks for lists in place of a stream: " + failure);
    }
    if (isSilent || isWithoutPlace || isPolling()) {
      // Where nothing of a stream comes a proxy may hold it back.
      silences += isSilent ? 1 : 0;
      poll();
      return delayWhilePolling();
    }
    markLost();
    report(() -> "A watch is not up to date: " + failure);
    Duration retryAfter =
        failure instanceof RegistryUnavailableException e
            ? e.retryAfter().orElse(Duration.ZERO)
            : Duration.ZERO;
    Duration bounded = retryAfter.compareTo(MAX_RETRY_AFTER) > 0 ? MAX_RETRY_AFTER : retryAfter;
    return bounded.toMillis() + backoff();
  }

  /**
   * Returns whether to ask for lists while servers are busy. They are so for a moment, too, when
   * they are about to stop, or many streams come at once; a watch that knows the services already
   * waits longer.
   */
  private boolean isBusyForLong() {
    Loss lost = loss;
    long patience = told == null ? LOST_NANOS : transport.streamSilence().toNanos();
    return lost != null && System.nanoTime() - lost.nanos() >= patience;
  }

  private void report(Supplier<String> condition) {
    try {
      if (!isClosed()) {
        failures.holds(condition);
      }
    } catch (Throwable e) {
      report(e); // The logger, or no memory for it: the watch goes on.
    }
  }

  private long delayWhilePolling() {
    return streamRetry.toMillis() << Math.min(MAX_DOUBLINGS, Math.max(0, silences - 1));
  }

  /** Exponential backoff with full jitter. */
  private long backoff() {
    long most = Math.min(MAX_DELAY_MILLIS, MIN_DELAY_MILLIS << Math.min(attempts, 6));
    attempts++;
    return ThreadLocalRandom.current().nextLong(most + 1);
  }

  private void markLost() {
    if (loss == null) {
      loss = new Loss(wallClock.instant(), System.nanoTime());
    }
  }

  /** When the last stream was lost, by the clock and in nanoseconds. */
  private record Loss(Instant at, long nanos) {
    long nanosToTelling() {
      return LOST_NANOS - (System.nanoTime() - nanos);
    }
  }

  /** Waits, and tells the listener when the stream has been lost for too long. */
  private void await(long delayMillis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
    while (!isClosed()) {
      tellOfLoss();
      long left = end - System.nanoTime();
      if (left <= 0) {
        return;
      }
      Loss lost = loss;
      long toTelling =
          lost != null && isToBeTold() ? Math.max(1, lost.nanosToTelling()) : Long.MAX_VALUE;
      awaitClosing(Math.min(left, toTelling));
    }
  }

  /** Tells the listener that what it knows may be old, if that is so and it does not know it. */
  private void tellOfLoss() {
    if (loss == null || !isToBeTold()) {
      return;
    }
    calling.lock();
    try {
      Loss lost = loss;
      View known = told;
      if (lost != null && known != null && isToBeTold() && lost.nanosToTelling() <= 0) {
        call(new View(known.services(), Optional.of(lost.at()), known.version()), List.of());
      }
    } finally {
      calling.unlock();
    }
  }

  /** Returns whether the listener does not know that what it knows may be old. */
  private boolean isToBeTold() {
    View known = told;
    return known != null && known.staleSince().isEmpty();
  }

  private void awaitClosing(long nanos) {
    lock.lock();
    try {
      long left = nanos;
      while (!closed && left > 0) {
        left = closing.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      // Nobody's way to end this: it looks whether it is closed.
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    long startNanos = System.nanoTime();
    Watch polls;
    lock.lock();
    try {
      closed = true;
      polls = polled;
      if (stream != null) {
        stream.cancel();
      }
      closing.signalAll();
    } finally {
      lock.unlock();
    }
    if (polls != null) {
      polls.close(); // Waits as long at most, for the same call.
    }
    afterClose.run();
    awaitCall(startNanos);
  }

  private void awaitCall(long startNanos) {
    if (calling.isHeldByCurrentThread()) {
      return;
    }
    boolean isInterrupted = false;
    boolean isOver = false;
    while (!isOver) {
      try {
        long left = MAX_WAIT_NANOS - (System.nanoTime() - startNanos);
        if (calling.tryLock(left, TimeUnit.NANOSECONDS)) {
          calling.unlock();
        }
        isOver = true;
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
