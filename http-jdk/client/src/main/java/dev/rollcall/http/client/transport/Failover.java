package dev.rollcall.http.client.transport;

import dev.rollcall.http.client.json.ProblemBody;
import dev.rollcall.http.client.log.ConditionLog;
import dev.rollcall.http.client.log.TextSanitizer;
import dev.rollcall.http.client.protocol.Endpoints;
import dev.rollcall.http.client.protocol.ProtocolRequests;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import okhttp3.Call;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Source;
import org.jspecify.annotations.Nullable;

/**
 * Sends each request to the server of a registry that is called first, and to the others in their
 * order where it was not delivered: each once, within the time of the call. A server that has
 * answered in place of another is called first from then on, until a probe finds that an earlier
 * one is well.
 *
 * <p>A registration that may have arrived is not sent to another server: if the first carried it
 * out late, it would supersede the lease of the second. It fails, so that its caller knows that the
 * outcome is not certain, and the next call goes to another server. So it is where an answer has
 * begun, and hangs or breaks off.
 *
 * <p>A server that is busy has answered, except that a stream for which it has no place is opened
 * at another. Other calls go on as before.
 *
 * <p>Safe for use by any number of threads.
 */
public final class Failover {
  /** How long a server is not probed after it has failed, at least. */
  public static final Duration PROBE_INTERVAL = Duration.ofSeconds(5);

  /** What a server answers that cannot do its work, or a proxy before it. */
  private static final Set<Integer> UNDELIVERED = Set.of(500, 502, 503, 504);

  private static final String BUSY = ProblemBody.ROLLCALL + "busy";

  /** What servers that are well answer with such a status: the caller must wait. */
  private static final Set<String> REFUSALS = Set.of(BUSY, ProblemBody.ROLLCALL + "full");

  private static final long PROBLEM_BYTES = 16 << 10;

  private final Endpoints endpoints;
  private final ProbeSchedule probes;
  private final TextSanitizer sanitizer;
  private final Function<Response, Optional<Duration>> retryAfter;
  private final Runnable afterSwitch;
  private final ConditionLog failures = new ConditionLog();
  private final AtomicInteger preferred = new AtomicInteger();
  private final AtomicBoolean isProbing = new AtomicBoolean();

  /**
   * Creates one that prefers the first server.
   *
   * @param endpoints where the servers are
   * @param probes when those before the preferred one are probed
   * @param sanitizer of what a server, or the failure of a connection, says
   * @param retryAfter returns the wait that an answer asks for
   * @param afterSwitch is run when another server is called first
   */
  Failover(
      Endpoints endpoints,
      ProbeSchedule probes,
      TextSanitizer sanitizer,
      Function<Response, Optional<Duration>> retryAfter,
      Runnable afterSwitch) {
    this.endpoints = endpoints;
    this.probes = probes;
    this.sanitizer = sanitizer;
    this.retryAfter = retryAfter;
    this.afterSwitch = afterSwitch;
  }

  /** Marks a request for one server alone. */
  record Probe(int server) {}

  /** One request to one server. */
  private static final class Attempt {
    final int server;
    volatile boolean isSent;

    Attempt(int server) {
      this.server = server;
    }
  }

  /** Notes that a request goes out over a connection. */
  static void sending(Request request) {
    Attempt attempt = request.tag(Attempt.class);
    if (attempt != null) {
      attempt.isSent = true;
    }
  }

  /** Sends a request that is addressed to the first server. */
  Response proceed(Interceptor.Chain chain) throws IOException {
    Probe probe = chain.request().tag(Probe.class);
    if (probe != null) {
      return chain.proceed(to(chain.request(), new Attempt(probe.server())));
    }
    return endpoints.servers() == 1 ? chain.proceed(chain.request()) : proceedToAny(chain);
  }

  private Response proceedToAny(Interceptor.Chain chain) throws IOException {
    long startNanos = System.nanoTime();
    int first = preferred.get();
    Failures failed = new Failures();
    List<Integer> servers = inOrder(first);
    for (int server : servers.subList(0, servers.size() - 1)) {
      Attempt attempt = new Attempt(server);
      int left = servers.size() - failed.count();
      Response response = attempt(limited(chain, startNanos, left), attempt, failed);
      if (response != null) {
        answered(server, first, failed);
        return observed(response, server, server != first, chain.call());
      }
    }
    int last = servers.get(servers.size() - 1);
    try {
      Response response =
          limited(chain, startNanos, 1).proceed(to(chain.request(), new Attempt(last)));
      if (isDelivered(response)) {
        answered(last, first, failed);
        return observed(response, last, last != first, chain.call());
      }
      if (failed.busy.isEmpty()) {
        return response;
      }
      response.close();
      throw new IOException(Failures.reasonOf(response));
    } catch (IOException e) {
      throw isOver(chain) ? e : failed.and(last, e);
    }
  }

