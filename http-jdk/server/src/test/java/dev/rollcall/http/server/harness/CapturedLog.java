package dev.rollcall.http.server.harness;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What a logger says while this is open, in place of its usual handlers. */
public final class CapturedLog implements AutoCloseable {
  private final List<LogRecord> records = new CopyOnWriteArrayList<>();
  private final Logger logger;
  private final @Nullable Level usual;

  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          records.add(line);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  /** Listens to a logger, from a level on. */
  public CapturedLog(String name, Level level) {
    logger = Logger.getLogger(name);
    usual = logger.getLevel();
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
    logger.setLevel(level);
  }

  /** Returns what it has said. */
  public List<String> lines() {
    return records.stream().map(LogRecord::getMessage).toList();
  }

  /** Returns how grave each line is. */
  public List<Level> levels() {
    return records.stream().map(LogRecord::getLevel).toList();
  }

  @Override
  public void close() {
    logger.removeHandler(handler);
    logger.setLevel(usual);
    logger.setUseParentHandlers(true);
  }
}
