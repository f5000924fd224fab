package dev.rollcall.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class EventQueryTest {
  @Test
  void itAsksForTheNewestOfAllNames() {
    EventQuery query = EventQuery.newest();

    assertThat(query.names()).isEmpty();
    assertThat(query.since()).isEmpty();
    assertThat(query.limit()).isEqualTo(EventQuery.DEFAULT_LIMIT);
    assertThat(query).hasToString("limit=100");
    assertThat(EventQuery.newest(7)).hasToString("limit=7");
  }

  @Test
  void namesAreKeptOnceInTheirOrder() {
    EventQuery query =
        EventQuery.newest()
            .named("orders")
            .named("billing")
            .named("orders")
            .since(Instant.ofEpochSecond(1))
            .limit(3);

    assertThat(query.names()).containsExactly("billing", "orders");
    assertThat(query.since()).contains(Instant.ofEpochSecond(1));
    assertThat(query).hasToString("name=billing&name=orders&since=1970-01-01T00:00:01Z&limit=3");
    assertThat(query.limit(4).names()).isEqualTo(query.names());
  }

  @Test
  void whatIsOutOfBoundsIsRefused() {
    assertThat(EventQuery.newest(EventQuery.MAX_LIMIT).limit()).isEqualTo(1_000);
    for (int limit : new int[] {Integer.MIN_VALUE, 0, EventQuery.MAX_LIMIT + 1}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> EventQuery.newest(limit))
          .withMessage("a limit is 1 to 1000, not " + limit);
    }
    assertThatIllegalArgumentException().isThrownBy(() -> EventQuery.newest().named("a b"));
    EventQuery full = EventQuery.newest();
    for (int i = 0; i < EventQuery.MAX_NAMES; i++) {
      full = full.named("name-" + i);
    }
    EventQuery most = full.named("name-0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> most.named("one-more"))
        .withMessage("a query has at most 100 names");
  }
}
