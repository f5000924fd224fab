package dev.rollcall.store.valkey.pipeline;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;

/** Connections that the server has closed while they were idle in the pool. */
class IdleConnectionTest {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  private static final byte[][] ID = {"ID".getBytes(US_ASCII)};

  private final AtomicLong now = new AtomicLong();
  private final RedisClient client =
      RedisClient.create(VALKEY.server().host(), VALKEY.server().port());
  private final Node node =
      new Node(() -> "server", client::getPool, Duration.ofSeconds(1), now::get);

  @AfterEach
  void close() {
    client.close();
    node.close();
  }

  private BorrowedConnection connect(boolean testIfIdle) {
    return node.connect(deadline(), testIfIdle);
  }

  private static long deadline() {
    return System.nanoTime() + Duration.ofSeconds(10).toNanos();
  }

  /** Returns the number that the server gives to a connection, which is used for that. */
  private static long idOf(BorrowedConnection connection) {
    PendingCommand id = PendingCommand.of(Command.CLIENT, ID, deadline());
    RoundTrip.run(connection, List.of(id), deadline());
    return (Long) id.reply();
  }

  private static void close(long connection) {
    CommandArguments kill = new CommandArguments(Command.CLIENT).add("KILL").add("ID");
    assertThat(VALKEY.client().executeCommand(kill.add(connection))).isEqualTo(1L);
  }

  @Test
  void aConnectionThatDiedWhileItWasIdleIsNotUsedThoughTheServerRepliesOnAnother() {
    BorrowedConnection first = connect(false);
    BorrowedConnection other = connect(false);
    long dying = idOf(first);
    long kept = idOf(other);
    first.giveBack();
    other.giveBack();
    now.addAndGet(Duration.ofSeconds(2).toNanos());
    BorrowedConnection used = connect(false);
    assertThat(idOf(used)).isEqualTo(kept);
    close(dying);
    used.giveBack();

    BorrowedConnection fresh = connect(true);
    BorrowedConnection testIfIdle = connect(true);

    assertThat(idOf(fresh)).isEqualTo(kept);
    assertThat(idOf(testIfIdle)).isNotEqualTo(dying);
    fresh.giveBack();
    testIfIdle.giveBack();
  }
}
