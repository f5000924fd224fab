package dev.rollcall.app.attack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.ChildJvm;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The runnable jar with the heap of the README, under all that clients can make it hold, at once:
 * for a minute, or for as many seconds as {@code -Drollcall.soak.seconds} says. They open fewer
 * connections than there may be in all: else whoever comes next, a ping too, waits for one.
 */
@Timeout(3_600)
class SoakIT {
  private static final String JAR = System.getProperty("rollcall.server.jar");
  private static final Duration TIME =
      Duration.ofSeconds(Long.getLong("rollcall.soak.seconds", 60));
  private static final String PING = "PUT /services/%s/$ping HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final String LIST = "GET /services HTTP/1.1\r\nHost: localhost\r\n\r\n";

  /** Loose, since the tests share their machine: a lease of 30 s takes more to be lost. */
  private static final Duration SERVED = Duration.ofSeconds(5);

  private final long end = System.nanoTime() + TIME.toNanos();
  private final AtomicLong longestPing = new AtomicLong();
  private final AtomicInteger pings = new AtomicInteger();
  private final AtomicInteger lists = new AtomicInteger();
  private final Random random = new Random(15);

  @FunctionalInterface
  private interface Attack {
    void once(InetSocketAddress server, Random dice) throws IOException;
  }

  @Test
  void noMixtureOfClientsBringsASmallHeapToItsEndInRealTime() throws Exception {
    List<String> arguments =
        List.of(
            "-Xmx64m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "-jar",
            JAR,
            "--port=0",
            "--log-level=error");
    try (ChildJvm jvm = ChildJvm.start(arguments)) {
      String line = jvm.readLineWith("Rollcall serves at ");
      URI url = URI.create(line.substring("Rollcall serves at ".length()));
      var server = new InetSocketAddress(url.getHost(), url.getPort());
      var said = CompletableFuture.supplyAsync(jvm::readRest, task -> new Thread(task).start());
      try {
        attack(server);
      } finally {
        assertThat(said.getNow("serves")).as("what it said, up to its end").isEqualTo("serves");
      }
      assertThat(awaitStatus(server, LIST)).isEqualTo(200);
      jvm.terminate();
      assertThat(said.join()).doesNotContain("OutOfMemoryError");
      assertThat(jvm.exitCode()).isZero();
    }
    System.out.printf(
        "%d pings, the longest %d ms; %d lists%n",
        pings.get(), Duration.ofNanos(longestPing.get()).toMillis(), lists.get());
    assertThat(pings.get()).isGreaterThan(10);
    assertThat(lists.get()).isPositive();
    assertThat(Duration.ofNanos(longestPing.get())).isLessThan(SERVED);
  }

