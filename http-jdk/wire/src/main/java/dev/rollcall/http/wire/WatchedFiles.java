package dev.rollcall.http.wire;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
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

/**
 * What some files hold together. Whoever asks looks whether they have changed, at most once a
 * second; so there is no thread for it. If the files cannot be read or are invalid, a listener
 * hears of it, and the former value stays.
 *
 * <p>A file may be looked at while it is being written, so one that has changed is read once nobody
 * has written to it for a second: by its time of change, or by two looks that find it the same.
 * What may be half of it even then only its reader can tell. What is no regular file, such as a
 * pipe, can be read once, and is not looked at again.
 *
 * <p>Safe for use by any number of threads.
 *
 * @param <T> what they hold
 */
public final class WatchedFiles<T> implements Supplier<T> {
  private static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * Makes the value from the files.
   *
   * @param <T> the value
   */
  @FunctionalInterface
  public interface Reader<T> {
    /**
     * Reads.
     *
     * @return the value
     * @throws IOException if a file cannot be read, which is tried again
     * @throws CharacterCodingException if the content is invalid
     * @throws GeneralSecurityException if the content is invalid
     * @throws IllegalArgumentException the same
     */
    T read() throws IOException, GeneralSecurityException;
  }

  /** Hears what becomes of changes, on the thread that asks; what it throws is lost. */
  public interface Listener {
    /**
     * Hears that there is a new value.
     *
     * @param files what it was read from
     */
    void reloaded(List<Path> files);

    /**
     * Hears that the files have changed and that the former value stays; once for each change.
     *
     * @param reason which files they are, and what is wrong with them
     */
    void kept(String reason);
  }

  private record Stamp(FileTime modified, long size, @Nullable Object fileKey) {}

  private static final Stamp UNCHANGING = new Stamp(FileTime.fromMillis(0), 0, null);

  private final List<Path> files;
  private final Reader<T> reader;
  private final Listener listener;
  private final LongSupplier nanoTime;
  private final InstantSource wallClock;
  private final ReentrantLock checking = new ReentrantLock();

  /** Of the files when they were last read, for better or worse. */
  private List<Optional<Stamp>> stamps;

  /** Of the files at the last look. */
  private List<Optional<Stamp>> seen;

  /** Of the files when it was said that they cannot be read, until they are as they were read. */
  private List<Optional<Stamp>> reported = List.of();

  private volatile T value;
  private volatile long checkedAtNanos;

  /**
   * Reads the files for the first time.
   *
   * @param files what to look at
   * @param reader reads all of them
   * @param listener hears what becomes of their changes
   * @throws IllegalArgumentException if they cannot be read, or their content is invalid
   */
  public WatchedFiles(List<Path> files, Reader<T> reader, Listener listener) {
    this(files, reader, listener, System::nanoTime, Clock.systemUTC());
  }

  /** Reads the files for the first time; for the tests, which turn the clocks. */
  WatchedFiles(
      List<Path> files,
      Reader<T> reader,
      Listener listener,
      LongSupplier nanoTime,
      InstantSource wallClock) {
    this.files = List.copyOf(files);
    this.reader = reader;
    this.listener = listener;
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
    if (now.equals(stamps)) {
      reported = List.of(); // They are there: if they are gone again, that is news.
      return;
    }
    if (!isSettled) {
      return;
    }
    try {
      T read = reader.read();
      if (stamps().equals(now)) { // else it changed under the reader, and the next look is soon
        value = read;
        stamps = now;
        reported = List.of();
        tell(() -> listener.reloaded(files));
      }
    } catch (CharacterCodingException | GeneralSecurityException | RuntimeException e) {
      stamps = now; // The same files make no more sense the next time.
      keep(now, e);
    } catch (IOException e) {
      // It is tried again: too many files may be open, it is about to be replaced, or a network
      // has failed.
      keep(now, e);
    }
  }

  private void keep(List<Optional<Stamp>> now, Exception why) {
    if (!now.equals(reported)) {
      reported = now;
      tell(() -> listener.kept(whatIsWrong(why)));
    }
  }

  private static void tell(Runnable news) {
    try {
      news.run();
    } catch (Throwable e) {
      // A log that fails is no reason to have no value.
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
          attributes.isRegularFile()
              ? new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey())
              : UNCHANGING);
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
