package dev.rollcall.http.server.harness;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** A logger that keeps its lines. */
public final class ListLogger extends LegacyAbstractLogger {
  private static final long serialVersionUID = 1L;

  private final transient List<String> lines;

  public ListLogger() {
    this(new ArrayList<>());
  }

  private ListLogger(List<String> lines) {
    this.name = "test";
    this.lines = lines;
  }

  /** Makes one that cannot keep a line, and throws. */
  public static ListLogger throwing() {
    return new ListLogger(List.of());
  }

  /** Makes one that throws the same for each line. */
  public static ListLogger throwing(Error failure) {
    return new ListLogger(
        new ArrayList<>() {
          private static final long serialVersionUID = 1L;

          @Override
          public boolean add(String line) {
            throw failure;
          }
        });
  }

  public List<String> lines() {
    return lines;
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      String pattern,
      Object @Nullable [] arguments,
      @Nullable Throwable thrown) {
    lines.add(level + " " + MessageFormatter.basicArrayFormat(pattern, arguments));
  }

  @Override
  protected String getFullyQualifiedCallerName() {
    return ListLogger.class.getName();
  }

  @Override
  public boolean isTraceEnabled() {
    return true;
  }

  @Override
  public boolean isDebugEnabled() {
    return true;
  }

  @Override
  public boolean isInfoEnabled() {
    return true;
  }

  @Override
  public boolean isWarnEnabled() {
    return true;
  }

  @Override
  public boolean isErrorEnabled() {
    return true;
  }
}
