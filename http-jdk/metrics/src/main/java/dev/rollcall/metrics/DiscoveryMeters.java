package dev.rollcall.metrics;

import dev.rollcall.discovery.Discovery;
import java.time.Duration;
import java.time.InstantSource;

/** Measures a discovery, which counts by itself. */
final class DiscoveryMeters {
  private DiscoveryMeters() {}

  static void bind(MeterFactory meters, Discovery discovery, InstantSource clock) {
    meters.counter(
        "rollcall.discovery.picks", "Instances picked for a call", discovery, Discovery::picks);
    meters.counter(
        "rollcall.discovery.ejections",
        "Times that an instance was left out since it could not be reached",
        discovery,
        Discovery::ejections);
    meters.gauge(
        "rollcall.discovery.ejected",
        "Instances that are left out now",
        discovery,
        Discovery::ejected);
    meters.timeGauge(
        "rollcall.discovery.view.age",
        "How long the registry could not be asked; 0 while it can",
        discovery,
        measured -> age(measured, clock));
    for (String name : discovery.names()) {
      meters.gauge(
          "rollcall.discovery.instances",
          "Instances known, by name",
          discovery,
          measured -> measured.instanceCount(name),
          "name",
          name);
    }
  }

  /** Returns the age in seconds; 0 where the clock has been set back. */
  private static double age(Discovery discovery, InstantSource clock) {
    return discovery
        .staleSince()
        .map(since -> Math.max(0, Duration.between(since, clock.instant()).toMillis() / 1e3))
        .orElse(0.0);
  }
}
