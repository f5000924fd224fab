package dev.rollcall.http.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What some files hold together. Whoever asks looks whether they have changed, at most once a
 * second; so there is no thread for it. Files that cannot be read or make no sense are told of in
 * the log, and what they held before stays.
 */
final class WatchedFiles<T> implements Supplier<T> {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.http");
  private static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Makes the value from the files. */
  @FunctionalInterface
  interface Reader<T> {
    /**
     * Reads.
     *
     * @throws GeneralSecurityException if the files hold what is no good
     * @throws IllegalArgumentException the same
     */
    T read() throws IOException, GeneralSecurityException;
  }

  private record Stamp(FileTime modified, long size, @Nullable Object fileKey) {}

  private final List<Path> files;
  private final Reader<T> reader;
  private final LongSupplier nanoTime;
  private final ReentrantLock checking = new ReentrantLock();
  private List<Optional<Stamp>> stamps;
  private volatile T value;
  private volatile long checkedAtNanos;

  /**
   * Reads the files for the first time.
   *
   * @throws IllegalArgumentException if they cannot be read, or hold what is no good
   */
  WatchedFiles(List<Path> files, Reader<T> reader, LongSupplier nanoTime) {
    this.files = List.copyOf(files);
    this.reader = reader;
    this.nanoTime = nanoTime;
    this.checkedAtNanos = nanoTime.getAsLong();
    this.stamps = stamps();
    try {
      this.value = reader.read();
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
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
    if (now.equals(stamps)) {
      return;
    }
    stamps = now;
    try {
      value = reader.read();
      LOG.atInfo().addKeyValue("files", files).log("files.reloaded");
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      // The stamps may be those of files that are half written; the other half changes them.
      LOG.atWarn().addKeyValue("cause", whatIsWrong(e)).log("files.kept");
    }
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
    String reason = e instanceof IllegalArgumentException ? e.getMessage() : e.toString();
    return "cannot use " + files + ": " + reason;
  }
}
