package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.StoreUnavailableException;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoreOutageTest {
  private final ListLogger log = new ListLogger();
  private final List<String> logged = log.lines();
  private final StoreOutage outage = new StoreOutage(log);

  @Test
  void anOutageIsLoggedWhenItStartsAndWhenItEnds() {
    outage.ended();
    assertThat(logged).isEmpty();

    outage.failed(new StoreUnavailableException("first"));
    outage.failed(new StoreUnavailableException("second"));
    assertThat(logged).containsExactly("WARN cause=first store.unavailable");

    outage.ended();
    outage.ended();
    assertThat(logged).hasSize(2).last().isEqualTo("INFO store.recovered");

    outage.failed(new StoreUnavailableException("third"));
    assertThat(logged).hasSize(3).last().isEqualTo("WARN cause=third store.unavailable");
  }
}
