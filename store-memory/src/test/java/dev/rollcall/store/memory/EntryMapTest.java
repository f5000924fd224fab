package dev.rollcall.store.memory;

import static dev.rollcall.contract.StoreFixture.aClaim;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Fence;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.history.ServiceEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is left of an entry after an Error in the midst of a step. */
class EntryMapTest {
  private static final Duration TTL = Duration.ofSeconds(30);

  private final ManualClock clock = new ManualClock();
  private final Timeline time = new Timeline(clock, clock);
  private final Capacity capacity = new Capacity(10, 100_000);
  private final ExpiryWheel wheel = new ExpiryWheel(time.nanoTime(), (entry, now) -> {});
  private final Histories histories = new Histories(time, Duration.ofDays(1), 100_000);
  private final EntryMap entries = new EntryMap(capacity, wheel, histories);

  private void put(String id) {
    long now = time.nanoTime();
    Entry entry = Entry.of(aClaim(id, TTL), now, time.wallMillis(now));
    assertThat(entries.tryPut(id, entry, Fence.none(), now)).isNull();
  }

  @Test
  void anIdRegistersAgainAfterAnErrorInTheReadingThatNoticedItsEnd() {
    put("a");
    clock.advance(TTL);
    assertThatThrownBy(() -> entries.history("a", time.nanoTime(), new FailingSink()))
        .isInstanceOf(StackOverflowError.class);
    assertThat(capacity.services()).isZero();

    put("a");
    List<ServiceEvent> events = new ArrayList<>();
    entries.history("a", time.nanoTime(), EventSink.all(events));

    assertThat(events)
        .extracting(ServiceEvent::type)
        .containsExactly(
            ServiceEvent.Type.REGISTERED, ServiceEvent.Type.EXPIRED, ServiceEvent.Type.REGISTERED);
    assertThat(capacity.services()).isOne();
    assertThat(entries.expired()).isOne();
    assertThat(histories.gone()).isZero();
  }

  private static final class FailingSink implements EventSink {
    @Override
    public boolean wants(String name, long atMillis) {
      return true;
    }

    @Override
    public void add(ServiceEvent event) {
      throw new StackOverflowError("of the test");
    }
  }
}
