package dev.rollcall.http.server.contract;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.SetVersion;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.RawStream;
import dev.rollcall.http.server.harness.TestServer;
import dev.rollcall.http.server.harness.WatchedRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a stream of events tells, over a real socket. */
@Timeout(30)
public abstract class EventStreamContract extends WatchServerContract {
  private WatchedRegistry served;

  @BeforeEach
  void serve() {
    served = watched();
  }

  @AfterEach
  void close() {
    served.close();
  }

  private void register(String id, String zone) {
    served.register(id, zone);
  }

  private RawStream open(String target, String... headers) throws IOException {
    return RawStream.open(served.address(), target, headers);
  }

  @Test
  void aStreamBeginsWithAllServicesAndASync() throws IOException {
    register("a", "eu");
    register("b", "us");

    try (RawStream stream = open("/services")) {
      assertThat(stream.status()).isEqualTo(200);
      assertThat(stream.header("Content-Type")).isEqualTo("text/event-stream");
      assertThat(stream.header("Cache-Control")).isEqualTo("no-store");
      assertThat(stream.header("X-Accel-Buffering")).isEqualTo("no");
      assertThat(stream.header("Content-Encoding")).isEmpty();
      RawStream.Event snapshot = Objects.requireNonNull(stream.next());
      assertThat(snapshot.json()).isEqualTo(served.wire().get("/services").json());
      RawStream.Event sync = Objects.requireNonNull(stream.next());
      assertThat(sync.brief()).isEqualTo("sync");
      assertThat(sync.data()).isEqualTo("{\"fresh\":true}");
      assertThat(sync.id())
          .endsWith("." + SetVersion.of(served.registry().list()))
          .isEqualTo(snapshot.id());
    }
  }

  @Test
  void eachChangeIsToldOnceWithItsKind() throws IOException {
    try (RawStream stream = open("/services")) {
      assertThat(stream.untilSync()).containsExactly("snapshot 0", "sync");
      register("a", "eu");
      assertThat(stream.untilSync()).containsExactly("put a added", "sync");
      register("a", "eu");
      assertThat(stream.untilSync()).containsExactly("put a registered", "sync");
      register("a", "us");
      RawStream.Event put = Objects.requireNonNull(stream.next());
      assertThat(put.brief()).isEqualTo("put a updated");
      assertThat(put.json().path("info").path("zone").textValue()).isEqualTo("us");
      assertThat(stream.untilSync()).containsExactly("sync");
      served.registry().deregister("a");
      RawStream.Event gone = Objects.requireNonNull(stream.next());
      assertThat(gone.brief()).isEqualTo("gone a deregistered");
      assertThat(gone.json().fieldNames())
          .toIterable()
          .containsExactly("id", "name", "cause", "at", "last_ping_at");
      assertThat(stream.untilSync()).containsExactly("sync");
    }
  }

  @Test
  void theEndOfALeaseIsTold() throws IOException {
    register("a", "eu");
    try (RawStream stream = open("/services")) {
      stream.untilSync();
      served.clock().advance(Duration.ofSeconds(31));
      register("b", "eu"); // wakes the view, whose thread waits by the real clock

      List<String> told = new ArrayList<>();
      while (!told.containsAll(List.of("gone a expired", "put b added"))) {
        told.addAll(stream.untilSync());
      }
    }
  }

  @Test
  void aPingIsNoChange() throws IOException {
    register("a", "eu");
    try (RawStream stream = open("/services")) {
      stream.untilSync();
      served.registry().ping("a");
      register("b", "eu");

      assertThat(stream.untilSync()).containsExactly("put b added", "sync");
    }
  }

  @Test
  void aFilteredStreamSeesWhatMatchesAndThatSomethingNoLongerDoes() throws IOException {
    register("a", "eu");
    register("b", "us");
    try (RawStream stream = open("/services?info.zone=eu")) {
      assertThat(stream.untilSync()).containsExactly("snapshot 1", "sync");
      register("b", "us");
      register("a", "us");
      assertThat(stream.untilSync()).containsExactly("gone a unmatched", "sync");
      register("a", "eu");
      assertThat(stream.untilSync()).containsExactly("put a added", "sync");
      assertThat(stream.lastId())
          .endsWith(
              "." + SetVersion.of(served.registry().list(Query.all().where("info.zone", "eu"))));
    }
  }

  @Test
  void aClientThatComesBackGetsTheChangesSince() throws IOException {
    register("a", "eu");
    String id;
    try (RawStream stream = open("/services")) {
      stream.untilSync();
      id = stream.lastId();
    }
    register("b", "eu");
    register("b", "us");
    register("c", "us");
    served.registry().deregister("c");

    try (RawStream all = open("/services")) {
      while (!all.lastId().endsWith(SetVersion.of(served.registry().list()).toString())) {
        all.untilSync();
      }
      try (RawStream stream = open("/services", "Last-Event-ID: " + id)) {
        assertThat(stream.untilSync()).containsExactly("put b added", "sync");
        assertThat(stream.lastId()).isEqualTo(all.lastId());
      }
    }
  }

  @Test
  void aClientMayGoOnAtAnotherServer() throws IOException {
    register("a", "eu");
    try (TestServer other = served.start(endpoints -> endpoints);
        RawStream stream = open("/services")) {
      stream.untilSync();
      String id = "Last-Event-ID: " + stream.lastId();
      for (int i = 0; i < 20; i++) {
        try (RawStream moved = RawStream.open(other.address(), "/services", id)) {
          assertThat(moved.untilSync()).containsExactly("sync");
        }
      }
      register("b", "eu");
      stream.untilSync();
      String first = "sync";
      while (first.equals("sync")) { // until the other server has been told, too
        try (RawStream moved = RawStream.open(other.address(), "/services", id)) {
          // What it knew is not what there is, and this server's journal is not that one's.
          first = Objects.requireNonNull(moved.next()).brief();
        }
      }
      assertThat(first).isEqualTo("snapshot 2");
    }
  }

