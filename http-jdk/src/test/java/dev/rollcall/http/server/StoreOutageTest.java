package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

class StoreOutageTest {
  private final List<String> logged = new ArrayList<>();
  private final StoreOutage outage = new StoreOutage(new ListLogger(logged));

  @Test
  void anOutageIsLoggedWhenItStartsAndWhenItEnds() {
    outage.ended();
    assertThat(logged).isEmpty();

    outage.failed(new StoreUnavailableException("first"));
    outage.failed(new StoreUnavailableException("second"));
    assertThat(logged).containsExactly("WARN cause=first store.unavailable");

    outage.ended();
    outage.ended();
    assertThat(logged).hasSize(2).last().isEqualTo("INFO store.recovered");

    outage.failed(new StoreUnavailableException("third"));
    assertThat(logged).hasSize(3).last().isEqualTo("WARN cause=third store.unavailable");
  }

  private static final class ListLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1L;

    private final transient List<String> lines;

    ListLogger(List<String> lines) {
      this.lines = lines;
      this.name = "test";
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
}
