package dev.rollcall.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EventSelectionTest {
  private static ServiceEvent event(String id, String name, long atMillis) {
    return ServiceEvent.builder(
            ServiceEvent.Type.REGISTERED, id, name, Instant.ofEpochMilli(atMillis))
        .build();
  }

  private static List<String> selected(EventQuery query, ServiceEvent... events) {
    EventSelection selection = new EventSelection(query);
    Stream.of(events).forEach(selection::add);
    return selection.events().stream().map(ServiceEvent::id).toList();
  }

  @Test
  void theNewestAreKeptNewestFirst() {
    assertThat(
            selected(
                EventQuery.newest(2),
                event("a", "orders", 1),
                event("b", "orders", 3),
                event("c", "orders", 2),
                event("d", "orders", 0)))
        .containsExactly("b", "c");
  }

  @Test
  void ofTheSameTimeTheOneThatIsAddedFirstIsNewer() {
    assertThat(
            selected(
                EventQuery.newest(2),
                event("a", "orders", 1),
                event("b", "orders", 1),
                event("c", "orders", 1)))
        .containsExactly("a", "b");
  }

  @Test
  void oneThatIsAddedTwiceIsKeptOnce() {
    assertThat(selected(EventQuery.newest(), event("a", "orders", 1), event("a", "orders", 1)))
        .containsExactly("a");
  }

  @Test
  void onlyThoseOfTheNamesAndOfTheTimeAreKept() {
    EventQuery query = EventQuery.newest().named("orders").since(Instant.ofEpochMilli(2));

    assertThat(
            selected(
                query,
                event("early", "orders", 1),
                event("other", "billing", 2),
                event("a", "orders", 2)))
        .containsExactly("a");
    assertThat(new EventSelection(query).wants("orders", 1)).isFalse();
    assertThat(new EventSelection(query).wants("orders", 2)).isTrue();
  }

  @Test
  void aTimeWithinAMillisecondBeginsWithTheNext() {
    EventQuery query = EventQuery.newest().since(Instant.ofEpochMilli(2).plusNanos(1));

    assertThat(selected(query, event("a", "orders", 2), event("b", "orders", 3)))
        .containsExactly("b");
  }

  @Test
  void aTimeThatNoMillisecondsCanSayIsBeforeAllOrAfterAll() {
    ServiceEvent some = event("a", "orders", 1);

    assertThat(selected(EventQuery.newest().since(Instant.MIN), some)).containsExactly("a");
    assertThat(selected(EventQuery.newest().since(Instant.MAX), some)).isEmpty();
  }
}