  @Test
  void aClientThatComesBackToTheSameGetsASyncAlone() throws IOException {
    register("a", "eu");
    String id;
    try (RawStream stream = open("/services")) {
      stream.untilSync();
      id = stream.lastId();
    }

    try (RawStream stream = open("/services", "Last-Event-ID: " + id)) {
      assertThat(stream.untilSync()).containsExactly("sync");
    }
    String other = "zz." + id.substring(id.indexOf('.') + 1);
    try (RawStream stream = open("/services", "Last-Event-ID: " + other)) {
      assertThat(stream.untilSync()).containsExactly("sync");
    }
  }

  @Test
  void aCursorThatIsUnknownOrMalformedGetsASnapshot() throws IOException {
    register("a", "eu");
    register("b", "us");
    String id;
    try (RawStream stream = open("/services")) {
      stream.untilSync();
      id = stream.lastId();
    }
    String epoch = id.substring(0, id.indexOf('.'));
    for (String cursor :
        new String[] {
          "",
          "rubbish",
          "...",
          epoch + ".999999999999999999." + "0".repeat(32),
          "zz.1",
          "-1.-1.-1",
          "x".repeat(4_000),
          id + id,
          "99999999999999999999999.1." + "0".repeat(32)
        }) {
      try (RawStream stream = open("/services", "Last-Event-ID: " + cursor)) {
        assertThat(stream.untilSync()).as(cursor).containsExactly("snapshot 2", "sync");
      }
    }
    // That of another query, too.
    try (RawStream stream = open("/services?info.zone=eu", "Last-Event-ID: " + id)) {
      assertThat(stream.untilSync()).containsExactly("snapshot 1", "sync");
    }
  }

  @Test
  void aQueryThatIsMalformedOrPagedIsRefused() {
    for (String target :
        new String[] {"/services?limit=5", "/services?after=a", "/services?nmae=x"}) {
      RawHttp.Answer answer =
          served.wire().send("GET", target, "Accept: text/event-stream, application/json;q=0.9");
      assertProblem(answer, 422, "invalid-query");
    }
  }

  @Test
  void aClientThatWouldRatherHaveJsonGetsTheList() {
    RawHttp.Answer answer =
        served.wire().send("GET", "/services", "Accept: application/json, text/event-stream");

    assertThat(answer.header("Content-Type")).startsWith("application/json");
    assertThat(answer.json().path("count").isInt()).isTrue();
  }

  @Tag("not-on-jetty")
  @Test
  void headHasTheHeadersAlone() throws IOException {
    try (RawStream stream = new RawStream(served.address())) {
      for (int i = 0; i < 2; i++) {
        stream.ask("HEAD", "/services");
        stream.readHead();
        assertThat(stream.status()).isEqualTo(200);
        assertThat(stream.header("Content-Type")).isEqualTo("text/event-stream");
        assertThat(stream.header("Content-Length")).isEmpty();
      }
    }
  }

  @Test
  void aQuietStreamIsSyncedAndEndsByItselfSoThatItsConnectionGoesOn() throws IOException {
    try (RawStream stream = open("/services")) {
      stream.untilSync();
      served.clock().advance(Duration.ofSeconds(10));
      assertThat(stream.untilSync()).containsExactly("sync");
      served.clock().advance(Duration.ofSeconds(40));
      assertThat(stream.untilEnd()).endsWith("sync").containsOnly("sync");

      stream.ask("GET", "/services", "Last-Event-ID: " + stream.lastId());
      stream.readHead();
      assertThat(stream.untilSync()).containsExactly("sync");
    }
  }

  @Test
  void aClientThatWasStoppedForAMinuteGoesOnWhereItWas() throws Exception {
    try (RawStream stream = open("/services")) {
      stream.untilSync();
      register("a", "eu");
      served.awaitSent(2);
      served.clock().advance(Duration.ofSeconds(20));
      served.registry().ping("a");
      served.clock().advance(Duration.ofSeconds(20));
      served.registry().ping("a");
      served.clock().advance(Duration.ofSeconds(20));
      assertThat(served.completed().poll(20, TimeUnit.SECONDS)).isNotNull();
      register("b", "eu");

      // It wakes up, and reads what was sent meanwhile.
      assertThat(stream.untilEnd()).startsWith("put a added").endsWith("sync");
      String id = stream.lastId();
      stream.ask("GET", "/services", "Last-Event-ID: " + id);
      stream.readHead();
      List<String> told = new ArrayList<>();
      while (!told.contains("put b added")) {
        told.addAll(stream.untilSync());
      }
      assertThat(told).containsOnly("put b added", "sync");
    }
  }

  @Test
  void aServerThatStopsSaysWhereToGoOnAndEndsAtOnce() throws IOException {
    try (RawStream stream = open("/services");
        RawStream filtered = open("/services?name=x")) {
      stream.untilSync();
      filtered.untilSync();

      served.server().close();

      for (RawStream each : new RawStream[] {stream, filtered}) {
        RawStream.Event sync = Objects.requireNonNull(each.next());
        assertThat(sync.type()).isEqualTo("sync");
        RawStream.Event retry = Objects.requireNonNull(each.next());
        assertThat(retry.type()).isEqualTo("retry");
        assertThat(Integer.parseInt(retry.data())).isBetween(0, 2_000);
        assertThat(each.next()).isNull();
      }
    }
  }
}