  private List<Integer> inOrder(int first) {
    List<Integer> servers = new ArrayList<>();
    servers.add(first);
    for (int i = 0; i < endpoints.servers(); i++) {
      if (i != first) {
        servers.add(i);
      }
    }
    return servers;
  }

  /** Returns the answer; null if the request is to be sent to another server. */
  private @Nullable Response attempt(Interceptor.Chain chain, Attempt attempt, Failures failed)
      throws IOException {
    Response response;
    try {
      response = chain.proceed(to(chain.request(), attempt));
    } catch (IOException e) {
      if (attempt.isSent && !isRepeatable(chain.request())) {
        avoid(attempt.server);
        throw e;
      }
      if (isOver(chain)) {
        throw e;
      }
      failed.add(attempt.server, e);
      return null;
    }
    boolean isWithoutPlace = isStreamWithoutPlace(response);
    if (isDelivered(response) && !isWithoutPlace) {
      return response;
    }
    if (!isRepeatable(chain.request())) {
      avoid(attempt.server);
      return response;
    }
    failed.add(attempt.server, response);
    if (isWithoutPlace) {
      failed.busy.add(attempt.server);
    }
    response.close();
    return null;
  }

  /** Returns whether the call has ended, whatever else could be tried. */
  private static boolean isOver(Interceptor.Chain chain) {
    return chain.call().isCanceled() || Thread.currentThread().isInterrupted();
  }

  /** Returns whether a request that two servers carry out is as good as one. */
  private static boolean isRepeatable(Request request) {
    return !request.method().equals("POST");
  }

  private static boolean isDelivered(Response response) {
    return !UNDELIVERED.contains(response.code()) || REFUSALS.contains(problemOf(response));
  }

  /** Returns whether a server that is well has no place for one more stream. */
  private static boolean isStreamWithoutPlace(Response response) {
    return isForStream(response.request())
        && UNDELIVERED.contains(response.code())
        && problemOf(response).equals(BUSY);
  }

  private static boolean isForStream(Request request) {
    return ProtocolRequests.EVENT_STREAM.equals(request.header("Accept"));
  }

  /** Returns the type of an answer's problem; empty if it has no type, or broke off. */
  private static String problemOf(Response response) {
    try {
      return ProblemBody.of(response.peekBody(PROBLEM_BYTES).bytes()).type();
    } catch (IOException e) {
      return "";
    }
  }

  private Request to(Request request, Attempt attempt) {
    return request
        .newBuilder()
        .url(endpoints.at(attempt.server, request.url()))
        .tag(Attempt.class, attempt)
        .build();
  }

  /**
   * Returns a chain whose next attempt leaves as much time to each of the others. A registration
   * that was sent has all the time: it is not sent to another. So has a stream, which takes its
   * time.
   */
  private static Interceptor.Chain limited(
      Interceptor.Chain chain, long startNanos, int attemptsLeft) {
    if (isForStream(chain.request())) {
      int connectMillis = Math.max(1, chain.connectTimeoutMillis() / attemptsLeft);
      return chain.withConnectTimeout(connectMillis, TimeUnit.MILLISECONDS);
    }
    long timeoutNanos = chain.call().timeout().timeoutNanos();
    long leftNanos = Math.max(0, timeoutNanos - (System.nanoTime() - startNanos));
    int millis = (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(leftNanos / attemptsLeft));
    Interceptor.Chain limited = chain.withConnectTimeout(millis, TimeUnit.MILLISECONDS);
    return isRepeatable(chain.request())
        ? limited
            .withReadTimeout(millis, TimeUnit.MILLISECONDS)
            .withWriteTimeout(millis, TimeUnit.MILLISECONDS)
        : limited;
  }

