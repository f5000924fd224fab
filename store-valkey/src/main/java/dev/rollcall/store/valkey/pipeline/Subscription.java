package dev.rollcall.store.valkey.pipeline;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A subscription to one channel, on a connection that is borrowed from the pool and closed
 * afterwards.
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

  private final Node node;
  private final BorrowedConnection connection;

  /** Held for a write, which never fills a buffer, and while the connection is closed. */
  private final ReentrantLock lock = new ReentrantLock();

  private boolean closed;
  private @Nullable Future<?> pings;

  private Subscription(Node node, BorrowedConnection connection) {
    this.node = node;
    this.connection = connection;
  }

  /**
   * Subscribes to a channel. Messages that are published after this returns are received.
   *
   * @throws JedisException if that fails, or is not possible by the deadline
   */
  public static Subscription open(Node node, byte[] channel, long deadlineNanos) {
    BorrowedConnection connection = node.connectToKeep(deadlineNanos);
    connection.retire(); // A connection that has subscribed must not serve others.
    Subscription subscription = new Subscription(node, connection);
    boolean opened = false;
    try {
      subscription.subscribe(channel, deadlineNanos);
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

  private void subscribe(byte[] channel, long deadlineNanos) {
    connection.send(Command.SUBSCRIBE, channel);
    connection.flush();
    while (!is(SUBSCRIBED, connection.receivePush(RoundTrip.millisUntil(deadlineNanos)))) {
      // What was pushed to the connection before.
    }
    node.heard();
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
   * Waits for the next message.
   *
   * @throws JedisConnectionException if the connection has ended, or is dead
   */
  public byte[] next() {
    while (true) {
      Object push = connection.receivePush(SILENCE_MILLIS);
      if (is(MESSAGE, push)) {
        return (byte[]) ((List<?>) push).get(2);
      }
    }
  }

  private static boolean is(byte[] kind, Object push) {
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
    if (pings != null) {
      pings.cancel(false);
    }
    cut();
    connection.giveBack();
  }
}
