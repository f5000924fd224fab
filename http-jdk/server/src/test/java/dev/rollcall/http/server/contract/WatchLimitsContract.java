package dev.rollcall.http.server.contract;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.http.server.ServiceKeys;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.RawStream;
import dev.rollcall.http.server.harness.ScriptedRegistry;
import dev.rollcall.http.server.harness.TestServer;
import dev.rollcall.http.server.harness.WatchedRegistry;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.spi.CompletedRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What watches over HTTP may take, and what they cost others. */
@Timeout(60)
public abstract class WatchLimitsContract extends WatchServerContract {
  private static final int MANY = 1_000;

  @Test
  void oneMoreThanThereMayBeIsRefusedAndAPlaceIsGivenBack() throws IOException {
    try (WatchedRegistry served = new WatchedRegistry(servers(), WatchedRegistry.maxWatches(2));
        RawStream one = RawStream.open(served.address(), "/services")) {
      one.untilSync();
      try (RawStream two = RawStream.open(served.address(), "/services")) {
        two.untilSync();
        RawHttp.Answer refused =
            served.wire().send("GET", "/services", "Accept: text/event-stream");
        assertProblem(refused, 503, "busy").saying("--max-watches");
        assertThat(refused.header("Retry-After")).isEqualTo("5");
        served.clock().advance(Duration.ofSeconds(50));
        two.untilEnd();
        one.untilEnd();
      }
      one.ask("GET", "/services");
      one.readHead();
      assertThat(one.status()).isEqualTo(200);
    }
  }

  @Test
  void aPlaceIsFreeAsSoonAsItsClientSeesTheEnd() throws IOException {
    CountDownLatch seen = new CountDownLatch(1);
    // What comes after the end of a response is held up, as on a busy machine.
    try (WatchedRegistry served =
            new WatchedRegistry(
                servers(),
                endpoints ->
                    WatchedRegistry.maxWatches(1)
                        .apply(endpoints)
                        .listener(request -> awaitOpen(seen)));
        RawStream stream = RawStream.open(served.address(), "/services")) {
      try {
        stream.untilSync();
        served.clock().advance(Duration.ofSeconds(50));
        stream.untilEnd();
        RawHttp.Answer polled = served.wire().send("GET", "/services?wait=50", "If-None-Match: x");
        assertThat(polled.status()).isEqualTo(200);
        try (RawStream next = RawStream.open(served.address(), "/services")) {
          assertThat(next.status()).isEqualTo(200);
        }
      } finally {
        seen.countDown();
      }
    }
  }

