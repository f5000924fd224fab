package dev.rollcall.registrar;

import java.lang.System.Logger.Level;
import java.util.EnumSet;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.function.Supplier;
import java.util.logging.ConsoleHandler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Core's one logger. It never throws: a log that fails, or a message that cannot be built, must not
 * cost a registration.
 */
final class Log {
  private Log() {}

  /** Created on first use, within the guard: a host's logging may fail to start. */
  private static final class Holder {
    static final System.Logger LOGGER = new ShutdownLogger(System.getLogger("dev.rollcall"));
  }

  static void log(Level level, Supplier<String> message) {
    log(level, message, null);
  }

  static void log(Level level, Supplier<String> message, @Nullable Throwable cause) {
    try {
      if (Holder.LOGGER.isLoggable(level)) {
        Holder.LOGGER.log(level, message.get(), cause);
      }
    } catch (Throwable e) {
      // It cannot be reported anywhere else.
    }
  }

  /**
   * A logger that works until the JVM ends. The JDK's own logging closes its handlers and forgets
   * its levels in a shutdown hook, which runs concurrently with all others. So the message of
   * another hook, such as that a service has deregistered, would be lost. While the JVM shuts down
   * this class writes what no handler takes to the standard error, in the format that is configured
   * for the JDK's console handler. It changes nothing where {@link System.Logger} is backed by
   * another library.
   *
   * <p>Safe for use by any number of threads.
   */
  static final class ShutdownLogger implements System.Logger {
    private final System.Logger log;
    private final boolean isOfJdk;

    /** The levels that were logged before the shutdown. */
    private final Set<Level> loggable = EnumSet.noneOf(Level.class);

    ShutdownLogger(System.Logger log) {
      this.log = log;
      this.isOfJdk =
          "java.logging"
              .equals(System.LoggerFinder.getLoggerFinder().getClass().getModule().getName());
      for (Level level : EnumSet.range(Level.INFO, Level.ERROR)) {
        if (log.isLoggable(level)) {
          loggable.add(level);
        }
      }
    }

    @Override
    public String getName() {
      return log.getName();
    }

    @Override
    public boolean isLoggable(Level level) {
      return log.isLoggable(level) || (isOfJdk && loggable.contains(level) && isShuttingDown());
    }

    @Override
    public void log(
        Level level,
        @Nullable ResourceBundle bundle,
        @Nullable String message,
        @Nullable Throwable thrown) {
      log.log(level, bundle, message, thrown);
      repeatIfLost(level, message, thrown);
    }

    @Override
    public void log(
        Level level,
        @Nullable ResourceBundle bundle,
        @Nullable String format,
        @Nullable Object @Nullable ... parameters) {
      log.log(level, bundle, format, parameters);
      repeatIfLost(level, format, null);
    }

    /** Looks for handlers after the call: better a message that appears twice than one lost. */
    private void repeatIfLost(Level level, @Nullable String message, @Nullable Throwable thrown) {
      if (isOfJdk && loggable.contains(level) && isShuttingDown()) {
        Jul.publishIfWithoutHandler(getName(), level, message, thrown);
      }
    }

    private static boolean isShuttingDown() {
      try {
        Runtime.getRuntime().removeShutdownHook(new Thread("rollcall-none"));
        return false;
      } catch (IllegalStateException e) {
        return true;
      }
    }

    /** Loaded only where the module {@code java.logging} exists. */
    private static final class Jul {
      static void publishIfWithoutHandler(
          String name, Level level, @Nullable String message, @Nullable Throwable thrown) {
        for (Logger logger = Logger.getLogger(name); logger != null; logger = logger.getParent()) {
          if (logger.getHandlers().length > 0) {
            return;
          }
        }
        var line = new LogRecord(of(level), message);
        line.setLoggerName(name);
        line.setThrown(thrown);
        var console = new ConsoleHandler();
        console.publish(line);
        console.flush();
      }

      private static java.util.logging.Level of(Level level) {
        return switch (level) {
          case ERROR -> java.util.logging.Level.SEVERE;
          case WARNING -> java.util.logging.Level.WARNING;
          default -> java.util.logging.Level.INFO;
        };
      }
    }
  }
}
