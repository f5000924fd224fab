package dev.rollcall.metrics;

import dev.rollcall.http.server.spi.CompletedRequest;
import dev.rollcall.http.server.spi.RequestListener;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

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
    request
        .problem()
        .ifPresent(
            reason ->
                meters
                    .counter(
                        "rollcall.refusals",
                        "Requests that a problem was the answer to",
                        "operation",
                        request.operation(),
                        "reason",
                        reason)
                    .increment());
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

  private record Kind(String operation, int statusClass) {}
}
