package dev.rollcall.http.client.log;

import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Logs a condition when it begins and when it ends. What repeats it meanwhile is logged at DEBUG.
 *
 * <p>Safe for use by any number of threads.
 */
public final class ConditionLog {
  private static final System.Logger LOGGER = System.getLogger("dev.rollcall.http.client");

  private final AtomicBoolean holds = new AtomicBoolean();

  /** The condition holds: a warning if it did not hold before. */
  public void holds(Supplier<String> message) {
    LOGGER.log(holds.getAndSet(true) ? Level.DEBUG : Level.WARNING, message);
  }

  /** The condition does not hold: logged if it held before. */
  public void ended(Supplier<String> message) {
    if (holds.get() && holds.getAndSet(false)) {
      LOGGER.log(Level.INFO, message);
    }
  }
}
