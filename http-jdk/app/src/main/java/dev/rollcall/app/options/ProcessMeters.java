package dev.rollcall.app.options;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;

/** Meters of the build, the process and the JVM, by Micrometer's own binders. */
final class ProcessMeters implements AutoCloseable {
  /** The only one that holds something: it listens to the collectors. */
  private final JvmGcMetrics collectors = new JvmGcMetrics();

  private ProcessMeters() {}

  /** Binds what tells of the build alone, for which the JVM loads nothing. */
  static void bindBuild(MeterRegistry registry, String version) {
    Gauge.builder("rollcall.build.info", () -> 1)
        .description("the version that runs, as a label")
        .tag("version", version)
        .strongReference(true)
        .register(registry);
  }

  /** Binds those of the process; they stay in the registry when they are closed. */
  static ProcessMeters bind(MeterRegistry registry) {
    var meters = new ProcessMeters();
    new JvmInfoMetrics().bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    meters.collectors.bindTo(registry);
    return meters;
  }

  @Override
  public void close() {
    collectors.close();
  }
}
