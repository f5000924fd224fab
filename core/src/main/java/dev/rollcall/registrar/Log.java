package dev.rollcall.registrar;

import java.lang.System.Logger.Level;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Core's one logger. It never throws: a log that fails, or a message that cannot be made, is not
 * worth a registration.
 */
final class Log {
  private Log() {}

  /** Made on first use, within the guard: a host's logging may fail to start. */
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
      // There is nobody left to tell.
    }
  }
}
