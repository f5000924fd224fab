package dev.rollcall.store.valkey;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.rollcall.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * Lists the services of one server, some hundreds at a time.
 *
 * <p>{@code SCAN} returns each key that was there throughout, some more than once. What it found is
 * read while it goes on, in the same round trip; and what was read is parsed while the server is at
 * the next. It has a connection of its own, so pings pass it.
 */
final class ServiceScan {
  /** So many keys cost the server some hundred microseconds, for which others wait. */
  private static final byte[] COUNT = ascii("500");

  private static final byte[] START = ascii("0");

  private final Topology topology;
  private final Keys keys;
  private final ServiceReader reader;
  private final Duration timeout;

  ServiceScan(Topology topology, Keys keys, ServiceReader reader, Duration timeout) {
    this.topology = topology;
    this.keys = keys;
    this.reader = reader;
    this.timeout = timeout;
  }

  /**
   * Returns the services of a server by id. Each round trip is bounded by the timeout.
   *
   * <p>If the connection fails it starts again, once: a cursor is good for one life of one server.
   */
  Map<String, Service> of(Node node) {
    Semaphore turn = node.awaitList(deadline());
    try {
      return scan(node);
    } catch (JedisConnectionException e) {
      return scan(node);
    } finally {
      turn.release();
    }
  }

  private Map<String, Service> scan(Node node) {
    Link link = node.connect(deadline(), false);
    try {
      Map<String, Service> services = scan(link);
      node.heard();
      return services;
    } catch (JedisConnectionException e) {
      node.forgetIdle();
      throw e;
    } finally {
      link.giveBack();
    }
  }

  private Map<String, Service> scan(Link link) {
    Map<String, Service> services = new HashMap<>();
    List<ReadCall> arrived = List.of();
    List<byte[]> found = List.of();
    byte @Nullable [] cursor = START;
    while (cursor != null || !found.isEmpty()) {
      List<ReadCall> reads = readsOf(found);
      List<Call> calls = new ArrayList<>(reads.size() + 1);
      reads.forEach(read -> calls.add(read.call()));
      Call scan = cursor == null ? null : scanFrom(cursor);
      if (scan != null) {
        calls.add(scan);
      }
      Exchange exchange = Exchange.start(link, calls, deadline());
      arrived.forEach(read -> collect(read, services));
      exchange.finish();
      arrived = reads;
      cursor = null;
      found = List.of();
      if (scan != null) {
        List<?> page = (List<?>) scan.reply();
        cursor = next((byte[]) page.get(0));
        found = keysOfServices((List<?>) page.get(1));
      }
    }
    arrived.forEach(read -> collect(read, services));
    return services;
  }

  private static byte @Nullable [] next(byte[] cursor) {
    return cursor.length == 1 && cursor[0] == START[0] ? null : cursor;
  }

  private Call scanFrom(byte[] cursor) {
    byte[][] args = {cursor, ascii("MATCH"), keys.pattern(), ascii("COUNT"), COUNT};
    return Call.of(Command.SCAN, args, deadline());
  }

  private List<byte[]> keysOfServices(List<?> page) {
    List<byte[]> found = new ArrayList<>(page.size());
    for (Object key : page) {
      if (keys.idOf((byte[]) key) != null) {
        found.add((byte[]) key);
      }
    }
    return found;
  }

  /** A call that reads some keys. */
  private record ReadCall(List<byte[]> keys, Call call) {}

  private List<ReadCall> readsOf(List<byte[]> found) {
    int perCall = topology.keysPerCall();
    List<ReadCall> reads = new ArrayList<>(found.size() / perCall + 1);
    for (int from = 0; from < found.size(); from += perCall) {
      List<byte[]> some = found.subList(from, Math.min(found.size(), from + perCall));
      reads.add(new ReadCall(some, new Call(Script.READ, deadline(), some)));
    }
    return reads;
  }

  private void collect(ReadCall read, Map<String, Service> services) {
    List<?> reply = (List<?>) replyTo(read);
    for (int i = 0; i < read.keys().size(); i++) {
      String id = keys.idOf(read.keys().get(i));
      reader
          .read(id, (byte[]) reply.get(2 * i), (Long) reply.get(2 * i + 1))
          .ifPresent(service -> services.put(id, service));
    }
  }

  private @Nullable Object replyTo(ReadCall read) {
    try {
      return read.call().reply();
    } catch (JedisRedirectionException e) {
      // The key moved to another server of the cluster after it was found here.
      return topology.execute(read.keys().get(0), read.call().again(deadline()));
    }
  }

  private long deadline() {
    return System.nanoTime() + timeout.toNanos();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
