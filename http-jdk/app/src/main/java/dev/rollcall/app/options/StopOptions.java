package dev.rollcall.app.options;

import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How the server ends. */
public final class StopOptions {
  @Option(
      names = "--drain-delay",
      paramLabel = "TIME",
      description = "How long it serves on after SIGTERM, while /health/ready says 503.",
      defaultValue = "0s",
      converter = TimeConverter.class)
  private Duration drainDelay;

  @Option(
      names = "--drain-time",
      paramLabel = "TIME",
      description = "How long it then waits for the requests that run.",
      defaultValue = "10s",
      converter = TimeConverter.class)
  private Duration drainTime;

  public void applyTo(RegistryHttpServer.Builder server) {
    OptionException.in("--drain-delay", () -> server.drainDelay(drainDelay));
    OptionException.in("--drain-time", () -> server.drainTime(drainTime));
  }
}
