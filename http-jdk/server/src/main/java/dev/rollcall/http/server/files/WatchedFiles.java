package dev.rollcall.http.server.files;

import dev.rollcall.http.server.log.LogEvent;
import dev.rollcall.http.server.log.SafeLog;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What some files hold together. Whoever asks looks whether they have changed, at most once a
 * second; so there is no thread for it. If the files cannot be read or are invalid, that is logged,
 * and the former value stays.
 *
 * <p>A file may be looked at while it is being written, so one that has changed is read once nobody
 * has written to it for a second: by its time of change, or by two looks that find it the same.
 * What may be half of it even then only its reader can tell.
 */
public final class WatchedFiles<T> implements Supplier<T> {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.http");
  private static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Makes the value from the files. */
  @FunctionalInterface
  public interface Reader<T> {
    /**
     * Reads.
     *
     * @throws GeneralSecurityException if the content is invalid
     * @throws IllegalArgumentException the same
     */
    T read() throws IOException, GeneralSecurityException;
  }

  private record Stamp(FileTime modified, long size, @Nullable Object fileKey) {}

  private final List<Path> files;
  private final Reader<T> reader;
  private final LongSupplier nanoTime;
  private final InstantSource wallClock;
  private final ReentrantLock checking = new ReentrantLock();

  /** Of the files when they were last read, for better or worse. */
  private List<Optional<Stamp>> stamps;

  /** Of the files at the last look. */
  private List<Optional<Stamp>> seen;

  /** Of the files when it was last said that they cannot be read. */
  private List<Optional<Stamp>> reported = List.of();

  private volatile T value;
  private volatile long checkedAtNanos;

  /**
   * Reads the files for the first time.
   *
   * @throws IllegalArgumentException if they cannot be read, or their content is invalid
   */
  public WatchedFiles(List<Path> files, Reader<T> reader) {
    this(files, reader, System::nanoTime, Clock.systemUTC());
  }

  /** Reads the files for the first time; for the tests, which turn the clocks. */
  public WatchedFiles(
      List<Path> files, Reader<T> reader, LongSupplier nanoTime, InstantSource wallClock) {
    this.files = List.copyOf(files);
    this.reader = reader;
    this.nanoTime = nanoTime;
    this.wallClock = wallClock;
    this.checkedAtNanos = nanoTime.getAsLong();
    this.stamps = stamps();
    this.seen = stamps;
    try {
      this.value = reader.read();
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new IllegalArgumentException(whatIsWrong(e), e);
    }
  }

  @Override
  public T get() {
    if (nanoTime.getAsLong() - checkedAtNanos >= CHECK_NANOS && checking.tryLock()) {
      try {
        checkedAtNanos = nanoTime.getAsLong();
        readIfChanged();
      } finally {
        checking.unlock();
      }
    }
    return value;
  }

  private void readIfChanged() {
    List<Optional<Stamp>> now = stamps();
    boolean isSettled = now.equals(seen) || isOld(now);
    seen = now;
    if (now.equals(stamps) || !isSettled) {
      return;
    }
    try {
      T read = reader.read();
      if (stamps().equals(now)) { // else it changed under the reader, and the next look is soon
        value = read;
        stamps = now;
        SafeLog.log(
            LOG, () -> LogEvent.of(LOG, Level.INFO, "files.reloaded").with("files", files).log());
      }
    } catch (FileSystemException e) {
      // It is tried again: too many files may be open, or it is about to be replaced.
      keep(now, e);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      stamps = now; // The same files make no more sense the next time.
      keep(now, e);
    }
  }

  private void keep(List<Optional<Stamp>> now, Exception why) {
    if (!now.equals(reported)) {
      reported = now;
      SafeLog.log(
          LOG,
          () -> LogEvent.of(LOG, Level.WARN, "files.kept").with("cause", whatIsWrong(why)).log());
    }
  }

  /** Returns whether nobody has written to any of them for a second, by their own times. */
  private boolean isOld(List<Optional<Stamp>> now) {
    Instant aSecondAgo = wallClock.instant().minusNanos(CHECK_NANOS);
    return now.stream()
        .allMatch(
            stamp -> stamp.isPresent() && !stamp.get().modified().toInstant().isAfter(aSecondAgo));
  }

  private List<Optional<Stamp>> stamps() {
    return files.stream().map(WatchedFiles::stampOf).toList();
  }

  /** Returns what changes with a file; a file that is not there, or nobody's to see, has none. */
  private static Optional<Stamp> stampOf(Path file) {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return Optional.of(
          new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private String whatIsWrong(Exception e) {
    String reason =
        e instanceof NoSuchFileException
            ? "there is no file " + e.getMessage()
            : e instanceof IllegalArgumentException ? e.getMessage() : e.toString();
    return "cannot use "
        + files.stream().map(Path::toString).collect(Collectors.joining(" and "))
        + ": "
        + reason;
  }
}
