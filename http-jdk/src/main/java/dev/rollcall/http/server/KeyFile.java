package dev.rollcall.http.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A file with a key a line. What is written to it in place counts once its last line has its line
 * break, for until then that may be half a key; a file that came by a rename is whole, and so is
 * the first, for secrets of containers often end without one. Is not thread-safe.
 */
final class KeyFile {
  private static final long SETTLED_MILLIS = 1_000;
  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int MAX_STEPS = 100;

  private final Path file;
  private final InstantSource clock;
  private @Nullable Object lastIdentity;
  private boolean wasRead;

  KeyFile(Path file) {
    this(file, Clock.systemUTC());
  }

  /** Makes one; for the tests, which hold the clock. */
  KeyFile(Path file, InstantSource clock) {
    this.file = file;
    this.clock = clock;
  }

  /**
   * Reads the keys.
   *
   * @throws IllegalArgumentException if a line is no key, or the last may be half of one; the
   *     message has its number, and no key
   */
  List<String> read() throws IOException {
    @Nullable Object identity = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    String text = text();
    for (int step = 0; !wasRead && !isEnded(text) && isFresh() && step < MAX_STEPS; step++) {
      LockSupport.parkNanos(STEP_NANOS);
      text = text();
    }
    boolean isInPlace = wasRead && (identity == null || identity.equals(lastIdentity));
    if (isInPlace && !isEnded(text)) {
      throw new IllegalArgumentException(
          "its last line has no line break, so the key there may not be whole: end it with one,"
              + " or replace the file by a rename");
    }
    List<String> keys = keys(text);
    lastIdentity = identity;
    wasRead = true;
    return keys;
  }

  private String text() throws IOException {
    // Not as UTF-8: what is no UTF-8 is then told of by its line, as all that is not ASCII.
    return Files.readString(file, ISO_8859_1);
  }

  private static boolean isEnded(String text) {
    return text.endsWith("\n") || text.endsWith("\r");
  }

  /** Returns whether somebody has written to it just now; a pipe can be read only once. */
  private boolean isFresh() throws IOException {
    var attributes = Files.readAttributes(file, BasicFileAttributes.class);
    long age = clock.millis() - attributes.lastModifiedTime().toMillis();
    return attributes.isRegularFile() && age >= 0 && age < SETTLED_MILLIS;
  }

  private static List<String> keys(String text) {
    List<String> keys = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String key = line.strip();
      if (!key.isEmpty()) {
        try {
          keys.add(ServiceKeys.checked(key));
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException("line " + number + ": " + e.getMessage());
        }
      }
    }
    return keys;
  }
}
