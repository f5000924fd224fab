package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.rollcall.StoreUnavailableException;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoreOutageTest {
  private final ListLogger log = new ListLogger();
  private final List<String> logged = log.lines();
  private final StoreOutage outage = new StoreOutage(log);

  @Test
  void anOutageIsLoggedWhenItStartsAndWhenItEnds() {
    outage.ended(Access.PING);
    assertThat(logged).isEmpty();

    outage.failed(Access.PING, new StoreUnavailableException("first", null, null));
    outage.failed(Access.PING, new StoreUnavailableException("second", null, null));
    assertThat(logged).containsExactly("WARN access=ping cause=first store.unavailable");

    outage.ended(Access.PING);
    outage.ended(Access.PING);
    assertThat(logged).hasSize(2).last().isEqualTo("INFO access=ping store.recovered");

    outage.failed(Access.PING, new StoreUnavailableException("third", null, null));
    assertThat(logged)
        .hasSize(3)
        .last()
        .isEqualTo("WARN access=ping cause=third store.unavailable");
  }

  @Test
  void readsThatSucceedEndNoOutageOfPings() {
    for (int i = 0; i < 15; i++) {
      outage.failed(Access.PING, new StoreUnavailableException("NOREPLICAS", null, null));
      outage.ended(Access.LIST);
      outage.ended(Access.READ);
    }
    outage.ended(Access.PING);

    assertThat(logged)
        .containsExactly(
            "WARN access=ping cause=NOREPLICAS store.unavailable",
            "INFO access=ping store.recovered");
  }

  @Test
  void aLogThatThrowsEndsNoRequest() {
    var throwing = new StoreOutage(ListLogger.throwing());

    assertThatCode(
            () -> {
              throwing.failed(Access.LIST, new StoreUnavailableException("down", null, null));
              throwing.ended(Access.LIST);
            })
        .doesNotThrowAnyException();
  }
}
