package dev.rollcall.metrics;

import dev.rollcall.http.server.spi.CompletedRequest;
import dev.rollcall.http.server.spi.RequestListener;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Times requests by operation and class of status. */
final class RequestMeters implements RequestListener {
  private static final int PER_CLASS = 100;

  private final MeterFactory meters;
  private final Map<Kind, Timer> timers = new ConcurrentHashMap<>();

  RequestMeters(MeterFactory meters) {
    this.meters = meters;
  }

  @Override
  public void completed(CompletedRequest request) {
    timer(new Kind(request.operation(), request.status() / PER_CLASS)).record(request.took());
    if (request.problem().isPresent()) {
      refused(request.operation(), request.problem().get(), 1);
    }
  }

  @Override
  public void pingsRefused(String problem, int count) {
    refused("ping", problem, count);
  }

  private void refused(String operation, String reason, int count) {
    meters
        .counter(
            "rollcall.refusals",
            "Requests that a problem was the answer to, and such pings of a batch",
            "operation",
            operation,
            "reason",
            reason)
        .increment(count);
  }

  private Timer timer(Kind kind) {
    Timer timer = timers.get(kind);
    return timer == null ? timers.computeIfAbsent(kind, this::newTimer) : timer;
  }

  private Timer newTimer(Kind kind) {
    return meters.timer(
        "rollcall.requests",
        "How long requests take, from their head to the last byte of the answer",
        "operation",
        kind.operation(),
        "status",
        kind.statusClass() + "xx");
  }

  /**
   * What requests are timed by. Equality is written out: the methods that JDK 17 generates for a
   * record keep the class loader of the record alive for ever, once they were called.
   */
  private record Kind(String operation, int statusClass) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Kind kind
          && operation.equals(kind.operation)
          && statusClass == kind.statusClass;
    }

    @Override
    public int hashCode() {
      return 31 * operation.hashCode() + statusClass;
    }
  }
}
