package dev.rollcall.store.valkey.pipeline;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.Pool;

/**
 * A connection that is borrowed from a pool, and the only way to use it.
 *
 * <p>It counts the replies that are due, and goes back to the pool only if there are none. A
 * connection with an unread reply would answer every later command with the reply to another. So
 * nobody has to report that a round trip failed: whatever ends one early, an {@link Error}
 * included, leaves replies due, and {@link #giveBack} closes the connection.
 *
 * <p>For use by one thread at a time, except {@link #cut}.
 */
public final class BorrowedConnection {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.store.valkey");

  private final Node node;
  private final Pool<Connection> pool;
  private final Connection connection;
  private final int generation;
  private final int usualTimeout;
  private int due;
  private boolean retired;
  private volatile boolean cut;

  /** The next one in {@link FailedConnections}, which alone uses it. */
  @Nullable BorrowedConnection nextFailed;

  /**
   * Borrows a connection. The pool is asked last: once it has given one, nothing is left to
   * allocate whose failure would lose it.
   *
   * @param generation the node's, read before the connection is borrowed
   * @param wait how long to wait for a connection
   * @throws Exception as the pool throws it
   */
  BorrowedConnection(Node node, Pool<Connection> pool, int generation, Duration wait)
      throws Exception {
    this.node = node;
    this.pool = pool;
    this.generation = generation;
    this.connection = pool.borrowObject(wait);
    this.usualTimeout = connection.getSoTimeout();
  }

  Pool<Connection> pool() {
    return pool;
  }

  Connection jedis() {
    return connection;
  }

  public HostAndPort server() {
    return connection.getHostAndPort();
  }

  /** Returns the timeout that the connection has in the pool, in milliseconds; 0 if it has none. */
  int usualTimeout() {
    return usualTimeout;
  }

  /** Writes a command. A part of it may stay in a buffer until {@link #flush}. */
  void send(ProtocolCommand command, byte[]... args) {
    checkNotCut();
    due++; // Before it is written: a command that was written in part may get a reply.
    connection.sendCommand(command, args);
  }

  /**
   * Writes {@code ASKING}, after which the server accepts one command for a slot that is migrating
   * to it.
   */
  void sendAsking() {
    send(Command.ASKING);
  }

  /**
   * Runs a write that may exceed the socket's buffers. Closes the connection if it takes longer
   * than the timeout.
   */
  void writeWithin(int timeoutMillis, Runnable write) {
    node.writeTimer().run(this, timeoutMillis, write);
  }

  void flush() {
    checkNotCut();
    var unused = connection.getMany(0); // The public way to flush.
  }

  /**
   * Reads the next reply.
   *
   * @param timeoutMillis how long each read of the socket may take
   * @throws JedisDataException if it is an error reply
   * @throws JedisConnectionException if no reply comes, or not in time
   */
  Object receive(int timeoutMillis) {
    checkNotCut();
    connection.setSoTimeout(timeoutMillis);
    Object reply;
    try {
      reply = connection.getOne();
    } catch (JedisDataException e) {
      due--; // An error reply is a whole reply.
      throw e;
    }
    due--;
    return reply;
  }

  /**
   * Reads what the server sends next, which need not be a reply: in a subscription another thread
   * may write meanwhile, so this must not flush.
   *
   * @param timeoutMillis how long each read of the socket may take
   * @throws JedisDataException if it is an error reply
   * @throws JedisConnectionException if nothing comes in time
   */
  Object receivePush(int timeoutMillis) {
    checkNotCut();
    connection.setSoTimeout(timeoutMillis);
    return connection.getUnflushedObject();
  }

  /** A Jedis connection that was closed would connect again, without its user or database. */
  private void checkNotCut() {
    if (cut) {
      throw new JedisConnectionException("another thread closed the connection");
    }
  }

  /** Closes the connection, also while another thread waits for a reply. For any thread. */
  void cut() {
    cut = true;
    close();
  }

  /** Makes {@link #giveBack} close the connection. */
  void retire() {
    retired = true;
  }

  /**
   * Makes {@link #giveBack} close the connection and every other one to the node that commands use:
   * its name may lead to another server by now. The next connection finds out.
   */
  void leaveServer() {
    retire();
    node.leaveServer(generation);
  }

  /** Returns whether every reply has been read and the connection may serve others. */
  boolean isWhole() {
    return due == 0 && !retired && !cut && !connection.isBroken() && connection.isConnected();
  }

  /**
   * Gives the connection back if it is {@linkplain #isWhole whole}, and no other has {@linkplain
   * #leaveServer left the server} meanwhile; otherwise closes it. Does not block.
   */
  public void giveBack() {
    boolean returned = false;
    try {
      if (isWhole() && !node.isOutdated(generation)) {
        connection.setSoTimeout(usualTimeout);
        node.noteUse(this); // Before another has it.
        pool.returnResource(connection);
        returned = true;
      }
    } catch (JedisException e) {
      LOG.debug("A connection was not given back, so it is closed", e);
    } finally {
      if (!returned) {
        try {
          connection.setBroken();
          close();
        } finally {
          node.keepFailed(this); // Also if there was no memory to close it: the pool counts it.
        }
      }
    }
  }

  private void close() {
    try {
      connection.forceDisconnect();
    } catch (IOException e) {
      LOG.debug("A connection that had failed was not closed", e);
    }
  }
}
