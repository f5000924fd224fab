package dev.rollcall.store.valkey.pipeline;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.apache.commons.pool2.BasePooledObjectFactory;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.util.Pool;

/** Replies that are read after a pause of the process that lasted beyond their deadline. */
class LateReplyTest {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  @Test
  void aReplyThatHasArrivedCountsThoughItIsReadAfterTheDeadline() throws Exception {
    try (Socket socket = new Socket(VALKEY.server().host(), VALKEY.server().port());
        Pool<Connection> pool = poolOf(socket)) {
      BorrowedConnection connection = connectionOf(pool);
      List<PendingCommand> pings = List.of(ping(), ping());
      RoundTrip trip = RoundTrip.start(connection, pings, System.nanoTime());
      Eventually.await(
          "both replies",
          Duration.ofSeconds(30),
          () -> available(socket) >= 2 * "+PONG__".length());
      trip.finish();

      assertThat(pings)
          .allSatisfy(
              ping -> assertThat((byte[]) ping.reply()).isEqualTo("PONG".getBytes(US_ASCII)));
      assertThat(connection.isWhole()).isTrue();
    }
  }

  @Test
  void aReplyThatHasNotArrivedIsLate() throws Exception {
    try (Socket socket = new Socket(VALKEY.server().host(), VALKEY.server().port());
        Pool<Connection> pool = poolOf(socket)) {
      byte[][] forTenSeconds = {"nothing".getBytes(US_ASCII), "10".getBytes(US_ASCII)};
      PendingCommand blocked = PendingCommand.of(Command.BLPOP, forTenSeconds, System.nanoTime());
      RoundTrip trip =
          RoundTrip.start(connectionOf(pool), List.of(blocked), blocked.deadlineNanos());

      assertThatExceptionOfType(JedisConnectionException.class).isThrownBy(trip::finish);
    }
  }

  @Test
  void anOperationTimesOutAtTheSecondTickAfterItsDeadline() {
    AsyncOperation<String> operation = new AsyncOperation<>(0, reply -> "");

    assertThat(operation.isOverdueAgain()).isFalse();
    assertThat(operation.isOverdueAgain()).isTrue();
  }

  private static PendingCommand ping() {
    return PendingCommand.of(Command.PING, new byte[0][], System.nanoTime());
  }

  private static BorrowedConnection connectionOf(Pool<Connection> pool) {
    Node node = new Node(() -> "h:1", () -> pool, Duration.ZERO);
    return node.connect(System.nanoTime() + Duration.ofSeconds(10).toNanos(), false);
  }

  private static int available(Socket socket) {
    try {
      return socket.getInputStream().available();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Pool<Connection> poolOf(Socket socket) {
    return new Pool<>(
        new BasePooledObjectFactory<Connection>() {
          @Override
          public Connection create() {
            return new Connection(() -> socket);
          }

          @Override
          public PooledObject<Connection> wrap(Connection connection) {
            return new DefaultPooledObject<>(connection);
          }
        });
  }
}
