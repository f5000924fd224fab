package dev.rollcall.app.commands;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.http.client.HttpServiceRegistry;
import dev.rollcall.http.wire.WatchedFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file that holds the service key of a client. */
final class ServiceKeyFile {
  private static final int MAX_BYTES = 4_096;

  private ServiceKeyFile() {}

  /**
   * Reads the key, and reads it again when it is asked for after the file has changed. While the
   * file cannot be used then, the former key stays, and that is logged.
   *
   * @throws IllegalArgumentException if it cannot be read now, or holds something else than a key;
   *     the message has nothing of it
   */
  static Supplier<String> watch(Path file) {
    return new WatchedFiles<>(List.of(file), () -> read(file), new FileLog());
  }

  private static String read(Path file) throws IOException {
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes(MAX_BYTES);
    }
    String key = new String(content, UTF_8).strip();
    if (key.isEmpty() || key.lines().count() > 1) {
      throw new IllegalArgumentException(
          "it must hold one line, the service key; it has " + key.lines().count());
    }
    // Refuses what is not a key now, so that the former one stays.
    var unused = HttpServiceRegistry.builder(RegistryOptions.DEFAULT_URL).serviceKey(key);
    return key;
  }

  private static final class FileLog implements WatchedFiles.Listener {
    private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.app");

    @Override
    public void reloaded(List<Path> files) {
      LOG.atInfo().addKeyValue("files", files).log("files.reloaded");
    }

    @Override
    public void kept(String reason) {
      LOG.atWarn().addKeyValue("cause", reason).log("files.kept");
    }
  }
}
