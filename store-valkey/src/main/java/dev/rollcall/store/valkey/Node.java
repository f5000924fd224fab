package dev.rollcall.store.valkey;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.Pool;

/** One server, and the pool of connections to it, which may be another after a failover. */
final class Node {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.store.valkey");

  /** A server that was heard of within this has most likely not gone since. */
  private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

  private final Supplier<String> address;
  private final Supplier<@Nullable Pool<Connection>> pool;
  private final long connectNanos;
  private final Queue<Link> failed = new ConcurrentLinkedQueue<>();
  private volatile long lastHeardNanos = System.nanoTime() - FRESH_NANOS;

  /**
   * Names a server.
   *
   * @param pool gives the pool to use now, or null if the server has left
   * @param connectTimeout how long a new connection may take, or zero if that is not known
   */
  Node(
      Supplier<String> address,
      Supplier<@Nullable Pool<Connection>> pool,
      Duration connectTimeout) {
    this.address = address;
    this.pool = pool;
    this.connectNanos = connectTimeout.toNanos();
  }

  String address() {
    return address.get();
  }

  /**
   * Borrows a connection, or makes one.
   *
   * <p>One from the pool may have died unseen, and that shows only in use. What must not be done
   * twice should not be lost to that, so for its sake a connection that has rested is tried first.
   *
   * @param proven whether to try a connection that has rested
   * @throws JedisException if there is none to be had by the deadline
   */
  Link connect(long deadlineNanos, boolean proven) {
    Link link = borrow(deadlineNanos);
    if (!proven || System.nanoTime() - lastHeardNanos < FRESH_NANOS || answers(link)) {
      return link;
    }
    forgetIdle();
    return borrow(deadlineNanos);
  }

  /** Returns whether a caller that has this long should rather not begin to connect. */
  boolean mayOutlast(long nanosLeft) {
    if (nanosLeft >= connectNanos) {
      return false;
    }
    Pool<Connection> now = pool.get();
    return now == null || now.getNumIdle() == 0;
  }

  private static boolean answers(Link link) {
    try {
      return link.connection().ping();
    } catch (JedisException e) {
      link.drop();
      return false;
    }
  }

  private Link borrow(long deadlineNanos) {
    Pool<Connection> now = pool.get();
    if (now == null) {
      throw new JedisConnectionException(address() + " has left the cluster");
    }
    long wait = Math.max(1, deadlineNanos - System.nanoTime());
    try {
      giveBackFailed(now);
      return new Link(now, now.borrowObject(Duration.ofNanos(wait)));
    } catch (JedisException e) {
      throw e;
    } catch (NoSuchElementException e) {
      throw new JedisConnectionException(
          "all %d connections of the pool were in use".formatted(now.getMaxTotal()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JedisConnectionException("interrupted", e);
    } catch (Exception e) {
      throw new JedisConnectionException("no connection could be had: " + e.getMessage(), e);
    }
  }

  /**
   * Makes one call on a connection of its own.
   *
   * @return the reply
   */
  @Nullable Object ask(Call call) {
    Link link = connect(call.deadlineNanos(), false);
    try {
      Exchange.run(link.connection(), List.of(call), call.deadlineNanos());
      heard();
    } finally {
      link.giveBack();
    }
    return call.reply();
  }

  /**
   * Gives back the connections that have failed. The pool opens another for each, which may take as
   * long as one may take to open, and fail: so this is left to whoever needs one.
   *
   * @param needed the pool that one is needed of; a failure of another is none
   */
  private void giveBackFailed(@Nullable Pool<Connection> needed) {
    Link link;
    while ((link = failed.poll()) != null) {
      try {
        link.pool.returnBrokenResource(link.connection);
      } catch (JedisException e) {
        // That it was not replaced is what matters, not that it was given back.
        JedisException reason = e.getCause() instanceof JedisException cause ? cause : e;
        if (link.pool == needed) {
          throw reason;
        }
        LOG.debug("A connection that nobody needs was not opened", reason);
      }
    }
  }

  /** Leaves the pool as if it had not been used. */
  void close() {
    giveBackFailed(null);
  }

  void heard() {
    lastHeardNanos = System.nanoTime();
  }

  /** Closes the connections that nobody uses: where one has failed, the rest has too. */
  void forgetIdle() {
    lastHeardNanos = System.nanoTime() - FRESH_NANOS;
    Pool<Connection> now = pool.get();
    if (now != null) {
      now.clear();
    }
  }

  /** A connection on loan. */
  final class Link {
    private final Pool<Connection> pool;
    private final Connection connection;

    private Link(Pool<Connection> pool, Connection connection) {
      this.pool = pool;
      this.connection = connection;
    }

    Connection connection() {
      return connection;
    }

    /** Gives the connection back, or closes it if it has failed. Waits for nothing. */
    void giveBack() {
      if (!connection.isBroken()) {
        pool.returnResource(connection);
        return;
      }
      try {
        connection.forceDisconnect();
      } catch (IOException e) {
        LOG.debug("A connection that had failed was not closed", e);
      }
      failed.add(this);
    }

    /** Closes the connection. */
    void drop() {
      connection.setBroken();
      giveBack();
    }
  }
}
