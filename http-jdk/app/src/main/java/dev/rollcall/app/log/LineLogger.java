package dev.rollcall.app.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.LoggingEventAware;
import org.slf4j.spi.MDCAdapter;

/** Writes each event as a line: when, how grave, what, and all that was said with it. */
final class LineLogger extends LegacyAbstractLogger implements LoggingEventAware {
  private static final long serialVersionUID = 1L;

  private final Level least;
  private final LineFormat format;
  private final transient MDCAdapter context;

  LineLogger(String name, Level least, LineFormat format, MDCAdapter context) {
    this.name = name;
    this.least = least;
    this.format = format;
    this.context = context;
  }

  private boolean isEnabled(Level level) {
    return level.compareTo(least) <= 0; // SLF4J's order starts with ERROR
  }

  @Override
  public boolean isTraceEnabled() {
    return isEnabled(Level.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return isEnabled(Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return isEnabled(Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return isEnabled(Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return isEnabled(Level.ERROR);
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null;
  }

  @Override
  public void log(LoggingEvent event) {
    @Nullable List<KeyValuePair> given = event.getKeyValuePairs();
    List<KeyValuePair> pairs = given == null ? List.of() : given;
    write(event.getLevel(), messageOf(event, pairs), pairs, event.getThrowable());
  }

  /**
   * Returns the message, without its end if that repeats the pairs, for logs that show no pairs.
   */
  private static @Nullable String messageOf(LoggingEvent event, List<KeyValuePair> pairs) {
    String message = event.getMessage();
    var end = new StringBuilder();
    for (KeyValuePair pair : pairs) {
      end.append(' ').append(pair.key).append("={}");
    }
    return !pairs.isEmpty() && message != null && message.endsWith(end.toString())
        ? message.substring(0, message.length() - end.length())
        : MessageFormatter.basicArrayFormat(message, event.getArgumentArray());
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      String message,
      @Nullable Object @Nullable [] arguments,
      @Nullable Throwable thrown) {
    write(level, MessageFormatter.basicArrayFormat(message, arguments), List.of(), thrown);
  }

  private void write(
      Level level, @Nullable String event, List<KeyValuePair> pairs, @Nullable Throwable thrown) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("time", Instant.now().truncatedTo(ChronoUnit.MILLIS));
    fields.put("level", level.name().toLowerCase(Locale.ROOT));
    fields.put("event", event);
    for (KeyValuePair pair : pairs) {
      fields.putIfAbsent(pair.key, pair.value);
    }
    Map<String, String> around = context.getCopyOfContextMap();
    if (around != null) {
      around.forEach(fields::putIfAbsent);
    }
    fields.put("logger", name);
    if (thrown != null) {
      fields.put("exception", Traces.of(thrown));
    }
    byte[] line = (format.line(fields) + '\n').getBytes(UTF_8);
    System.err.write(line, 0, line.length); // at once, so lines of several threads do not mix
    System.err.flush();
  }
}
