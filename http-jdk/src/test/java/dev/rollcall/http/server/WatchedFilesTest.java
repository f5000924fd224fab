package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFilesTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  @TempDir private Path folder;

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 10); // it wraps while we watch
  private final AtomicInteger reads = new AtomicInteger();
  private Path file = Path.of("");

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

  private String read() throws IOException {
    reads.incrementAndGet();
    String text = Files.readString(file);
    if (text.equals("bad")) {
      throw new IllegalArgumentException("it is bad");
    }
    return text;
  }

  private WatchedFiles<String> watch() {
    return new WatchedFiles<>(List.of(file), this::read, now::get);
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
    assertThat(reads).as("missing, it was tried and told of once").hasValue(3);

    write("good again", 2);
    now.addAndGet(SECOND);
    assertThat(watched.get()).isEqualTo("good again");
  }

  @Test
  void aFileThatIsBadFromTheStartIsRefusedByName() throws IOException {
    write("bad", 0);
    assertThatIllegalArgumentException()
        .isThrownBy(this::watch)
        .withMessageContainingAll(file.toString(), "it is bad");
  }
}
