package dev.rollcall.store.valkey;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.rollcall.Service;
import dev.rollcall.store.valkey.pipeline.BorrowedConnection;
import dev.rollcall.store.valkey.pipeline.Node;
import dev.rollcall.store.valkey.pipeline.PendingCommand;
import dev.rollcall.store.valkey.pipeline.RoundTrip;
import dev.rollcall.store.valkey.pipeline.Script;
import dev.rollcall.store.valkey.topology.Topology;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * Lists the services of one server, some hundreds at a time.
 *
 * <p>{@code SCAN} returns each key that was there throughout, some more than once. The keys that it
 * found are read in the round trip of the next {@code SCAN}, and their values are parsed while the
 * server works on the one after. A scan has a connection of its own, so that pings need not wait
 * for it.
 *
 * <p>The values of one round trip are bounded in bytes. A read returns the first values that fit,
 * then the length of the next. The rest is read again, grouped by the known lengths.
 */
final class ServiceScan {
  /** So many keys take the server some hundred microseconds, in which other commands wait. */
  private static final byte[] COUNT = ascii("500");

  /** With more keys than this to read, it does not scan on, so that unread keys do not pile up. */
  private static final int MAX_KEYS = 1_000;

  private static final byte[] START = ascii("0");

  private final Topology topology;
  private final Keys keys;
  private final StoredServiceReader reader;
  private final Duration timeout;
  private final ListMemory memory;
  private final ListMemory.Share share;

  ServiceScan(
      Topology topology,
      Keys keys,
      StoredServiceReader reader,
      Duration timeout,
      ListMemory memory,
      ListMemory.Share share) {
    this.topology = topology;
    this.keys = keys;
    this.reader = reader;
    this.timeout = timeout;
    this.memory = memory;
    this.share = share;
  }

  /**
   * Returns the services of a server by id. Each round trip is bounded by the timeout.
   *
   * <p>If the connection fails, it starts again, once: a cursor is lost when its server restarts.
   */
  Map<String, Service> of(Node node) {
    return read(node, START, List.of());
  }

  /** Returns those services of some keys that are alive, by id. One server holds all the keys. */
  Map<String, Service> of(Node node, List<byte[]> some) {
    return read(node, null, some);
  }

  private Map<String, Service> read(Node node, byte @Nullable [] cursor, List<byte[]> some) {
    Semaphore turn = node.awaitList(deadline());
    try {
      return scan(node, cursor, some);
    } catch (JedisConnectionException e) {
      return scan(node, cursor, some);
    } finally {
      turn.release();
    }
  }

  private Map<String, Service> scan(Node node, byte @Nullable [] cursor, List<byte[]> some) {
    BorrowedConnection connection = node.connect(deadline(), false);
    try {
      return scan(connection, cursor, some);
    } catch (JedisConnectionException e) {
      node.forgetIdle();
      throw e;
    } finally {
      connection.giveBack();
    }
  }

  private Map<String, Service> scan(
      BorrowedConnection connection, byte @Nullable [] cursor, List<byte[]> some) {
    Found found = new Found();
    found.keys.addAll(some);
    try {
      scan(connection, cursor, found);
      found.isWhole = true;
      return found.services;
    } finally {
      if (!found.isWhole) {
        share.remove(found.bytes);
      }
    }
  }

  private void scan(BorrowedConnection connection, byte @Nullable [] start, Found found) {
    List<Values> arrived = List.of();
    byte @Nullable [] cursor = start;
    while (cursor != null || found.isToRead()) {
      PendingCommand scan =
          cursor == null || found.keys.size() > MAX_KEYS ? null : scanFrom(cursor);
      List<Read> reads = nextReads(found);
      List<PendingCommand> commands = new ArrayList<>(reads.size() + 1);
      reads.forEach(read -> commands.add(read.command()));
      if (scan != null) {
        commands.add(scan);
      }
      RoundTrip roundTrip = RoundTrip.start(connection, commands, deadline());
      arrived.forEach(values -> collect(values, found));
      arrived = List.of(); // What is read next takes as much memory again.
      roundTrip.finish();
      arrived = new ArrayList<>(reads.size());
      for (Read read : reads) {
        arrived.add(valuesOf(read, found));
      }
      if (scan != null) {
        List<?> page = (List<?>) scan.reply();
        cursor = next((byte[]) page.get(0));
        addKeysOfServices((List<?>) page.get(1), found);
      }
    }
    arrived.forEach(values -> collect(values, found));
  }

