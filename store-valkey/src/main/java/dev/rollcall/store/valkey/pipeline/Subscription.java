package dev.rollcall.store.valkey.pipeline;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * What a server tells of without being asked: messages on a channel, writes to keys that start with
 * a prefix, or both. It has a connection that is borrowed from the pool and closed afterwards.
 *
 * <p>Writes are those that {@code CLIENT TRACKING} in its broadcasting mode tells of: every write,
 * the end of a lease included, by whichever client, a batch for each turn of the server's event
 * loop. Jedis drops what a server pushes by RESP3 and is no message of a channel. So the connection
 * changes to RESP2, where the server sends these as messages on a channel of their own, to a client
 * that has named itself as the one to redirect them to.
 *
 * <p>A connection that is silent is told from a dead one by a {@code PING} every two seconds: if
 * nothing arrives for five, it is given up. It is also given up when the node's pool is another,
 * after a failover, or the node has left the cluster.
 *
 * <p>One thread opens it, reads and closes it. {@link #cut} is for any thread.
 */
public final class Subscription implements AutoCloseable {
  private static final int PING_MILLIS = 2_000;
  private static final int SILENCE_MILLIS = 5_000;
  private static final byte[] SUBSCRIBED = "subscribe".getBytes(US_ASCII);
  private static final byte[] MESSAGE = "message".getBytes(US_ASCII);
  private static final byte[] WRITES = "__redis__:invalidate".getBytes(US_ASCII);

  private final Node node;
  private final BorrowedConnection connection;

  /** Held for a write, which never fills a buffer, and while the connection is closed. */
  private final ReentrantLock lock = new ReentrantLock();

  private boolean closed;
  private @Nullable Future<?> pings;

  /** Borrows the connection last: nothing is left to allocate whose failure would lose it. */
  private Subscription(Node node, long deadlineNanos) {
    this.node = node;
    this.connection = node.connectToKeep(deadlineNanos);
    connection.retire(); // A connection that has subscribed must not serve others.
  }

  /** Is told what arrives. */
  public interface Listener {

    /** Takes a message of the channel. */
    void published(byte[] message);

    /** Takes the keys that were written, among them such as were removed or have expired. */
    void written(List<byte[]> keys);

    /** Says that all keys were removed. */
    void flushed();
  }

  /**
   * Subscribes. What is published or written after this returns is received.
   *
   * @param channel whose messages, or null
   * @param prefix writes to which keys, or null
   * @throws JedisException if that fails, or is not possible by the deadline
   */
  public static Subscription open(
      Node node, byte @Nullable [] channel, byte @Nullable [] prefix, long deadlineNanos) {
    Subscription subscription = new Subscription(node, deadlineNanos);
    boolean opened = false;
    try {
      List<byte[]> channels = new ArrayList<>(2);
      if (channel != null) {
        channels.add(channel);
      }
      if (prefix != null) {
        subscription.track(prefix, deadlineNanos);
        channels.add(WRITES);
      }
      subscription.subscribe(channels, deadlineNanos);
      opened = true;
      return subscription;
    } catch (JedisConnectionException e) {
      node.forgetIdle();
      throw e;
    } finally {
      if (!opened) {
        subscription.close();
      }
    }
  }

  private void track(byte[] prefix, long deadlineNanos) {
    var unused = ask(deadlineNanos, Command.HELLO, ascii("2"));
    byte[] self = ascii(String.valueOf(ask(deadlineNanos, Command.CLIENT, ascii("ID"))));
    unused =
        ask(
            deadlineNanos,
            Command.CLIENT,
            ascii("TRACKING"),
            ascii("ON"),
            ascii("REDIRECT"),
            self,
            ascii("BCAST"),
            ascii("PREFIX"),
            prefix);
  }

  private Object ask(long deadlineNanos, Command command, byte[]... args) {
    connection.send(command, args);
    connection.flush();
    return connection.receive(RoundTrip.millisToReceive(deadlineNanos));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }

  private void subscribe(List<byte[]> channels, long deadlineNanos) {
    connection.send(Command.SUBSCRIBE, channels.toArray(new byte[0][]));
    connection.flush();
    int confirmed = 0;
    while (confirmed < channels.size()) {
      if (isOf(SUBSCRIBED, connection.receivePush(RoundTrip.millisToReceive(deadlineNanos)))) {
        confirmed++;
      }
    }
    pings = node.writeTimer().every(PING_MILLIS, this::ping);
  }

  private void ping() {
    lock.lock();
    try {
      if (!closed) {
        if (!node.isCurrent(connection)) {
          throw new JedisConnectionException("the server is not the master any more");
        }
        connection.send(Command.PING);
        connection.flush();
      }
    } catch (JedisException e) {
      cut(); // The thread that reads is told so by its read.
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for what comes next, and tells the listener of it. Returns every two seconds at least,
   * when the server has answered a {@code PING}, of which the listener is told nothing.
   *
   * @throws JedisConnectionException if the connection has ended, or is dead
   */
  public void next(Listener listener) {
    Object push = connection.receivePush(SILENCE_MILLIS);
    if (!isOf(MESSAGE, push)) {
      return;
    }
    List<?> parts = (List<?>) push;
    Object content = parts.get(2);
    if (!Arrays.equals(WRITES, (byte[]) parts.get(1))) {
      listener.published((byte[]) content);
    } else if (content instanceof List<?> keys) {
      listener.written(keys.stream().map(byte[].class::cast).toList());
    } else {
      listener.flushed();
    }
  }

  private static boolean isOf(byte[] kind, Object push) {
    return push instanceof List<?> parts
        && parts.size() == 3
        && parts.get(0) instanceof byte[] first
        && Arrays.equals(first, kind);
  }

  /** Ends the connection under the thread that reads. */
  public void cut() {
    lock.lock();
    try {
      closed = true;
      connection.cut();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    try {
      if (pings != null) {
        pings.cancel(false);
      }
      cut();
    } finally {
      connection.giveBack();
    }
  }
}
