package dev.rollcall.http.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A file with a key, and what it may do, a line; a line that starts with # is a comment. It counts
 * once its last line has its line break, for until then that may be half a key. Secrets of
 * containers often end without one, so a file may when it is read first, and when it is certain
 * that another was renamed to it after it was written. Is not thread-safe.
 */
final class KeyFile {
  private static final int MAX_BYTES = 1 << 20;
  private static final long SETTLED_MILLIS = 1_000;
  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int MAX_STEPS = 100;

  private final Path file;
  private final InstantSource clock;
  private @Nullable Place last;
  private boolean wasRead;

  /** Where a file was found: another file has another place, whatever its name. */
  private record Place(Path realPath, @Nullable Object identity) {}

  KeyFile(Path file) {
    this(file, Clock.systemUTC());
  }

  /** Watches the same file by a clock that a test turns. */
  KeyFile(Path file, InstantSource clock) {
    this.file = file;
    this.clock = clock;
  }

  /**
   * Reads the lines that hold a key, each as {@link ServiceKey#parse} takes it. A line that begins
   * with # is a comment and not a key: somebody may still know the key that was commented out.
   *
   * @throws IllegalArgumentException if a line is not a key, or the last may be half of one; the
   *     message has its number, and no key
   */
  List<String> read() throws IOException {
    boolean isRenamed = isRenamed();
    String text = text();
    for (int step = 0; !wasRead && !isEnded(text) && isFresh() && step < MAX_STEPS; step++) {
      LockSupport.parkNanos(STEP_NANOS);
      text = text();
    }
    if (wasRead && !isRenamed && !isEnded(text)) {
      throw new IllegalArgumentException(
          "its last line has no line break, so the key there may not be whole: end that line with"
              + " one");
    }
    List<String> keys = keys(text);
    wasRead = true;
    return keys;
  }

  /**
   * Returns whether the file came by a rename since it was last looked at. That is so if a symbolic
   * link on the way to it was replaced, as Kubernetes does. Else a file that is new here may also
   * have been created here, and be written still: each write sets both of its times to the same,
   * and a rename only that of its inode, which is then the later.
   */
  private boolean isRenamed() throws IOException {
    @Nullable Place before = last;
    Place now = new Place(realPath(), attributes().fileKey());
    last = now;
    if (before == null || now.identity() == null) {
      return false;
    }
    return !now.realPath().equals(before.realPath())
        || (!now.identity().equals(before.identity()) && isChangedAfterItWasWritten());
  }

  private Path realPath() {
    try {
      return file.toRealPath();
    } catch (IOException e) {
      return file; // A pipe has none.
    }
  }

  private boolean isChangedAfterItWasWritten() throws IOException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return false;
    }
    Map<String, Object> times = Files.readAttributes(file, "unix:ctime,lastModifiedTime");
    return times.get("ctime") instanceof FileTime changed
        && times.get("lastModifiedTime") instanceof FileTime written
        && changed.compareTo(written) > 0;
  }

  private String text() throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MAX_BYTES + 1);
      if (content.length > MAX_BYTES) {
        throw new IllegalArgumentException("it is longer than 1 MiB; is it the right file?");
      }
      // Not as UTF-8: a line that is not UTF-8 is then reported like any that is not ASCII.
      return new String(content, ISO_8859_1);
    }
  }

  private static boolean isEnded(String text) {
    return text.endsWith("\n") || text.endsWith("\r");
  }

  /** Returns whether somebody has written to it just now; a pipe can be read only once. */
  private boolean isFresh() throws IOException {
    var attributes = attributes();
    long age = clock.millis() - attributes.lastModifiedTime().toMillis();
    return attributes.isRegularFile() && age >= 0 && age < SETTLED_MILLIS;
  }

  private BasicFileAttributes attributes() throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class);
  }

  private static List<String> keys(String text) {
    List<String> keys = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String key = line.strip();
      if (!key.isEmpty() && !key.startsWith("#")) {
        try {
          ServiceKey.parse(key);
          keys.add(key);
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException("line " + number + ": " + e.getMessage());
        }
      }
    }
    return keys;
  }
}
