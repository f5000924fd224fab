package dev.rollcall.http.server.log;

import dev.rollcall.http.wire.WatchedFiles;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Logs when keys or certificates have changed on disk. */
public final class FileLog implements WatchedFiles.Listener {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.http");

  @Override
  public void reloaded(List<Path> files) {
    SafeLog.log(
        LOG, () -> LogEvent.of(LOG, Level.INFO, "files.reloaded").with("files", files).log());
  }

  @Override
  public void kept(String reason) {
    SafeLog.log(LOG, () -> LogEvent.of(LOG, Level.WARN, "files.kept").with("cause", reason).log());
  }
}
