package dev.rollcall.http.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class WatchedFilesTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  @TempDir private Path folder;

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 10); // it wraps while we watch
  private final AtomicInteger reads = new AtomicInteger();
  private final List<String> heard = new ArrayList<>();
  private Path file = Path.of("");
  private Instant wallClock = Instant.EPOCH.plus(Duration.ofMinutes(60));
  private Step whileReading = () -> {};

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("file");
    write("first", 0);
  }

  private void write(String text, int minute) throws IOException {
    Files.writeString(file, text);
    Instant time = Instant.EPOCH.plus(Duration.ofMinutes(minute));
    Files.setLastModifiedTime(file, FileTime.from(time));
  }

  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }

  private String read() throws IOException {
    reads.incrementAndGet();
    String text = Files.readString(file);
    Step step = whileReading;
    whileReading = () -> {};
    step.run();
    if (text.equals("bad")) {
      throw new IllegalArgumentException("it is bad");
    }
    return text;
  }

  private final class News implements WatchedFiles.Listener {
    @Override
    public void reloaded(List<Path> files) {
      heard.add("reloaded " + files);
    }

    @Override
    public void kept(String reason) {
      heard.add(reason);
    }
  }

  private WatchedFiles<String> watch() {
    return new WatchedFiles<>(List.of(file), this::read, new News(), now::get, () -> wallClock);
  }

  /** A second later, as the clock and as the times of files have it. */
  private String aSecondLater(WatchedFiles<String> watched) {
    now.addAndGet(SECOND);
    wallClock = wallClock.plusSeconds(1);
    return watched.get();
  }

  @Test
  void aFileThatIsStillWrittenToIsLeftAloneUntilASecondHasPassed() throws IOException {
    WatchedFiles<String> watched = watch();
    for (int minute = 61; minute < 64; minute++) {
      write("more and ".repeat(minute) + "more", minute);
      wallClock = Instant.EPOCH.plus(Duration.ofMinutes(minute)).plusMillis(900);
      now.addAndGet(SECOND);
      assertThat(watched.get()).isEqualTo("first");
    }

    assertThat(aSecondLater(watched)).startsWith("more and ");
    assertThat(reads).hasValue(2);
  }

  @Test
  void aFileWhoseTimeIsAheadCountsOnceTwoLooksHaveFoundItTheSame() throws IOException {
    WatchedFiles<String> watched = watch();
    write("ahead", 600);

    assertThat(aSecondLater(watched)).isEqualTo("first");
    assertThat(aSecondLater(watched)).isEqualTo("ahead");
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no mkfifo")
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aPipeIsReadOnce() throws Exception {
    file = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              try {
                Files.writeString(file, "piped", StandardOpenOption.WRITE);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    WatchedFiles<String> watched = watch();
    writer.join();

    // What was written has changed its times; to open it once more would hang.
    assertThat(aSecondLater(watched)).isEqualTo("piped");
    assertThat(aSecondLater(watched)).isEqualTo("piped");
    assertThat(reads).hasValue(1);
    assertThat(heard).isEmpty();
  }

  @Test
  void aFileThatChangesUnderItsReaderIsReadAgain() throws IOException {
    WatchedFiles<String> watched = watch();
    write("torn", 1);
    whileReading = () -> write("whole", 2);

    assertThat(aSecondLater(watched)).isEqualTo("first");
    assertThat(aSecondLater(watched)).isEqualTo("whole");
  }

  @Test
  void aFileThatMayNotBeReadForAWhileIsReadOnceItMay() throws IOException {
    assertIsReadAgainAfter(new FileSystemException("file", null, "Too many open files"));
  }

  /** As of a stale handle of NFS, which the JDK throws without a file's name. */
  @Test
  void aFileThatANetworkDoesNotGiveForAWhileIsReadOnceItDoes() throws IOException {
    assertIsReadAgainAfter(new IOException("Stale file handle"));
  }

  private void assertIsReadAgainAfter(IOException failure) throws IOException {
    WatchedFiles<String> watched = watch();
    write("renewed", 1);
    whileReading =
        () -> {
          throw failure;
        };

    assertThat(aSecondLater(watched)).isEqualTo("first");
    assertThat(aSecondLater(watched)).isEqualTo("renewed");
  }

  @Test
  void aFileThatIsNoTextIsReadOnceForEachChange() throws IOException {
    WatchedFiles<String> watched = watch();
    write("odd", 1);
    whileReading =
        () -> {
          throw new MalformedInputException(1);
        };

    assertThat(aSecondLater(watched)).isEqualTo("first");
    assertThat(aSecondLater(watched)).isEqualTo("first");
    assertThat(reads).hasValue(2);
  }

  @Test
  void whateverAReaderThrowsTheFormerStaysAndTheNextIsRead() throws IOException {
    WatchedFiles<String> watched = watch();
    write("odd", 1);
    whileReading =
        () -> {
          throw new IllegalStateException("a parser's own");
        };

    assertThat(aSecondLater(watched)).isEqualTo("first");
    write("good", 2);
    assertThat(aSecondLater(watched)).isEqualTo("good");
  }

  @Test
  void aChangeCountsWithinASecondAndCostsOneReading() throws IOException {
    WatchedFiles<String> watched = watch();
    write("other", 1);
    assertThat(watched.get()).isEqualTo("first");

    now.addAndGet(SECOND);

    assertThat(watched.get()).isEqualTo("other");
    assertThat(watched.get()).isEqualTo("other");
    assertThat(reads).hasValue(2);
  }

  @Test
  void aFileThatHasNotChangedIsNotReadAgain() {
    WatchedFiles<String> watched = watch();
    now.addAndGet(5 * SECOND);

    assertThat(watched.get()).isEqualTo("first");
    assertThat(reads).hasValue(1);
  }

  @Test
  void aBadOrMissingFileLeavesWhatWasReadBeforeUntilItIsGoodAgain() throws IOException {
    WatchedFiles<String> watched = watch();
    write("bad", 1);
    now.addAndGet(SECOND);
    assertThat(watched.get()).isEqualTo("first");

    Files.delete(file);
    for (int second = 0; second < 3; second++) {
      now.addAndGet(SECOND);
      assertThat(watched.get()).isEqualTo("first");
    }
    write("good again", 2);
    now.addAndGet(SECOND);
    assertThat(watched.get()).isEqualTo("good again");
  }

  @Test
  void eachTimeThatItVanishesIsToldOnce() throws IOException {
    WatchedFiles<String> watched = watch();
    for (int minute = 1; minute < 3; minute++) {
      Files.delete(file);
      for (int second = 0; second < 3; second++) {
        assertThat(aSecondLater(watched)).isNotEmpty();
      }
      write("good again " + minute, minute);
      assertThat(aSecondLater(watched)).isEqualTo("good again " + minute);
    }

    String isGone = "cannot use " + file + ": there is no file " + file;
    assertThat(heard)
        .containsExactly(isGone, "reloaded [" + file + "]", isGone, "reloaded [" + file + "]");
  }

  @Test
  void aFileThatComesBackAsItWasMayVanishAgain() throws IOException {
    Path aside = folder.resolve("aside");
    WatchedFiles<String> watched = watch();
    for (int i = 0; i < 2; i++) {
      Files.move(file, aside);
      aSecondLater(watched);
      aSecondLater(watched);
      Files.move(aside, file);
      assertThat(aSecondLater(watched)).isEqualTo("first");
    }

    assertThat(heard).hasSize(2).allMatch(line -> line.contains("there is no file"));
  }

  @Test
  void aListenerThatFailsCostsNoValue() throws IOException {
    WatchedFiles.Listener failing =
        new WatchedFiles.Listener() {
          @Override
          public void reloaded(List<Path> files) {
            throw new IllegalStateException("the log is full");
          }

          @Override
          public void kept(String reason) {
            throw new IllegalStateException("the log is full");
          }
        };
    var watched = new WatchedFiles<>(List.of(file), this::read, failing, now::get, () -> wallClock);

    write("bad", 1);
    assertThat(aSecondLater(watched)).isEqualTo("first");
    write("good", 2);
    assertThat(aSecondLater(watched)).isEqualTo("good");
  }

  @Test
  void aFileThatIsBadFromTheStartIsRefusedByName() throws IOException {
    write("bad", 0);
    assertThatIllegalArgumentException()
        .isThrownBy(this::watch)
        .withMessageContainingAll(file.toString(), "it is bad");
  }
}
