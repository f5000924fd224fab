package dev.rollcall.http.client.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Service;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.View;
import dev.rollcall.discovery.Watch;
import dev.rollcall.discovery.WatchListener;
import dev.rollcall.http.client.log.TextSanitizer;
import dev.rollcall.http.client.protocol.Endpoints;
import dev.rollcall.http.client.protocol.ErrorDecoder;
import dev.rollcall.http.client.protocol.ProtocolRequests;
import dev.rollcall.http.client.transport.Transport;
import dev.rollcall.http.client.transport.TransportSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a watch tells of polls that a test makes in place of a stream. */
@Timeout(60)
class PolledStreamTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final int MANY_NAMES = 100;

  private final AtomicBoolean isOutOfMemory = new AtomicBoolean();
  private final InstantSource clock =
      () -> {
        if (isOutOfMemory.getAndSet(false)) {
          throw new OutOfMemoryError("thrown by a test");
        }
        return NOW;
      };
  private final Endpoints endpoints = Endpoints.of("http://localhost:1");
  private final ProtocolRequests requests =
      new ProtocolRequests(
          endpoints, new ErrorDecoder(clock, new TextSanitizer()), clock, System::nanoTime);
  private final Transport transport =
      new Transport(new TransportSettings(endpoints), requests::probe);
  private final List<String> told = new ArrayList<>();
  private final CompletableFuture<WatchListener> polled = new CompletableFuture<>();
  private Runnable duringCall = () -> {};
  private StreamedWatch watch;
  private WatchListener polls;

  @BeforeEach
  void watch() throws Exception {
    watch =
        new StreamedWatch(
            tooLongForAUrl(),
            (view, changes) -> {
              changes.forEach(change -> told.add(change.type() + " " + change.id()));
              duringCall.run();
            },
            requests,
            transport,
            clock,
            Duration.ofMinutes(1),
            this::poll,
            () -> {});
    watch.start();
    polls = polled.get(30, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() {
    watch.close();
    transport.close();
  }

  private Watch poll(Query query, WatchListener listener) {
    polled.complete(listener);
    return () -> {};
  }

  /** Returns a query for which no stream can be asked. */
  private static Query tooLongForAUrl() {
    String name = "n".repeat(MANY_NAMES);
    Query query = Query.named(name);
    for (int i = 1; i < MANY_NAMES; i++) {
      query = query.or(name.substring(3) + i);
    }
    return query;
  }

  private static Service service(String id) {
    return new Service(id, id, "http://" + id, Map.of(), NOW, NOW, NOW, NOW.plusSeconds(30), 1);
  }

  private void poll(String added, String... ids) {
    View view =
        new View(Arrays.stream(ids).map(PolledStreamTest::service).toList(), Optional.empty(), "v");
    polls.changed(
        view, List.of(new Change(Change.Type.ADDED, service(added), Optional.empty(), NOW)));
  }

  @Test
  void aPollThatAnErrorEndedIsMadeUpForByTheNext() {
    poll("a", "a");
    isOutOfMemory.set(true);
    assertThatThrownBy(() -> poll("b", "a", "b")).isInstanceOf(OutOfMemoryError.class);

    poll("c", "a", "b", "c"); // of which b is not told again
    poll("d", "a", "b", "c", "d");

    assertThat(told).containsExactly("ADDED a", "ADDED b", "ADDED c", "ADDED d");
  }

  @Test
  void anInterruptOfTheListenerIsNotLeftToTheThread() {
    duringCall = Thread.currentThread()::interrupt;

    poll("a", "a");

    assertThat(Thread.interrupted()).isFalse();
  }
}