  private static byte @Nullable [] next(byte[] cursor) {
    return cursor.length == 1 && cursor[0] == START[0] ? null : cursor;
  }

  private PendingCommand scanFrom(byte[] cursor) {
    byte[][] args = {cursor, ascii("MATCH"), keys.pattern(), ascii("COUNT"), COUNT};
    return PendingCommand.of(Command.SCAN, args, deadline());
  }

  private void addKeysOfServices(List<?> page, Found found) {
    for (Object key : page) {
      if (keys.idOf((byte[]) key) != null) {
        found.keys.add((byte[]) key);
      }
    }
  }

  /** What a scan has found so far. */
  private static final class Found {
    private final Map<String, Service> services = new HashMap<>();

    /** What the services were counted as. */
    private long bytes;

    private boolean isWhole;

    /** The keys whose values have yet to be read. */
    private List<byte[]> keys = new ArrayList<>();

    /** Of these the values were too long to be read beside others. */
    private final Queue<LongValue> longValues = new ArrayDeque<>();

    boolean isToRead() {
      return !keys.isEmpty() || !longValues.isEmpty();
    }
  }

  /** One key whose value has yet to be read, and its length in bytes when it was met. */
  private record LongValue(List<byte[]> key, long length) {}

  /** A command that reads some keys. */
  private record Read(List<byte[]> keys, PendingCommand command) {}

  /** The values of the first keys of a command, as its script returned them. */
  private record Values(List<byte[]> keys, List<?> reply) {}

  /** Returns what to read next; its values have at most the bytes of a round trip. */
  private List<Read> nextReads(Found found) {
    List<Read> reads = new ArrayList<>();
    long left = memory.roundTripBytes();
    LongValue first;
    while ((first = found.longValues.peek()) != null
        && (reads.isEmpty() || first.length() <= left)) {
      found.longValues.remove();
      left -= first.length();
      reads.add(readOf(first.key(), first.length()));
    }
    return reads.isEmpty() ? readsOf(found) : reads;
  }

  private List<Read> readsOf(Found found) {
    List<byte[]> all = found.keys;
    found.keys = new ArrayList<>();
    if (all.size() > MAX_KEYS) {
      found.keys.addAll(all.subList(MAX_KEYS, all.size()));
      all = all.subList(0, MAX_KEYS);
    }
    int perCommand = topology.keysPerCommand();
    int commands = (all.size() + perCommand - 1) / perCommand;
    List<Read> reads = new ArrayList<>(commands);
    for (int from = 0; from < all.size(); from += perCommand) {
      List<byte[]> some = all.subList(from, Math.min(all.size(), from + perCommand));
      reads.add(readOf(some, memory.roundTripBytes() / commands));
    }
    return reads;
  }

  private Read readOf(List<byte[]> some, long maxBytes) {
    return new Read(
        some, new PendingCommand(Script.READ, deadline(), some, ascii(Long.toString(maxBytes))));
  }

  /** Returns the values that a command has read, and keeps the other keys to be read again. */
  private Values valuesOf(Read read, Found found) {
    List<?> reply = (List<?>) replyTo(read);
    int count = reply.size() / 2;
    found.keys.addAll(read.keys().subList(count, read.keys().size()));
    if (reply.get(2 * (count - 1)) instanceof Long length) {
      count--;
      byte[] key = read.keys().get(count);
      memory.checkLength(keys.idOf(key), length);
      found.longValues.add(new LongValue(List.of(key), length));
    }
    return new Values(read.keys().subList(0, count), reply);
  }

  private void collect(Values values, Found found) {
    long now = (Long) values.reply().get(values.reply().size() - 1);
    for (int i = 0; i < values.keys().size(); i++) {
      String id = keys.idOf(values.keys().get(i));
      reader
          .read(id, (byte[]) values.reply().get(2 * i), (Long) values.reply().get(2 * i + 1), now)
          .ifPresent(service -> add(service, found));
    }
  }

  private void add(Service service, Found found) {
    long bytes = ListMemory.bytesOf(service);
    share.add(bytes);
    found.bytes += bytes;
    Service former = found.services.put(service.id(), service);
    if (former != null) {
      share.remove(ListMemory.bytesOf(former));
      found.bytes -= ListMemory.bytesOf(former);
    }
  }

  private @Nullable Object replyTo(Read read) {
    try {
      return read.command().reply();
    } catch (JedisRedirectionException e) {
      // The key moved to another server of the cluster after it was found here.
      return topology.execute(read.keys().get(0), read.command().again(deadline()));
    }
  }

  private long deadline() {
    return System.nanoTime() + timeout.toNanos();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
