package dev.rollcall.app.attack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.ServerProcess;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Clients that ping without end and read no answer, beside others whose pings are answered in the
 * same batches.
 */
@Timeout(120)
class UnreadPingsTest {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  private static final int CLIENTS = 4;
  private static final String PING = "PUT /services/%s/$ping HTTP/1.1\r\nHost: localhost\r\n\r\n";

  /** Loose, since the tests share their machine; the server cuts a client off after a minute. */
  private static final Duration SERVED = Duration.ofSeconds(5);

  /** A server that sends on takes more requests within this. */
  private static final Duration STUCK = Duration.ofSeconds(2);

  private volatile boolean isDone;

  @Test
  void aClientThatReadsNothingHoldsUpNoOthersPingInRealTime() throws Exception {
    List<SocketChannel> stuck = new ArrayList<>();
    try (var server = ServerProcess.start(List.of(), "--store=" + VALKEY.uri())) {
      server.wire().registered("unread");
      List<CompletableFuture<Duration>> others = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        String id = "other-" + i;
        server.wire().registered(id);
        others.add(
            CompletableFuture.supplyAsync(
                () -> longestPing(server, id), task -> new Thread(task).start()));
      }
      for (int i = 0; i < CLIENTS; i++) {
        SocketChannel client = SocketChannel.open();
        stuck.add(client);
        client.setOption(StandardSocketOptions.SO_RCVBUF, 4_096);
        client.connect(server.address());
        pingUntilStuck(client);
      }
      isDone = true;

      for (CompletableFuture<Duration> other : others) {
        assertThat(other.join()).isLessThan(SERVED);
      }
    } finally {
      isDone = true;
      for (SocketChannel client : stuck) {
        client.close();
      }
    }
  }

  private Duration longestPing(ServerProcess server, String id) {
    long longest = 0;
    try (var connection = new RawHttp(server.address())) {
      while (!isDone) {
        long start = System.nanoTime();
        connection.send(PING.formatted(id));
        assertThat(connection.read(false).status()).isEqualTo(200);
        longest = Math.max(longest, System.nanoTime() - start);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Duration.ofNanos(longest);
  }

  /** Sends pings until the server takes no more, because it cannot send its answers. */
  private static void pingUntilStuck(SocketChannel client) throws Exception {
    client.configureBlocking(false);
    ByteBuffer pings = ByteBuffer.wrap(PING.formatted("unread").repeat(100).getBytes(ISO_8859_1));
    long lastNanos = System.nanoTime();
    while (System.nanoTime() - lastNanos < STUCK.toNanos()) {
      if (client.write(pings) > 0) {
        lastNanos = System.nanoTime();
      } else {
        Thread.sleep(1);
      }
      if (!pings.hasRemaining()) {
        pings.rewind();
      }
    }
  }
}
