package dev.rollcall.app.options;

import dev.rollcall.StoreRegistry;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.metrics.RollcallMetrics;
import dev.rollcall.spi.TtlStore;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help;
import picocli.CommandLine.Option;

/** What the server shows of itself: metrics, the page. */
public final class ObserveOptions {
  @Option(names = "--without-metrics", description = "Leave out /metrics.")
  private boolean withoutMetrics;

  @Option(names = "--without-page", description = "Leave out the page at /.")
  private boolean withoutPage;

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--observe-port",
      paramLabel = "PORT",
      description =
          "Port for /health and /metrics alone; the latter are then not at --port. 0 for any.")
  private Optional<Integer> observePort = Optional.empty();

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--observe-host",
      paramLabel = "HOST",
      description = "Address to listen at for these; else that of --host.")
  private Optional<String> observeHost = Optional.empty();

  private @Nullable PrometheusMeterRegistry meters;
  private volatile @Nullable ProcessMeters ofProcess;

  /** Returns the store to serve from; for use before {@link #applyTo}. */
  public TtlStore measured(TtlStore store) {
    if (withoutMetrics) {
      return store;
    }
    meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    ProcessMeters.bindBuild(meters, Version.number());
    return RollcallMetrics.of(meters).measured(store);
  }

  /** Has watches measured, if metrics are; for use after the store. */
  public StoreRegistry.Builder measured(StoreRegistry.Builder registry) {
    return meters == null ? registry : registry.viewListener(RollcallMetrics.of(meters).views());
  }

  public void applyTo(RegistryEndpoints.Builder endpoints) {
    if (meters != null) {
      RollcallMetrics metrics = RollcallMetrics.of(meters);
      endpoints
          .listener(metrics.requests())
          .streamListener(metrics.streams())
          .metrics(meters::scrape);
    }
    if (observePort.isPresent()) {
      endpoints.metricsApart();
    }
    if (withoutPage) {
      endpoints.withoutPage();
    }
  }

  /**
   * Measures the process as well, if metrics are wanted; for use once the server has started, since
   * the JVM takes a while to load what tells of it.
   */
  public void measureProcess() {
    if (meters != null) {
      ofProcess = ProcessMeters.bind(meters);
    }
  }

  /** Ends what {@link #measureProcess} began. */
  public void close() {
    ProcessMeters bound = ofProcess;
    if (bound != null) {
      bound.close();
    }
  }

  public void applyTo(RegistryHttpServer.Builder server) {
    if (observeHost.isPresent() && observePort.isEmpty()) {
      throw new IllegalArgumentException(
          "--observe-host needs an --observe-port; set one, or leave --observe-host out");
    }
    observePort.ifPresent(
        port -> OptionException.in("--observe-port", () -> server.observePort(port)));
    observeHost.ifPresent(
        host -> OptionException.in("--observe-host", () -> server.observeHost(host)));
  }
}