  private static void awaitOpen(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void placesOfClientsThatAreGoneAreFoundOnceOthersWantThem() throws Exception {
    try (WatchedRegistry served = new WatchedRegistry(servers(), WatchedRegistry.maxWatches(4))) {
      for (int i = 0; i < 4; i++) {
        try (RawStream gone = RawStream.open(served.address(), "/services")) {
          gone.untilSync();
        }
      }
      assertThat(served.wire().send("GET", "/services", "Accept: text/event-stream").status())
          .isEqualTo(503);
      // Much less than the quiet time after which they would be written to anyway.
      int ended = 0;
      for (int i = 0; i < 3; i++) {
        served.clock().advance(Duration.ofMillis(300));
        for (CompletedRequest next = next(served); next != null; next = next(served)) {
          ended += next.status() == 200 ? 1 : 0;
        }
      }
      assertThat(ended).isEqualTo(4);
      try (RawStream stream = RawStream.open(served.address(), "/services")) {
        assertThat(stream.status()).isEqualTo(200);
      }
    }
  }

  private static @Nullable CompletedRequest next(WatchedRegistry served)
      throws InterruptedException {
    return served.completed().poll(1, TimeUnit.SECONDS);
  }

  @Tag("not-on-jetty")
  @Test
  void aThousandStreamsTakeAFewThreads() throws IOException {
    try (WatchedRegistry served = watched()) {
      served.wire().get("/services"); // what a server has anyway
      Set<Thread> before = Thread.getAllStackTraces().keySet();
      List<RawStream> streams = new ArrayList<>();
      try {
        for (int i = 0; i < MANY; i++) {
          RawStream stream = RawStream.open(served.address(), "/services");
          streams.add(stream);
          stream.untilSync();
        }
        served.register("a", "eu");
        for (RawStream stream : streams) {
          assertThat(stream.untilSync()).containsExactly("put a added", "sync");
        }
        // On a busy machine there are more writers, 64 at most, and more threads of requests.
        assertThat(threadsBut(before)).hasSizeLessThan(MANY / 10);
      } finally {
        for (RawStream stream : streams) {
          stream.close();
        }
      }
    }
  }

  private static List<String> threadsBut(Set<Thread> before) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread))
        .map(Thread::getName)
        .toList();
  }

  @Test
  void clientsThatReadNothingCostTheOthersNothingAndAreCutOff() throws Exception {
    int slow = 8; // more than there are writers
    String filler = "x".repeat(900_000);
    try (WatchedRegistry served = watched();
        RawStream fast = RawStream.open(served.address(), "/services?name=small")) {
      fast.untilSync();
      List<RawStream> unread = new ArrayList<>();
      for (int i = 0; i < slow; i++) {
        unread.add(new RawStream(served.address(), 4_096));
        unread.get(i).ask("GET", "/services");
      }
      for (int i = 0; i < 12; i++) {
        served
            .registry()
            .register(
                Registration.builder()
                    .id("large-" + i)
                    .url("http://h:1")
                    .info(Map.of("filler", filler))
                    .build());
      }
      for (int i = 0; i < 20; i++) {
        served
            .registry()
            .register(
                Registration.builder()
                    .id("small")
                    .url("http://h:" + (i + 1))
                    .info(Map.of())
                    .build());
        assertThat(fast.untilSync()).endsWith("sync");
      }
      for (int ended = 0; ended <= slow; ) { // the other one ends by itself
        served.clock().advance(Duration.ofSeconds(11));
        ended += endedWithinASecond(served);
      }
      for (RawStream each : unread) {
        assertCutOff(each);
      }
      assertThat(served.cutOffs()).isEqualTo(slow);
      served.awaitOpen(0);
    }
  }

  /** Counts them for a second, in which whoever reads has taken what was written. */
  private static int endedWithinASecond(WatchedRegistry served) throws InterruptedException {
    long end = System.nanoTime() + 1_000_000_000;
    int ended = 0;
    for (long left = 1; left > 0; left = end - System.nanoTime()) {
      ended += served.completed().poll(left, TimeUnit.NANOSECONDS) == null ? 0 : 1;
    }
    return ended;
  }

  @Test
  void requestsThatWaitAndAreNotReadCostTheOthersNothingInRealTime() throws Exception {
    int slow = 80; // more than there may be writers
    String filler = "x".repeat(900_000);
    try (WatchedRegistry served =
            new WatchedRegistry(servers(), endpoints -> endpoints.nanoTime(System::nanoTime));
        RawStream fast = RawStream.open(served.address(), "/services?name=small")) {
      fast.untilSync();
      for (int i = 0; i < 12; i++) {
        served
            .registry()
            .register(
                Registration.builder("http://h:1")
                    .id("large-" + i)
                    .info(Map.of("filler", filler))
                    .build());
      }
      served.registry().register(Registration.builder("http://h").id("small").build());
      assertThat(fast.untilSync()).endsWith("sync"); // So the large ones are known by now.
      List<RawStream> unread = new ArrayList<>();
      for (int i = 0; i < slow; i++) {
        RawStream each = new RawStream(served.address(), 4_096);
        each.poll("/services?wait=50");
        unread.add(each);
      }
      // From now on the fast one comes after all of them, while each holds or wants a writer.
      served.awaitOpened(slow + 1);
      for (int i = 0; i < 5; i++) {
        long start = System.nanoTime();
        served.registry().register(Registration.builder("http://h:" + i).id("small").build());
        assertThat(fast.untilSync()).endsWith("sync");
        // Not only once clients that take nothing are cut off, which is after 10 s in any case.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(9));
      }
      assertThat(served.cutOffs()).isPositive();
      for (RawStream each : unread) {
        each.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 1", "Transfer-Encoding: chunked"})
  void requestsThatWaitAndWhoseBodiesNeverComeCostTheOthersNothing(String header)
      throws IOException {
    int stalled = 64; // as many as there may be writers
    try (WatchedRegistry served = watched();
        RawStream fast = RawStream.open(served.address(), "/services")) {
      fast.untilSync();
      List<RawStream> unfinished = new ArrayList<>();
      for (int i = 0; i < stalled; i++) {
        RawStream each = new RawStream(served.address());
        each.poll("/services?wait=1", header);
        unfinished.add(each);
      }
      for (int i = 0; i < 5; i++) {
        served.register("a" + i, "eu");
        assertThat(fast.untilSync()).containsExactly("put a" + i + " added", "sync");
        assertThat(served.wire().send("GET", "/services?wait=1", "If-None-Match: x").status())
            .isEqualTo(200);
      }
      for (RawStream each : unfinished) {
        each.close();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"Content-Length: 5, hello", "Transfer-Encoding: chunked, 5|hello|0||"})
  void aStreamBeginsWhenItsBodyHasBeenSkippedAndItsConnectionGoesOn(String header, String body)
      throws IOException {
    try (WatchedRegistry served = watched();
        RawStream stream = new RawStream(served.address())) {
      for (int i = 0; i < 2; i++) {
        stream.ask("GET", "/services", header);
        assertThat(served.open()).isZero();
        stream.send(body.replace("|", "\r\n"));
        stream.readHead();
        assertThat(stream.untilSync()).containsExactly("snapshot 0", "sync");
        served.clock().advance(Duration.ofSeconds(50));
        stream.untilEnd();
        served.awaitOpen(0);
      }
    }
  }

  @Test
  void aBodyThatIsTooLongToBeSkippedIsRefused() throws IOException {
    try (WatchedRegistry served = watched()) {
      for (String header : new String[] {"Accept: text/event-stream", "If-None-Match: x"}) {
        RawHttp.Answer refused =
            served.wire().send("GET", "/services?wait=5", new byte[(1 << 20) + 2], header);
        assertProblem(refused, 413, "too-large");
      }
      assertThat(served.open()).isZero();
    }
  }

  @Test
  void tenThousandOpensAndAbortsLeaveNothing() throws Exception {
    try (WatchedRegistry served = new WatchedRegistry(servers(), WatchedRegistry.maxWatches(100))) {
      served.register("a", "eu");
      for (int i = 0; i < 500; i++) {
        openAndAbort(served, i); // what a server keeps in any case
      }
      endAll(served);
      long before = usedBytes();
      for (int i = 0; i < 10_000; i++) {
        openAndAbort(served, i);
      }
      endAll(served);
      // Each exchange that was kept would be 20 KB or more.
      assertThat(usedBytes() - before).isLessThan(50L << 20);
      try (RawStream stream = RawStream.open(served.address(), "/services")) {
        assertThat(stream.untilSync()).contains("sync");
      }
      endAll(served);
    }
  }

  private static void openAndAbort(WatchedRegistry served, int i) throws IOException {
    try (RawStream stream = new RawStream(served.address())) {
      if (i % 4 == 3) {
        stream.poll("/services?wait=50");
      } else {
        stream.ask("GET", "/services");
      }
      if (i % 2 == 0) {
        stream.readHead();
      }
      if (i % 3 == 0) {
        stream.reset();
      }
    }
  }

  /** Lets time pass until no stream is open and the threads that wrote to streams have ended. */
  private static void endAll(WatchedRegistry served) throws InterruptedException {
    do {
      served.clock().advance(Duration.ofSeconds(10));
      var unused = new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
    } while (served.open() > 0 || isWriting());
    served.completed().clear();
  }

  private static boolean isWriting() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().startsWith("rollcall-stream"));
  }

  private static long usedBytes() {
    System.gc();
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void absurdQueriesOfStreamsAndWaitsAreRefusedAndOpenNothing() {
    try (WatchedRegistry served = watched()) {
      for (String query :
          new String[] {
            "name=a&".repeat(300), "info" + ".a".repeat(1_000) + "=1", "wait=1e9", "wait=51"
          }) {
        for (String header : new String[] {"Accept: text/event-stream", "If-None-Match: x"}) {
          RawHttp.Answer refused = served.wire().send("GET", "/services?wait=5&" + query, header);
          assertProblem(refused, 422, "invalid-query");
        }
      }
      assertThat(served.open()).isZero();
    }
  }

  private static void assertCutOff(RawStream stream) throws IOException {
    try {
      stream.readHead();
      while (stream.next() != null) {
        // What had been sent before.
      }
    } catch (IOException e) {
      return;
    } finally {
      stream.close();
    }
    throw new AssertionError("the stream ended orderly");
  }

  @Test
  void aStreamIsReportedWhenItEnds() throws Exception {
    BlockingQueue<CompletedRequest> completed = new LinkedBlockingQueue<>();
    var registry = new ScriptedRegistry();
    TestServer server = servers().serve(registry, endpoints -> endpoints.listener(completed::add));
    try (RawStream stream = RawStream.open(server.address(), "/services")) {
      stream.untilSync();
      assertThat(completed).isEmpty();

      server.close();

      CompletedRequest request = completed.poll(10, TimeUnit.SECONDS);
      assertThat(request).isNotNull();
      assertThat(request.operation()).isEqualTo("watch");
      assertThat(request.status()).isEqualTo(200);
    }
  }

  @Test
  void aStreamNeedsAKeyWhereReadsDo() throws IOException {
    try (var registry = new ScriptedRegistry();
        TestServer server =
            servers()
                .serve(
                    registry,
                    endpoints ->
                        endpoints.serviceKeys(ServiceKeys.of(List.of("k"))).keyForReads())) {
      RawHttp.Answer refused =
          new Wire(server.address()).send("GET", "/services", "Accept: text/event-stream");
      assertProblem(refused, 401, "unauthorized");
      try (RawStream stream = RawStream.open(server.address(), "/services", "X-Service-Key: k")) {
        assertThat(stream.status()).isEqualTo(200);
      }
    }
  }

  @Test
  void aStreamOfARegistryOutOfReachIsRefusedWhileNothingIsKnown() throws IOException {
    var registry = new ScriptedRegistry();
    registry.failWith(new StoreUnavailableException("down", null, null));
    try (TestServer server = servers().serve(registry, endpoints -> endpoints)) {
      RawHttp.Answer refused =
          new Wire(server.address()).send("GET", "/services", "Accept: text/event-stream");
      assertProblem(refused, 503, "store-unavailable");
      assertThat(refused.header("retry-after")).isEqualTo("1");
    }
  }

  @Test
  void anOutageMakesStreamsStaleAndNobodyGone() throws IOException {
    var registry = new ScriptedRegistry();
    try (TestServer server = servers().serve(registry, endpoints -> endpoints);
        RawStream stream = RawStream.open(server.address(), "/services")) {
      assertThat(stream.untilSync()).containsExactly("snapshot 0", "sync");
      registry.failWith(new StoreUnavailableException("down", null, null));

      RawStream.Event sync = stream.next();
      assertThat(sync).isNotNull();
      assertThat(sync.json().path("fresh").booleanValue()).isFalse();
      String since = sync.json().path("since").textValue();
      try (RawStream late = RawStream.open(server.address(), "/services")) {
        assertThat(late.header("X-Registry-Stale-Since")).isEqualTo(since);
        assertThat(late.untilSync()).containsExactly("snapshot 0", "sync");
      }

      registry.onEachCall(() -> {});
      RawStream.Event again = stream.next();
      assertThat(again).isNotNull();
      assertThat(again.data()).isEqualTo("{\"fresh\":true}");
    }
  }
}
