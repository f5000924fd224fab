package dev.rollcall.store.valkey;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.rollcall.history.EventQuery;
import dev.rollcall.history.EventSelection;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.store.valkey.pipeline.BorrowedConnection;
import dev.rollcall.store.valkey.pipeline.Node;
import dev.rollcall.store.valkey.pipeline.PendingCommand;
import dev.rollcall.store.valkey.pipeline.RoundTrip;
import dev.rollcall.store.valkey.topology.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * Selects the newest events of one server: it reads all histories, some at a time, and holds those
 * that are selected. The histories that a {@code SCAN} found are read in the round trip of the
 * next. It takes the turn of a list.
 */
final class HistoryScan {
  /** So many keys, of 16 KB at most, are read in one round trip. */
  private static final byte[] COUNT = ascii("200");

  private static final byte[] START = ascii("0");

  private final Topology topology;
  private final ValkeyHistory history;
  private final Keys keys;
  private final EventQuery query;
  private final Duration timeout;

  HistoryScan(
      Topology topology, ValkeyHistory history, Keys keys, EventQuery query, Duration timeout) {
    this.topology = topology;
    this.history = history;
    this.keys = keys;
    this.query = query;
    this.timeout = timeout;
  }

  /** Returns the newest events of a server. Each round trip is bounded by the timeout. */
  List<ServiceEvent> of(Node node) {
    Semaphore turn = node.awaitList(deadline());
    try {
      return scan(node);
    } catch (JedisConnectionException e) {
      return scan(node); // once more: a cursor is lost when its server restarts
    } finally {
      turn.release();
    }
  }

  private List<ServiceEvent> scan(Node node) {
    BorrowedConnection connection = node.connect(deadline(), false);
    try {
      EventSelection selection = new EventSelection(query);
      scan(connection, selection);
      return selection.events();
    } catch (JedisConnectionException e) {
      node.forgetIdle();
      throw e;
    } finally {
      connection.giveBack();
    }
  }

  /** The command that reads the history of an id. */
  private record Read(String id, PendingCommand command) {}

  private void scan(BorrowedConnection connection, EventSelection selection) {
    List<Read> reads = List.of();
    byte @Nullable [] cursor = START;
    while (cursor != null || !reads.isEmpty()) {
      List<PendingCommand> commands = new ArrayList<>();
      reads.forEach(read -> commands.add(read.command()));
      PendingCommand scan = cursor == null ? null : scanFrom(cursor);
      if (scan != null) {
        commands.add(scan);
      }
      RoundTrip.start(connection, commands, deadline()).finish();
      reads.forEach(read -> select(read, selection));
      reads = new ArrayList<>();
      if (scan != null) {
        List<?> page = (List<?>) scan.reply();
        byte[] next = (byte[]) page.get(0);
        cursor = next.length == 1 && next[0] == START[0] ? null : next;
        for (Object key : (List<?>) page.get(1)) {
          String id = keys.idOfHistory((byte[]) key);
          if (id != null) {
            reads.add(new Read(id, history.command(id, deadline())));
          }
        }
      }
    }
  }

  private PendingCommand scanFrom(byte[] cursor) {
    byte[][] args = {cursor, ascii("MATCH"), keys.patternOfHistories(), ascii("COUNT"), COUNT};
    return PendingCommand.of(Command.SCAN, args, deadline());
  }

  private void select(Read read, EventSelection selection) {
    Object reply = ValkeyHistory.readable(() -> replyTo(read));
    ValkeyHistory.events(read.id(), reply).forEach(selection::add);
  }

  private @Nullable Object replyTo(Read read) {
    try {
      return read.command().reply();
    } catch (JedisRedirectionException e) {
      // The key moved to another server of the cluster after it was found here.
      return topology.execute(read.command().key(), read.command().again(deadline()));
    }
  }

  private long deadline() {
    return System.nanoTime() + timeout.toNanos();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
