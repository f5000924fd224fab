package dev.rollcall.http.server.log;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Logs when the registry begins to refuse calls for one reason, not each refusal. It is over when
 * there has been none for a minute: that one call was taken meanwhile says nothing.
 */
public final class RefusalLog {
  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Logger log;
  private final String event;
  private final LongSupplier nanoTime;
  private final AtomicLong quietAtNanos;

  /**
   * Starts without a refusal.
   *
   * @param event the name under which an episode is logged
   */
  public RefusalLog(Logger log, String event, LongSupplier nanoTime) {
    this.log = log;
    this.event = event;
    this.nanoTime = nanoTime;
    this.quietAtNanos = new AtomicLong(nanoTime.getAsLong());
  }

  public void refused(Exception cause) {
    long now = nanoTime.getAsLong();
    long before = quietAtNanos.getAndSet(now + QUIET_NANOS);
    if (now - before >= 0) {
      SafeLog.log(
          log,
          () ->
              LogEvent.of(log, Level.WARN, event)
                  .with("cause", LogText.of(cause.getMessage()))
                  .log());
    }
  }
}
