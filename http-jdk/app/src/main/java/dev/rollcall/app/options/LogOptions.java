package dev.rollcall.app.options;

import dev.rollcall.app.log.LineFormat;
import dev.rollcall.app.log.LineLoggerProvider;
import org.slf4j.event.Level;
import picocli.CommandLine.Option;

/** How a program logs. */
public final class LogOptions {
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

  /** Says how to log; for use before anything is logged. */
  public void apply() {
    System.setProperty(LineLoggerProvider.FORMAT_PROPERTY, logFormat.name());
    System.setProperty(LineLoggerProvider.LEVEL_PROPERTY, logLevel.name());
  }
}
