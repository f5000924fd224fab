package dev.rollcall.http.server.log;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.DefaultLoggingEventBuilder;
import org.slf4j.spi.LoggingEventAware;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * An event of the log: its name, and fields that say the rest.
 *
 * <p>The fields stand in the message, as {@code name=value}, because most patterns show nothing but
 * that. Where the logger keeps key-value pairs, they are such pairs as well, for what searches or
 * counts by them. SLF4J would put the pairs of another logger into its message, a second time.
 *
 * <p>Is not thread-safe.
 */
public final class LogEvent {
  private final Logger log;
  private final Level level;
  private final String name;
  private final Map<String, Object> fields = new LinkedHashMap<>();
  private @Nullable Throwable cause;

  private LogEvent(Logger log, Level level, String name) {
    this.log = log;
    this.level = level;
    this.name = name;
  }

  /** Creates an event that has happened and is not logged yet. */
  public static LogEvent of(Logger log, Level level, String name) {
    return new LogEvent(log, level, name);
  }

  /** Adds a field. */
  public LogEvent with(String field, Object value) {
    fields.put(field, value);
    return this;
  }

  /** Sets the failure whose stack trace is logged with it. */
  public LogEvent cause(Throwable failure) {
    this.cause = failure;
    return this;
  }

  /** Logs it, if its level is. */
  public void log() {
    if (!log.isEnabledForLevel(level)) {
      return;
    }
    LoggingEventBuilder line = log.atLevel(level);
    boolean keepsPairs =
        log instanceof LoggingEventAware || !(line instanceof DefaultLoggingEventBuilder);
    // Not the values: a log that groups by messages would find no two alike.
    var message = new StringBuilder(name);
    for (Map.Entry<String, Object> field : fields.entrySet()) {
      message.append(' ').append(field.getKey()).append("={}");
      line = line.addArgument(LogText.plainOrQuoted(field.getValue()));
      line = keepsPairs ? line.addKeyValue(field.getKey(), field.getValue()) : line;
    }
    (cause == null ? line : line.setCause(cause)).log(message.toString());
  }
}
