package dev.rollcall.http.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.rollcall.http.server.harness.ListLogger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.jul.JDK14LoggerFactory;

/** What a host's log shows of an event, by the layouts that hosts have. */
class LogEventTest {
  private final List<String> lines = new ArrayList<>();
  private final LoggerContext logback = new LoggerContext();

  @AfterEach
  void stop() {
    logback.stop();
  }

  private Logger logback(String pattern) {
    var layout = new PatternLayout();
    layout.setContext(logback);
    layout.setPattern(pattern);
    layout.start();
    var appender =
        new AppenderBase<ILoggingEvent>() {
          @Override
          protected void append(ILoggingEvent event) {
            lines.add(layout.doLayout(event).strip());
          }
        };
    appender.setContext(logback);
    appender.start();
    ch.qos.logback.classic.Logger logger = logback.getLogger("dev.rollcall.http");
    logger.addAppender(appender);
    return logger;
  }

  private static LogEvent registered(Logger log) {
    return LogEvent.of(log, Level.INFO, "service.registered")
        .with("service_id", "a")
        .with("ttl", Duration.ofSeconds(30))
        .with("detail", "two \"words\"");
  }

  @Test
  void aPatternWithoutPairsShowsTheFields() {
    registered(logback("%level %logger{36} - %msg%n")).log();

    assertThat(lines)
        .containsExactly(
            "INFO dev.rollcall.http - service.registered service_id=a ttl=PT30S"
                + " detail=\"two \\\"words\\\"\"");
  }

  @Test
  void whatReadsPairsHasThemWithTheirTypes() {
    registered(logback("%kvp")).log();

    assertThat(lines).containsExactly("service_id=\"a\" ttl=\"PT30S\" detail=\"two \"words\"\"");
  }

  @Test
  void eventsOfOneKindHaveTheSameMessageBeforeItIsFormatted() {
    var messages = new ArrayList<String>();
    var appender =
        new AppenderBase<ILoggingEvent>() {
          @Override
          protected void append(ILoggingEvent event) {
            messages.add(event.getMessage());
          }
        };
    appender.start();
    ch.qos.logback.classic.Logger logger = logback.getLogger("x");
    logger.addAppender(appender);
    for (String id : List.of("a", "{}")) {
      LogEvent.of(logger, Level.WARN, "e").with("id", id).log();
    }

    assertThat(messages).containsExactly("e id={}", "e id={}");
  }

  @Test
  void javaUtilLoggingShowsThemOnce() {
    var jul = java.util.logging.Logger.getLogger("dev.rollcall.test.log-event");
    jul.setUseParentHandlers(false);
    jul.setLevel(java.util.logging.Level.ALL);
    jul.addHandler(
        new Handler() {
          @Override
          public void publish(LogRecord event) {
            lines.add(new SimpleFormatter().formatMessage(event));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        });
    registered(new JDK14LoggerFactory().getLogger(jul.getName())).log();

    assertThat(lines)
        .containsExactly("service.registered service_id=a ttl=PT30S detail=\"two \\\"words\\\"\"");
  }

  @Test
  void noValueForgesAnotherFieldOrLine() {
    var log = new ListLogger();
    LogEvent.of(log, Level.WARN, "e")
        .with("a", "x b=y")
        .with("b", "{}")
        .with("c", "\u001b[2J\nerror")
        .with("d", "")
        .log();

    assertThat(log.lines())
        .containsExactly("WARN e a=\"x b=y\" b={} c=\"\\u001b[2J\\nerror\" d=\"\"");
  }
}
