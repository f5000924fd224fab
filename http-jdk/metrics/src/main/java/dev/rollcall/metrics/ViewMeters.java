package dev.rollcall.metrics;

import dev.rollcall.spi.ViewListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Measures the view that a registry keeps while it is watched. */
final class ViewMeters implements ViewListener {
  private final AtomicInteger watches = new AtomicInteger();
  private final AtomicInteger services = new AtomicInteger();
  private final AtomicInteger stale = new AtomicInteger();
  private final Counter reconciles;
  private final Counter differences;
  private final Counter gaps;
  private final Timer expiryLag;

  ViewMeters(MeterFactory meters) {
    meters.gauge("rollcall.watches", "Watches that are open", watches, AtomicInteger::get);
    meters.gauge(
        "rollcall.view.services", "Services that watches know", services, AtomicInteger::get);
    meters.gauge(
        "rollcall.view.stale",
        "1 while the store cannot be asked and watches may be out of date",
        stale,
        AtomicInteger::get);
    this.reconciles =
        meters.counter("rollcall.view.reconciles", "Comparisons of the view with the whole list");
    this.differences =
        meters.counter(
            "rollcall.view.differences", "Services that differed in a comparison with the list");
    this.gaps = meters.counter("rollcall.view.gaps", "Times that hints may have been missed");
    this.expiryLag =
        meters.timer(
            "rollcall.expiry.lag", "How long after the end of its lease an expiry was seen");
  }

  @Override
  public void watchesOpen(int open) {
    watches.set(open);
  }

  @Override
  public void servicesKnown(int known) {
    services.set(known);
  }

  @Override
  public void expirySeen(Duration lag) {
    expiryLag.record(lag);
  }

  @Override
  public void reconciled(int found) {
    reconciles.increment();
    differences.increment(found);
  }

  @Override
  public void hintsMissed() {
    gaps.increment();
  }

  @Override
  public void staleness(boolean isStale) {
    stale.set(isStale ? 1 : 0);
  }
}
