package dev.rollcall.app;

import dev.rollcall.StoreRegistry;
import dev.rollcall.app.log.LineFormat;
import dev.rollcall.app.log.LineLoggerProvider;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.metrics.RollcallMetrics;
import dev.rollcall.spi.TtlStore;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.Option;

/** What the server shows of itself: logs, metrics, the page. */
final class ObserveOptions {
  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      description = "How the log's lines look: key-value or json.")
  private LineFormat logFormat = LineFormat.KEY_VALUE;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      description = "The least that is logged: error, warn, info or debug, which has each request.")
  private Level logLevel = Level.INFO;

  @Option(names = "--no-metrics", description = "Leave out /metrics.")
  private boolean noMetrics;

  @Option(names = "--no-page", description = "Leave out the page at /.")
  private boolean noPage;

  private @Nullable PrometheusMeterRegistry meters;

  /** Says how to log; for use before anything is logged. */
  void applyToLog() {
    System.setProperty(LineLoggerProvider.FORMAT_PROPERTY, logFormat.name());
    System.setProperty(LineLoggerProvider.LEVEL_PROPERTY, logLevel.name());
  }

  /** Returns the store to serve from; for use before {@link #applyTo}. */
  TtlStore measured(TtlStore store) {
    if (noMetrics) {
      return store;
    }
    meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    return RollcallMetrics.of(meters).measured(store);
  }

  /** Has watches measured, if metrics are; for use after the store. */
  StoreRegistry.Builder measured(StoreRegistry.Builder registry) {
    return meters == null ? registry : registry.viewListener(RollcallMetrics.of(meters).views());
  }

  void applyTo(RegistryEndpoints.Builder endpoints) {
    if (meters != null) {
      RollcallMetrics metrics = RollcallMetrics.of(meters);
      endpoints
          .listener(metrics.requests())
          .streamListener(metrics.streams())
          .metrics(meters::scrape);
    }
    if (noPage) {
      endpoints.withoutPage();
    }
  }
}
