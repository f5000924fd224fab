package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.RejectedException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.history.EventQuery;
import dev.rollcall.history.History;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.http.client.harness.FakeRegistry;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.store.memory.MemoryTtlStore;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A history that another registry tells, or does not. */
class RemoteHistoryTest {
  private final FakeRegistry fake = FakeRegistry.hung();
  private final ServiceRegistry registry = HttpServiceRegistry.connect(fake.url());
  private final History history = registry.history().orElseThrow();

  @AfterEach
  void close() {
    registry.close();
    fake.close();
  }

  @Test
  void whatCannotBeReadIsSkippedAndWhatIsMissingIsUnknown() {
    fake.then(
        200,
        """
        {"id":"a","count":13,"events":[
        {"id":"a","name":"n","type":"expired","at":"2026-11-23T18:01:32.977Z","x":[{}],
        "last_ping_at":"2026-11-23T18:01:02.977Z","lateness_seconds":1.5},
        {"id":"a","type":"registered","at":"2026-11-23T18:00:32Z","again":true},
        {"id":"a","type":"refused","at":"2026-11-23T18:00:31Z","count":12,"call":"deregister"},
        {"id":"a","type":"refused","at":"2026-11-23T18:00:30Z","count":0,"call":"x"},
        {"id":"a","type":"refused","at":"2026-11-23T18:00:30Z","count":1.5,"call":7},
        {"id":"a","type":"refused","at":"2026-11-23T18:00:30Z","count":99999999999999999999},
        {"id":"a","type":"renamed","at":"2026-11-23T18:00:32Z"},
        {"id":"a b","type":"registered","at":"2026-11-23T18:00:32Z"},
        {"id":"a","type":"registered","at":"yesterday"},
        {"id":"a","type":"registered"},{"type":7},7,null]}
        """);

    assertThat(history.of("a"))
        .containsExactly(
            ServiceEvent.builder(
                    ServiceEvent.Type.EXPIRED, "a", "n", Instant.parse("2026-11-23T18:01:32.977Z"))
                .lastPingAt(Instant.parse("2026-11-23T18:01:02.977Z"))
                .lateness(Duration.ofMillis(1_500))
                .build(),
            ServiceEvent.builder(
                    ServiceEvent.Type.REGISTERED, "a", "a", Instant.parse("2026-11-23T18:00:32Z"))
                .again()
                .build(),
            refused("2026-11-23T18:00:31Z").count(12).call(ServiceEvent.Call.DEREGISTER).build(),
            refused("2026-11-23T18:00:30Z").build(),
            refused("2026-11-23T18:00:30Z").build(),
            refused("2026-11-23T18:00:30Z").build());
  }

  private static ServiceEvent.Builder refused(String at) {
    return ServiceEvent.builder(ServiceEvent.Type.REFUSED, "a", "a", Instant.parse(at));
  }

  @Test
  void aRegistryThatDoesNotFilterIsFilteredHere() {
    fake.then(
        200,
        """
        {"count":3,"events":[
        {"id":"a","name":"n","type":"registered","at":"2026-11-23T18:01:32Z"},
        {"id":"b","name":"m","type":"registered","at":"2026-11-23T18:01:31Z"},
        {"id":"c","name":"n","type":"registered","at":"2026-11-23T18:01:30Z"},
        {"id":"d","name":"n","type":"registered","at":"2026-11-23T17:01:30Z"}]}
        """);
    Instant since = Instant.parse("2026-11-23T18:00:00Z");

    assertThat(history.newest(EventQuery.newest(5).named("n").since(since)))
        .extracting(ServiceEvent::id)
        .containsExactly("a", "c");
    assertThat(fake.asked().get(0).target())
        .isEqualTo("/services/$events?name=n&since=2026-11-23T18%3A00%3A00Z&limit=5");
  }

  @Test
  void aQueryThatIsTooLongForAUrlAsksForAllEvents() {
    fake.then(200, "{\"events\":[]}");
    EventQuery query = EventQuery.newest(5);
    for (int i = 0; i < EventQuery.MAX_NAMES; i++) {
      query = query.named("n".repeat(100) + i);
    }

    assertThat(history.newest(query)).isEmpty();
    assertThat(fake.asked().get(0).target()).isEqualTo("/services/$events?limit=1000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>log in</html>", "{}", "[]", "{\"events\":{}}"})
  void whatNoRegistryAnswersIsNoEmptyHistory(String answer) {
    fake.then(200, answer);

    assertThatThrownBy(() -> history.of("a")).isInstanceOf(RegistryUnavailableException.class);
    assertThatThrownBy(() -> history.newest(EventQuery.newest()))
        .isInstanceOf(RegistryUnavailableException.class);
  }

  @Test
  void anIdThatNoServiceCanHaveNeedsNoCall() {
    assertThat(history.of("no id")).isEmpty();
    assertThat(fake.asked()).isEmpty();
  }

  @Test
  void aRegistryThatKeepsNoHistorySaysSo() {
    try (MemoryTtlStore store = MemoryTtlStore.builder().keepHistory(Duration.ZERO).build();
        RegistryHttpServer server =
            RegistryHttpServer.builder(ServiceRegistry.over(store)).start();
        ServiceRegistry client = HttpServiceRegistry.connect(server.url().toString())) {
      History without = client.history().orElseThrow();

      assertThatThrownBy(() -> without.of("a"))
          .isInstanceOf(RejectedException.class)
          .hasMessageContaining("keeps no history");
      assertThatThrownBy(() -> without.newest(EventQuery.newest()))
          .isInstanceOf(RejectedException.class);
    }
  }
}
