package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.http.server.harness.CapturedLog;
import dev.rollcall.http.server.harness.JdkServers;
import dev.rollcall.http.server.harness.RawStream;
import dev.rollcall.http.server.harness.WatchedRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which client a watch counts for that comes through a proxy. */
@Timeout(60)
class ForwardedWatchesTest {
  private static final String ONE = "X-Forwarded-For: 192.0.2.1";
  private static final String OTHER = "X-Forwarded-For: 192.0.2.2";

  /** An eighth of it is for answers: three lists fit, and one client may hold one of them. */
  private static final long HEAP = 8 * (30L << 20);

  private static final int SERVICES = 10;

  /** Starts a server of two names, the list of each of which is more than sockets buffer. */
  private static WatchedRegistry serve(boolean isProxyTrusted) {
    var served =
        new WatchedRegistry(
            new JdkServers(),
            endpoints -> (isProxyTrusted ? endpoints.trustForwarded() : endpoints).heapBytes(HEAP));
    Map<String, Object> info = Map.of("filler", "x".repeat(900_000));
    for (int i = 0; i < SERVICES; i++) {
      for (String name : List.of("a", "b")) {
        served.registry().register(Registration.builder("http://h").name(name).info(info).build());
      }
    }
    return served;
  }

  /** Opens a stream, and reads no more than shows that its snapshot is being sent. */
  private static RawStream unread(WatchedRegistry served, String name, String client)
      throws IOException {
    var stream = new RawStream(served.address(), 4_096);
    stream.ask("GET", "/services?name=" + name, client);
    stream.readHead();
    assertThat(stream.isAtEnd()).isFalse();
    return stream;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStreamHoldsMemoryOfTheClientThatATrustedProxyNames(boolean isProxyTrusted)
      throws IOException {
    try (WatchedRegistry served = serve(isProxyTrusted);
        RawStream held = unread(served, "a", ONE);
        RawStream more = RawStream.open(served.address(), "/services?name=b", ONE);
        RawStream other = RawStream.open(served.address(), "/services?name=b", OTHER)) {
      assertThat(held.status()).isEqualTo(200);
      assertThat(more.untilEnd()).isEmpty();
      if (isProxyTrusted) {
        assertThat(other.untilSync()).containsExactly("snapshot " + SERVICES, "sync");
      } else {
        assertThat(other.untilEnd()).isEmpty();
      }
    }
  }

  /** Waits for another list than none, and reads the head of the answer. */
  private static RawStream polled(WatchedRegistry served, String name, String client)
      throws IOException {
    var poll = new RawStream(served.address(), 4_096);
    poll.poll("/services?wait=50&name=" + name, client);
    poll.readHead();
    return poll;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anAnswerOfAWaitHoldsMemoryOfTheClientThatATrustedProxyNames(boolean isProxyTrusted)
      throws IOException {
    try (WatchedRegistry served = serve(isProxyTrusted);
        RawStream held = polled(served, "a", ONE);
        RawStream more = polled(served, "b", ONE);
        RawStream other = polled(served, "b", OTHER)) {
      assertThat(held.status()).isEqualTo(200);
      assertThat(more.status()).isEqualTo(503);
      assertThat(other.status()).isEqualTo(isProxyTrusted ? 200 : 503);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theLogNamesTheClientThatATrustedProxyNamesWhenItIsCutOff(boolean isProxyTrusted)
      throws Exception {
    try (var log = new CapturedLog("dev.rollcall.http", Level.WARNING);
        WatchedRegistry served = serve(isProxyTrusted);
        RawStream stream = unread(served, "a", ONE);
        RawStream poll = polled(served, "a", ONE)) {
      assertThat(List.of(stream.status(), poll.status())).containsOnly(200);
      while (served.cutOffs() < 2) {
        served.clock().advance(Duration.ofSeconds(11));
        var unused = served.completed().poll(100, TimeUnit.MILLISECONDS);
      }

      String client = "client=" + (isProxyTrusted ? "192.0.2.1" : "127.0.0.1");
      assertThat(log.lines().stream().filter(line -> line.contains("watch.cut_off")))
          .hasSize(2)
          .allSatisfy(line -> assertThat(line).contains(client));
    }
  }
}
