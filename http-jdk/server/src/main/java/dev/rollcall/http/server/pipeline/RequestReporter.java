package dev.rollcall.http.server.pipeline;

import dev.rollcall.http.server.log.BreakdownLog;
import dev.rollcall.http.server.log.LogEvent;
import dev.rollcall.http.server.log.LogText;
import dev.rollcall.http.server.log.RateLimitedLogs;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.response.Response;
import dev.rollcall.http.server.spi.CompletedRequest;
import dev.rollcall.http.server.spi.RequestListener;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/** Reports each completed request to the log, below INFO, and to the listeners. */
public final class RequestReporter {
  private final Logger log;
  private final List<RequestListener> listeners;

  private final BreakdownLog breakdowns;

  /** By the class of what was thrown. */
  private final RateLimitedLogs failedListeners;

  public RequestReporter(Logger log, List<RequestListener> listeners, LongSupplier nanoTime) {
    this.log = log;
    this.listeners = List.copyOf(listeners);
    this.breakdowns = new BreakdownLog(log, nanoTime);
    this.failedListeners = new RateLimitedLogs(log, "listener.failed", nanoTime);
  }

  /** Reports to all; whatever one of them throws is logged and has no other effect. */
  void completed(Request request, Response answer, long nanos) {
    try {
      tell(request, answer, nanos);
    } catch (Throwable e) {
      brokeDown(e);
    }
  }

  private void tell(Request request, Response answer, long nanos) {
    if (log.isDebugEnabled()) {
      LogEvent.of(log, Level.DEBUG, "request.answered")
          .with("operation", request.endpoint().name())
          .with("status", answer.status())
          .with("client", request.client().getHostAddress())
          .with("micros", nanos / 1000)
          .log();
    }
    if (listeners.isEmpty()) {
      return;
    }
    Optional<String> problem =
        answer.problemType().isEmpty() ? Optional.empty() : Optional.of(answer.problemType());
    var completed =
        new CompletedRequest(
            request.endpoint().name(), answer.status(), problem, Duration.ofNanos(nanos));
    for (RequestListener listener : listeners) {
      tell(() -> listener.completed(completed));
    }
  }

  /** Reports pings of one batch that had a problem; whatever a listener throws is logged. */
  public void pingsRefused(String problem, int count) {
    for (RequestListener listener : listeners) {
      tell(() -> listener.pingsRefused(problem, count));
    }
  }

  /** Logs that a client did not wait for its response, or did not send all of its request. */
  void clientGone(IOException cause) {
    try {
      LogEvent.of(log, Level.DEBUG, "client.gone")
          .with("cause", LogText.of(cause.toString()))
          .log();
    } catch (Throwable e) {
      brokeDown(e);
    }
  }

  /** Logs what ended a request or a listener unexpectedly. Never throws. */
  void brokeDown(Throwable cause) {
    breakdowns.brokeDown(cause);
  }

  private void tell(Runnable listener) {
    try {
      listener.run();
    } catch (Throwable e) {
      failedListeners.log(Level.WARN, e.getClass().getName(), line -> line.cause(e));
    }
  }
}
