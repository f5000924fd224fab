package dev.rollcall.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.contract.ManualClock;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KnownServicesTest {
  private static final long DAY_NANOS = Duration.ofDays(1).toNanos();

  private final ScriptedSource source = new ScriptedSource(new ManualClock());
  private final KnownServices known = new KnownServices();

  @Test
  void aServiceThatIsRemovedIsForgottenLongBeforeItsLeaseWouldHaveEnded() {
    known.put(source.register("a"), DAY_NANOS, 0);
    WeakReference<?> removed = new WeakReference<>(known.remove("a"));
    source.services.clear();

    for (int i = 0; i < 100 && removed.get() != null; i++) {
      System.gc();
    }
    assertThat(removed.get()).isNull();
    assertThat(known.nanosToNext(0)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whatIsRemovedAndComesBackIsDueWhenItsLeaseEnds() {
    for (int i = 0; i < 10_000; i++) {
      known.put(source.register("gone-" + i), DAY_NANOS, 0);
      known.remove("gone-" + i);
      known.put(source.register("stays"), i % 2 == 0 ? DAY_NANOS : DAY_NANOS / 2, 0);
    }
    known.put(source.register("gone-1"), DAY_NANOS / 4, 0);

    List<String> over = new ArrayList<>();
    known.addExpired(over, 10, DAY_NANOS / 3);
    assertThat(over).containsExactly("gone-1");
    known.addExpired(over, 10, DAY_NANOS - DAY_NANOS / 3);
    assertThat(over).contains("gone-1", "stays");
    assertThat(known.size()).isEqualTo(2);
  }
}
