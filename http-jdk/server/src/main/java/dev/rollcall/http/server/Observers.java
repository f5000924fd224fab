package dev.rollcall.http.server;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;

/** Tells of each request that was answered: the log, below INFO, and the listeners. */
final class Observers {
  private final Logger log;
  private final ClientAddress addresses;
  private final List<RequestListener> listeners;

  Observers(Logger log, ClientAddress addresses, List<RequestListener> listeners) {
    this.log = log;
    this.addresses = addresses;
    this.listeners = List.copyOf(listeners);
  }

  /** Tells all; what one of them throws, whatever it is, is logged and harms nobody. */
  void answered(Request request, Answer answer, long nanos) {
    try {
      tell(request, answer, nanos);
    } catch (Throwable e) {
      brokeDown(e);
    }
  }

  private void tell(Request request, Answer answer, long nanos) {
    if (log.isDebugEnabled()) {
      log.atDebug()
          .addKeyValue("operation", request.endpoint().name())
          .addKeyValue("status", answer.status())
          .addKeyValue("client", addresses.of(request).getHostAddress())
          .addKeyValue("micros", nanos / 1000)
          .log("request.answered");
    }
    if (listeners.isEmpty()) {
      return;
    }
    Optional<String> problem =
        answer.problemType().isEmpty() ? Optional.empty() : Optional.of(answer.problemType());
    var answered =
        new AnsweredRequest(
            request.endpoint().name(), answer.status(), problem, Duration.ofNanos(nanos));
    for (RequestListener listener : listeners) {
      tell(listener, answered);
    }
  }

  /** Tells of a client that did not wait for its answer, or did not send all of its request. */
  void clientGone(IOException cause) {
    try {
      log.atDebug().addKeyValue("cause", LogText.of(cause.toString())).log("client.gone");
    } catch (Throwable e) {
      brokeDown(e);
    }
  }

  /** Tells of a request or a listener that something ended which is no answer; throws nothing. */
  void brokeDown(Throwable cause) {
    logBrokenDown(log, cause);
  }

  /** Has a line logged; what the log throws, an {@code Error} too, changes no request. */
  static void log(Logger log, Runnable line) {
    try {
      line.run();
    } catch (Throwable e) {
      logBrokenDown(log, e);
    }
  }

  /** Logs what ended a request without an answer; throws nothing. */
  static void logBrokenDown(Logger log, Throwable cause) {
    try {
      log.atError().setCause(LogText.of(cause)).log("request.broke_down");
    } catch (Throwable e) {
      cause.addSuppressed(e); // There is nobody else to tell.
    }
  }

  private void tell(RequestListener listener, AnsweredRequest answered) {
    try {
      listener.answered(answered);
    } catch (Throwable e) {
      log.atWarn().setCause(e).log("listener.failed");
    }
  }
}