  /** Beside services that ping, each of which registers once and must not be lost. */
  private void attack(InetSocketAddress server) {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String id = "alive-" + i;
      new Wire(server).registered(id);
      all.add(async(() -> keepAlive(server, id)));
    }
    List<Attack> attacks =
        List.of(
            SoakIT::registerSmall,
            SoakIT::registerLarge,
            SoakIT::registerWide,
            SoakIT::registerNames,
            SoakIT::leaveListsUnread,
            SoakIT::sendSlowly,
            SoakIT::sendHeadsSlowly,
            SoakIT::keepIdle,
            this::list,
            SoakIT::scrape);
    for (Attack attack : attacks) {
      for (int i = 0; i < 2; i++) {
        var dice = new Random(random.nextLong());
        all.add(async(() -> repeat(attack, server, dice)));
      }
    }
    all.forEach(CompletableFuture::join);
  }

  private static CompletableFuture<Void> async(Runnable task) {
    return CompletableFuture.runAsync(task, each -> new Thread(each).start());
  }

  private boolean isOver() {
    return System.nanoTime() - end >= 0;
  }

  private void keepAlive(InetSocketAddress server, String id) {
    while (!isOver()) {
      long start = System.nanoTime();
      assertThat(pingUntilAnswered(server, id)).isEqualTo(200);
      pings.incrementAndGet();
      longestPing.accumulateAndGet(System.nanoTime() - start, Math::max);
    }
  }

  /** Pings as a client does: again, by a new connection, where one is refused. */
  private static int pingUntilAnswered(InetSocketAddress server, String id) {
    return awaitStatus(server, PING.formatted(id));
  }

  private static int awaitStatus(InetSocketAddress server, String request) {
    long start = System.nanoTime();
    while (true) {
      try (var connection = new RawHttp(server)) {
        connection.send(request);
        int status = connection.read(false).status();
        if (status != 503) {
          return status;
        }
      } catch (IOException e) {
        // Closed, since there are as many connections as may be.
        if (System.nanoTime() - start > Duration.ofSeconds(60).toNanos()) {
          throw new UncheckedIOException("no answer in 60 s", e);
        }
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void repeat(Attack attack, InetSocketAddress server, Random dice) {
    while (!isOver()) {
      try {
        attack.once(server, dice);
      } catch (IOException e) {
        pause(); // It was cut off, or refused: that is the point.
      }
    }
  }

  private static void register(InetSocketAddress server, String info) throws IOException {
    String body = "{\"url\":\"http://h\",\"ttl_seconds\":15,\"info\":" + info + "}";
    try (var connection = new RawHttp(server)) {
      connection.send(
          "POST /services/$register HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Content-Length: "
              + body.length()
              + "\r\n\r\n"
              + body);
      assertThat(connection.read(false).status()).isIn(201, 413, 422, 503);
    }
  }

  private static void registerSmall(InetSocketAddress server, Random dice) throws IOException {
    try (var connection = new RawHttp(server)) {
      for (int i = 0; i < 100; i++) {
        String body = "{\"url\":\"http://h\",\"info\":{\"n\":" + dice.nextInt() + "}}";
        connection.send(
            "POST /services/$register HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: "
                + body.length()
                + "\r\n\r\n"
                + body);
        assertThat(connection.read(false).status()).isIn(201, 503);
      }
    }
  }

  private static void registerLarge(InetSocketAddress server, Random dice) throws IOException {
    register(server, "{\"k\":\"" + "x".repeat(dice.nextInt(1_000_000)) + "\"}");
  }

  private static void registerWide(InetSocketAddress server, Random dice) throws IOException {
    String item = List.of("[],", "{},", "{\"a\":{}},", "1,", "\"\",", "1e9,").get(dice.nextInt(6));
    register(server, "{\"k\":[" + item.repeat(dice.nextInt(900_000) / item.length()) + "0]}");
  }

  private static void registerNames(InetSocketAddress server, Random dice) throws IOException {
    var info = new StringBuilder("{\"k\":0");
    for (int i = dice.nextInt(50_000); i > 0; i--) {
      info.append(",\"n").append(Integer.toString(i, 36)).append("\":0");
    }
    register(server, info.append('}').toString());
  }

  private static void leaveListsUnread(InetSocketAddress server, Random dice) throws IOException {
    hold(server, LIST.repeat(5), 16, dice);
  }

  private static void sendSlowly(InetSocketAddress server, Random dice) throws IOException {
    String head =
        "POST /services/$register HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: 16384\r\n\r\n{";
    hold(server, head + " ".repeat(16_000), 80, dice);
  }

  private static void sendHeadsSlowly(InetSocketAddress server, Random dice) throws IOException {
    hold(
        server,
        "GET /services HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "x".repeat(7_000),
        80,
        dice);
  }

  private static void keepIdle(InetSocketAddress server, Random dice) throws IOException {
    hold(server, PING.formatted("alive-0"), 100, dice);
  }

  /** Opens connections that send something, read nothing, and stay for a while. */
  private static void hold(InetSocketAddress server, String request, int count, Random dice)
      throws IOException {
    List<SocketChannel> open = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        SocketChannel channel = SocketChannel.open();
        open.add(channel);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, 4_096);
        channel.connect(server);
        channel.write(ByteBuffer.wrap(request.getBytes(ISO_8859_1)));
      }
      Thread.sleep(dice.nextInt(4_000));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      for (SocketChannel channel : open) {
        channel.close();
      }
    }
  }

  private void list(InetSocketAddress server, Random dice) throws IOException {
    try (var connection = new RawHttp(server)) {
      connection.send(LIST);
      int status = connection.read(false).status();
      assertThat(status).isIn(200, 503);
      if (status == 200) {
        lists.incrementAndGet();
      }
    }
  }

  private static void scrape(InetSocketAddress server, Random dice) throws IOException {
    try (var connection = new RawHttp(server)) {
      connection.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(connection.read(false).status()).isIn(200, 503);
    }
  }
}
