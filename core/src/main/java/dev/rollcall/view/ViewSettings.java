package dev.rollcall.view;

import dev.rollcall.spi.ViewListener;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How a view works.
 *
 * @param nanoTime measures intervals and leases
 * @param wallClock dates changes
 * @param executor runs the view and calls the listeners, and stays the caller's; null for threads
 *     of the view's own
 * @param maxBytes how much heap the services may take; beyond it the view is stale
 * @param reconcileInterval how long after a comparison with the whole list the next one comes;
 *     later where lists take long
 * @param listener hears how the view does
 */
public record ViewSettings(
    LongSupplier nanoTime,
    InstantSource wallClock,
    @Nullable ScheduledExecutorService executor,
    long maxBytes,
    Duration reconcileInterval,
    ViewListener listener) {
  /** Hears nothing. */
  public static final ViewListener NO_LISTENER = new ViewListener() {};

  /** How often all is compared where nobody says otherwise. */
  public static final Duration RECONCILE_INTERVAL = Duration.ofSeconds(5);

  private static final int SHARE_OF_HEAP = 4;

  /** Returns how much heap the services may take where nobody says otherwise: a quarter of it. */
  public static long defaultMaxBytes() {
    return Math.max(1, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
  }

  /** Returns the settings of a view that has threads of its own. */
  static ViewSettings defaults(InstantSource wallClock) {
    return new ViewSettings(
        System::nanoTime, wallClock, null, defaultMaxBytes(), RECONCILE_INTERVAL, NO_LISTENER);
  }
}
