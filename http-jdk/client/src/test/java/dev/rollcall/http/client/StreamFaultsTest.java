package dev.rollcall.http.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.contract.WatchProbe;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.View;
import dev.rollcall.http.client.harness.FakeRegistry;
import dev.rollcall.http.client.harness.FakeRegistry.Asked;
import dev.rollcall.http.client.harness.FakeRegistry.Script;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams that break off, are held back, or are other than they should be. */
@Timeout(60)
class StreamFaultsTest {
  private static final String JSON = "Content-Type: application/json\r\n";
  private static final String HEAD =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final String END = "0\r\n\r\n";

  /** Longer than the 2 seconds after which a loss is told, and shorter than a silence. */
  private static final Duration TOLD_WITHIN = Duration.ofSeconds(15);

  private static String service(String id, String url) {
    return "{\"id\":\"%s\",\"name\":\"%s\",\"url\":\"%s\",\"info\":{},\"lease_id\":\"%s\"}"
        .formatted(id, id, url, url.substring(7));
  }

  private static String list(String... services) {
    return "{\"count\":%d,\"services\":[%s]}"
        .formatted(services.length, String.join(",", services));
  }

  private static String event(String id, String type, String data) {
    return "id: %s\nevent: %s\ndata: %s\n\n".formatted(id, type, data);
  }

  private static String sync(String id) {
    return event(id, "sync", "{\"fresh\":true}");
  }

  private static String chunk(String text) {
    return Integer.toHexString(text.getBytes(UTF_8).length) + "\r\n" + text + "\r\n";
  }

  /** Sends the head of a stream and some events, and keeps it open. */
  private static Script stream(String... events) {
    StringBuilder all = new StringBuilder(HEAD);
    for (String event : events) {
      all.append(chunk(event));
    }
    return FakeRegistry.raw(all.toString());
  }

  private static Script ended(String... events) {
    return socket -> {
      stream(events).play(socket);
      FakeRegistry.raw(END).play(socket);
    };
  }

  private static boolean isForStream(Asked asked) {
    return asked.headers().getOrDefault("accept", "").equals("text/event-stream");
  }

  /** Connects with a patience for streams that a test can wait for. */
  private static HttpServiceRegistry impatient(String url) {
    HttpServiceRegistry.Builder builder = HttpServiceRegistry.builder(url);
    builder.transport.streamSilence = Duration.ofMillis(300);
    builder.streamRetry = Duration.ofMillis(300);
    return builder.build();
  }

  private static final String[] WHOLE = {
    event("e.1.v", "snapshot", list(service("a", "http://a1"), service("b", "http://b"))),
    sync("e.1.v"),
    event("e.2", "put", service("c", "http://c")),
    event("e.3", "put", service("a", "http://a2")),
    event("e.4", "gone", "{\"id\":\"b\",\"cause\":\"deregistered\"}"),
    sync("e.4.w")
  };

  /** Sends what follows the event whose id the client has sent. */
  private static Script resumed(Asked asked) {
    String last = asked.headers().getOrDefault("last-event-id", "");
    int from = 0;
    for (int i = 0; i < WHOLE.length; i++) {
      from = WHOLE[i].startsWith("id: " + last + "\n") ? i + 1 : from;
    }
    List<String> rest = new ArrayList<>(List.of(WHOLE).subList(from, WHOLE.length));
    rest.add(sync("e.4.w"));
    return stream(rest.toArray(new String[0]));
  }

