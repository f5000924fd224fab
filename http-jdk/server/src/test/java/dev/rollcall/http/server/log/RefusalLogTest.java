package dev.rollcall.http.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.RegistryFullException;
import dev.rollcall.http.server.harness.ListLogger;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RefusalLogTest {
  private final ListLogger log = new ListLogger();
  private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 5);
  private final RefusalLog full = new RefusalLog(log, "registry.full", nanoTime::get);

  @Test
  void anEpisodeOfRefusalsIsLoggedOnceUntilThereHasBeenNoneForAMinute() {
    for (int i = 0; i < 100; i++) {
      full.refused(new RegistryFullException("first", null, null));
      nanoTime.addAndGet(TimeUnit.SECONDS.toNanos(59));
    }
    assertThat(log.lines()).containsExactly("WARN registry.full cause=first");

    nanoTime.addAndGet(TimeUnit.SECONDS.toNanos(1));
    full.refused(new RegistryFullException("second", null, null));
    assertThat(log.lines()).hasSize(2).last().isEqualTo("WARN registry.full cause=second");
  }
}