  private void answered(int server, int first, Failures failed) {
    boolean hasFailed = server != first && !failed.busy.contains(first);
    if (hasFailed && preferred.compareAndSet(first, server)) {
      switched(() -> "A request was " + failed + "; calls go to " + endpoints.server(server));
    } else if (server == 0 && preferred.get() == 0) {
      failures.ended(() -> "Calls go to " + endpoints.server(server) + " again");
    }
  }

  /** Has another server called first where this one is, without knowing whether that is well. */
  private void avoid(int server) {
    int next = (server + 1) % endpoints.servers();
    if (preferred.compareAndSet(server, next)) {
      switched(
          () ->
              endpoints.server(server) + " did not answer; calls go to " + endpoints.server(next));
    }
  }

  private void switched(Supplier<String> message) {
    probes.left();
    afterSwitch.run();
    failures.holds(message);
  }

  /**
   * Returns an answer whose server is avoided if it does not send all of it.
   *
   * @param hadRest whether it had only the time that others have left
   */
  private Response observed(Response response, int server, boolean hadRest, Call call) {
    ResponseBody body = response.body();
    Source source = new ObservedSource(body.source(), server, hadRest, call);
    return response.newBuilder().body(new ObservedBody(body, source)).build();
  }

  private final class ObservedSource extends ForwardingSource {
    private final int server;
    private final boolean hadRest;
    private final Call call;
    private boolean hasBegun;

    ObservedSource(Source body, int server, boolean hadRest, Call call) {
      super(body);
      this.server = server;
      this.hadRest = hadRest;
      this.call = call;
    }

    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
      try {
        long read = super.read(sink, byteCount);
        hasBegun = true;
        return read;
      } catch (IOException e) {
        if (isOfServer(e)) {
          avoid(server);
        }
        throw e;
      }
    }

    private boolean isOfServer(IOException e) {
      boolean isTimeout = e instanceof InterruptedIOException;
      if (Thread.currentThread().isInterrupted() || (call.isCanceled() && !isTimeout)) {
        return false; // The caller has ended it.
      }
      if (isTimeout && hadRest && !isForStream(call.request())) {
        return false; // It was the server before that took the time.
      }
      // A stream that is cut off goes on where it was, at the same server if that is well.
      return !isForStream(call.request()) || !hasBegun || e instanceof SocketTimeoutException;
    }
  }

  /** Returns whether the servers before the preferred one are to be probed now, by the caller. */
  boolean isProbeDue() {
    return preferred.get() != 0 && probes.isDue() && isProbing.compareAndSet(false, true);
  }

  /**
   * Takes the result of a probe. Returns whether the next server is to be probed.
   *
   * @param isWell whether the server does its work
   */
  boolean probed(int server, boolean isWell) {
    if (isWell) {
      // Meanwhile a call may have come back to an earlier one.
      preferred.updateAndGet(current -> Math.min(current, server));
      probes.foundWell();
    } else if (server + 1 < preferred.get()) {
      return true;
    } else {
      probes.foundNone();
    }
    isProbing.set(false);
    return false;
  }

  /** The servers that one request was not delivered to, and why. */
  private final class Failures {
    private final List<String> reasons = new ArrayList<>();
    private @Nullable IOException last;

    /** Those that are well, and had no place for a stream. */
    final Set<Integer> busy = new HashSet<>();

    /** The shortest wait that one of them asked for: after that, it may take the request. */
    private @Nullable Duration wait;

    int count() {
      return reasons.size();
    }

    void add(int server, String reason) {
      reasons.add(endpoints.server(server) + " (" + sanitizer.of(reason, 200) + ")");
    }

    void add(int server, Response response) {
      add(server, reasonOf(response));
      retryAfter
          .apply(response)
          .filter(asked -> wait == null || asked.compareTo(wait) < 0)
          .ifPresent(asked -> wait = asked);
    }

    static String reasonOf(Response response) {
      return "it answered " + response.code();
    }

    void add(int server, IOException e) {
      add(server, Objects.toString(e.getMessage(), e.getClass().getSimpleName()));
      if (last != null && !last.equals(e)) {
        e.addSuppressed(last);
      }
      last = e;
    }

    /** Returns the failure of all of them, of which this is the last. */
    IOException and(int server, IOException e) {
      add(server, e);
      return new UndeliveredException(toString(), e, wait, !busy.isEmpty());
    }

    @Override
    public String toString() {
      return "not delivered to " + String.join(", ", reasons);
    }
  }
}