  @Test
  void whereverAStreamIsCutTheWatchGoesOnAfterTheLastWholeEvent() {
    StringBuilder whole = new StringBuilder(HEAD);
    Map<String, Integer> ends = new ConcurrentHashMap<>(Map.of("", 0));
    for (String event : WHOLE) {
      whole.append(chunk(event));
      String id = event.substring(4, event.indexOf('\n'));
      ends.putIfAbsent(id, whole.length() - 2);
    }
    Map<String, Boolean> cut = new ConcurrentHashMap<>();
    List<String> wrong = new CopyOnWriteArrayList<>();
    try (FakeRegistry fake = FakeRegistry.hung();
        HttpServiceRegistry client = HttpServiceRegistry.connect(fake.url())) {
      fake.then(
          FakeRegistry.byRequest(
              asked -> {
                int at = Integer.parseInt(asked.target().replaceAll(".*name=p", ""));
                if (cut.putIfAbsent(asked.target(), true) != null) {
                  String last = asked.headers().getOrDefault("last-event-id", "");
                  if (ends.getOrDefault(last, Integer.MAX_VALUE) > at) {
                    wrong.add("cut at " + at + ", asked to go on after '" + last + "'");
                  }
                  return resumed(asked);
                }
                Script part = FakeRegistry.raw(whole.substring(0, at));
                return at % 2 == 0 ? FakeRegistry.thenClose(part) : FakeRegistry.thenReset(part);
              }));
      int step = 100;
      for (int from = 0; from < whole.length(); from += step) {
        List<WatchProbe> probes = new ArrayList<>();
        for (int at = from; at < Math.min(whole.length(), from + step); at++) {
          probes.add(WatchProbe.open(client, Query.named("p" + at)));
        }
        for (WatchProbe probe : probes) {
          probe.awaitIds("a", "c");
          probe.await(view -> view.services().get(0).url().equals("http://a2"));
          assertThat(probe.changes()).extracting(Change::type).doesNotContain(Change.Type.LOST);
          probe.close();
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void theWaitThatAServerAsksForIsKeptInRealTime() {
    List<Long> nanos = new CopyOnWriteArrayList<>();
    try (FakeRegistry fake = FakeRegistry.hung();
        HttpServiceRegistry client = HttpServiceRegistry.connect(fake.url())) {
      Script refused =
          FakeRegistry.answer(503, JSON + "Retry-After: 1\r\n", "{\"detail\":\"busy\"}");
      List<Script> scripts =
          List.of(
              refused,
              ended(sync("e.1.v"), "retry: 700\n\n"),
              stream(event("e.2.v", "snapshot", list(service("a", "http://a"))), sync("e.2.v")));
      fake.then(
          FakeRegistry.byRequest(
              asked -> {
                nanos.add(System.nanoTime());
                return scripts.get(nanos.size() - 1);
              }));
      try (WatchProbe probe = WatchProbe.open(client, Query.all())) {
        probe.awaitIds("a");
      }
    }
    assertThat(Duration.ofNanos(nanos.get(1) - nanos.get(0))).isGreaterThan(Duration.ofSeconds(1));
    assertThat(Duration.ofNanos(nanos.get(2) - nanos.get(1))).isGreaterThan(Duration.ofMillis(700));
  }

  @Test
  void anEventOrASnapshotWithoutEndCostsTheStreamAndNotTheMemory() {
    byte[] filler = new byte[1 << 20];
    Arrays.fill(filler, (byte) 'x');
    Script endless =
        socket -> {
          FakeRegistry.raw(HEAD.replace("Transfer-Encoding: chunked\r\n", "")).play(socket);
          FakeRegistry.raw("id: e.1\nevent: put\ndata: {\"id\":\"").play(socket);
          for (int i = 0; i < 4_096; i++) {
            socket.getOutputStream().write(filler); // fails once the client has had enough
          }
        };
    try (FakeRegistry fake = FakeRegistry.hung();
        HttpServiceRegistry client = HttpServiceRegistry.connect(fake.url())) {
      fake.then(endless)
          .then(stream(event("e.1.v", "snapshot", list(service("a", "http://a"))), sync("e.1.v")));
      try (WatchProbe probe = WatchProbe.open(client, Query.all())) {
        probe.awaitIds("a");
      }
    }
  }

  @Test
  void aServerThatGoesBackToAnOldVersionIsPolledAndComesBackWithStreams() {
    boolean[] hasStreams = {true};
    String[] services = {service("a", "http://a")};
    try (FakeRegistry fake = FakeRegistry.hung();
        HttpServiceRegistry client = impatient(fake.url())) {
      fake.then(
          FakeRegistry.byRequest(
              asked ->
                  hasStreams[0] && isForStream(asked)
                      ? ended(event("e.1.v", "snapshot", list(services[0])), sync("e.1.v"))
                      : FakeRegistry.answer(200, JSON, list(services[0]))));
      try (WatchProbe probe = WatchProbe.open(client, Query.all())) {
        probe.awaitIds("a");

        services[0] = service("b", "http://b");
        hasStreams[0] = false;
        probe.awaitIds("b");
        assertThat(probe.lastTypeOf("a")).isEqualTo(Change.Type.LOST);

        services[0] = service("c", "http://c");
        hasStreams[0] = true;
        probe.awaitIds("c");
        services[0] = service("d", "http://d");
        probe.awaitIds("d");
      }
      // It is streams that have told it, and polls have ended.
      int asked = fake.asked().size();
      assertThat(fake.asked().subList(asked - 2, asked)).allMatch(StreamFaultsTest::isForStream);
    }
  }

  @Test
  void aStreamThatAProxyHoldsBackIsReplacedByPolls() {
    boolean[] isHeldBack = {true};
    try (FakeRegistry fake = FakeRegistry.hung();
        HttpServiceRegistry client = impatient(fake.url())) {
      fake.then(
          FakeRegistry.byRequest(
              asked -> {
                if (!isForStream(asked)) {
                  return FakeRegistry.answer(200, JSON, list(service("a", "http://a")));
                }
                return isHeldBack[0]
                    ? stream()
                    : stream(
                        event("e.1.v", "snapshot", list(service("b", "http://b"))), sync("e.1.v"));
              }));
      try (WatchProbe probe = WatchProbe.open(client, Query.all())) {
        probe.awaitIds("a");
        assertThat(probe.await(view -> true).staleSince()).isEmpty();

        isHeldBack[0] = false;
        probe.awaitIds("b");
      }
    }
  }

  @Test
  void anOutageThatBeginsWithSilenceIsToldInRealTimeAndStaysTold() {
    AtomicReference<Script> later = new AtomicReference<>(socket -> {});
    try (FakeRegistry fake = FakeRegistry.hung()) {
      HttpServiceRegistry.Builder builder =
          HttpServiceRegistry.builder(fake.url()).timeout(Duration.ofMillis(300));
      builder.transport.streamSilence = Duration.ofMillis(300);
      builder.streamRetry = Duration.ofMillis(300);
      fake.then(stream(event("e.1.v", "snapshot", list(service("a", "http://a"))), sync("e.1.v")))
          .then(FakeRegistry.byRequest(asked -> later.get()));
      try (HttpServiceRegistry client = builder.build();
          WatchProbe probe = WatchProbe.open(client, Query.all(), TOLD_WITHIN)) {
        probe.awaitIds("a");
        View stale = probe.await(view -> view.staleSince().isPresent());
        assertThat(stale.services()).hasSize(1);
        assertThat(stale.version()).isEqualTo("v");
        assertThat(probe.calls()).isEqualTo(2);

        later.set(FakeRegistry.answer(200, JSON, list()));
        assertThat(probe.awaitIds().staleSince()).isEmpty();
        assertThat(probe.calls()).isEqualTo(3);
      }
    }
  }

  @Test
  void aLossIsToldInRealTimeWhileTheNextAttemptHangs() {
    try (FakeRegistry fake = FakeRegistry.hung();
        HttpServiceRegistry client = HttpServiceRegistry.connect(fake.url())) {
      fake.then(ended(event("e.1.v", "snapshot", list(service("a", "http://a"))), sync("e.1.v")))
          .then(socket -> {});
      try (WatchProbe probe = WatchProbe.open(client, Query.all(), TOLD_WITHIN)) {
        assertThat(probe.await(view -> view.staleSince().isPresent()).services()).hasSize(1);
      }
    }
  }

  @Test
  void aStreamThatIsTakenUpAgainInTimeWasNotLost() {
    try (FakeRegistry fake = FakeRegistry.hung();
        HttpServiceRegistry client = HttpServiceRegistry.connect(fake.url())) {
      fake.then(ended(event("e.1.v", "snapshot", list(service("a", "http://a"))), sync("e.1.v")))
          .then(ended(sync("e.1.v"), "retry: 0\n\n"))
          .then(ended(sync("e.1.v"), "retry: 0\n\n"))
          .then(stream(event("e.2.w", "put", service("b", "http://b")), sync("e.2.w")));
      try (WatchProbe probe = WatchProbe.open(client, Query.all())) {
        probe.awaitIds("a", "b");
        assertThat(probe.calls()).isEqualTo(2);
      }
    }
  }

  private static Script busy() {
    return FakeRegistry.answer(
        503,
        "Content-Type: application/problem+json\r\nRetry-After: 0\r\n",
        "{\"type\":\"urn:rollcall:error:busy\",\"detail\":\"too many watches\"}");
  }

  @Test
  void aWatchThatIsUpToDateGoesOnWhereItWasAfterAServerWasBusyForAMoment() {
    List<Asked> seen = new CopyOnWriteArrayList<>();
    try (FakeRegistry fake = FakeRegistry.hung();
        HttpServiceRegistry client = HttpServiceRegistry.connect(fake.url())) {
      fake.then(ended(event("e.1.v", "snapshot", list(service("a", "http://a"))), sync("e.1.v")))
          .then(busy())
          .then(
              FakeRegistry.byRequest(
                  asked -> {
                    seen.add(asked);
                    return stream(event("e.2.w", "put", service("b", "http://b")), sync("e.2.w"));
                  }));
      try (WatchProbe probe = WatchProbe.open(client, Query.all(), TOLD_WITHIN)) {
        probe.awaitIds("a", "b");
      }
    }
    assertThat(seen).singleElement().matches(StreamFaultsTest::isForStream);
    assertThat(seen.get(0).headers()).containsEntry("last-event-id", "e.1.v");
  }

  @Test
  void aWatchWhoseServerIsBusyForAMomentAtItsStartAsksForNoList() {
    try (FakeRegistry fake = FakeRegistry.hung();
        HttpServiceRegistry client = HttpServiceRegistry.connect(fake.url())) {
      fake.then(busy())
          .then(stream(event("e.1.v", "snapshot", list(service("a", "http://a"))), sync("e.1.v")));
      try (WatchProbe probe = WatchProbe.open(client, Query.all(), TOLD_WITHIN)) {
        assertThat(probe.awaitIds("a").version()).isEqualTo("v");
      }
      assertThat(fake.asked()).hasSize(2).allMatch(StreamFaultsTest::isForStream);
    }
  }

  @Test
  void aRegistryWithoutAPlaceForTheStreamIsPolledUntilItHasOne() {
    AtomicReference<Script> streams = new AtomicReference<>(busy());
    try (FakeRegistry fake = FakeRegistry.hung();
        HttpServiceRegistry client = impatient(fake.url())) {
      Script listed = FakeRegistry.answer(200, JSON, list(service("a", "http://a")));
      fake.then(FakeRegistry.byRequest(asked -> isForStream(asked) ? streams.get() : listed));
      try (WatchProbe probe = WatchProbe.open(client, Query.all(), TOLD_WITHIN)) {
        assertThat(probe.awaitIds("a").staleSince()).isEmpty();

        streams.set(
            stream(event("e.1.v", "snapshot", list(service("b", "http://b"))), sync("e.1.v")));
        assertThat(probe.awaitIds("b").staleSince()).isEmpty();
      }
    }
  }

  /** Goes on with a little at a time, never silent for long, until the client has had enough. */
  private static Script dripping(Script begin, String drop) {
    return socket -> {
      begin.play(socket);
      while (true) {
        FakeRegistry.raw(drop).play(socket);
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      }
    };
  }

  @Test
  void aPeerThatIsNeverSilentAndSendsNoEventIsLeftInRealTime() {
    String comment = chunk(": nothing\n");
    Queue<Script> streams = new ConcurrentLinkedQueue<>();
    streams.add(
        dripping(
            stream(event("e.1.v", "snapshot", list(service("a", "http://a"))), sync("e.1.v")),
            comment));
    streams.add(dripping(FakeRegistry.raw("HTTP/1.1 200 OK\r\nX: "), "x"));
    streams.add(
        dripping(
            FakeRegistry.raw("HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n"), chunk("x")));
    streams.add(dripping(stream(), comment));
    streams.add(stream(event("e.2.w", "snapshot", list(service("b", "http://b"))), sync("e.2.w")));
    try (FakeRegistry fake = FakeRegistry.hung()) {
      fake.then(
          FakeRegistry.byRequest(asked -> isForStream(asked) ? streams.poll() : socket -> {}));
      HttpServiceRegistry.Builder builder = HttpServiceRegistry.builder(fake.url());
      builder.transport.streamSilence = Duration.ofMillis(300);
      builder.transport.streamLimit = Duration.ofMillis(600);
      builder.streamRetry = Duration.ofMillis(100);
      try (HttpServiceRegistry client = builder.build();
          WatchProbe probe = WatchProbe.open(client, Query.all(), TOLD_WITHIN)) {
        probe.awaitIds("a");
        probe.await(view -> view.staleSince().isPresent());
        assertThat(probe.awaitIds("b").staleSince()).isEmpty();
      }
    }
  }

  @Test
  void aCompressedAnswerInPlaceOfAStreamIsRead() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(list(service("a", "http://a")).getBytes(UTF_8));
    }
    Script compressed =
        socket -> {
          FakeRegistry.raw(
                  "HTTP/1.1 200 OK\r\n%sContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
                      .formatted(JSON, bytes.size()))
              .play(socket);
          socket.getOutputStream().write(bytes.toByteArray());
        };
    try (FakeRegistry fake = FakeRegistry.hung().then(compressed);
        HttpServiceRegistry client = HttpServiceRegistry.connect(fake.url());
        WatchProbe probe = WatchProbe.open(client, Query.all())) {
      probe.awaitIds("a");

      assertThat(fake.asked())
          .allMatch(asked -> asked.headers().get("accept-encoding").equals("gzip"));
    }
  }
}
