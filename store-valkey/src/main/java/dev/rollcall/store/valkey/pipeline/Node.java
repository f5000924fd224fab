package dev.rollcall.store.valkey.pipeline;

import dev.rollcall.RegistryBusyException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.WeakHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.Pool;

/** A server and its connection pool. After a failover both may change. */
public final class Node {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.store.valkey");

  /** A connection that was used within this time is most likely still open. */
  private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

  /** Other lists that have been in progress as long as this one waited are likely to end soon. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final Supplier<String> address;
  private final Supplier<@Nullable Pool<Connection>> pool;
  private final long connectNanos;
  private final FailedConnections failed = new FailedConnections();
  private final WriteTimer writeTimer = new WriteTimer();
  private final AtomicReference<@Nullable Semaphore> lists = new AtomicReference<>();

  /** Grows when the address may lead to another server; see {@link #leaveServer}. */
  private final AtomicInteger generation = new AtomicInteger();

  private volatile boolean closed;
  private final LongSupplier nanoTime;

  /** When each connection was last given back. The pool closes some without a word: weak keys. */
  private final Map<Connection, Long> lastUsedNanos =
      Collections.synchronizedMap(new WeakHashMap<>());

  /**
   * Creates a node.
   *
   * @param pool gives the pool to use now, or null if the server has left
   * @param connectTimeout how long a new connection may take, or zero if that is not known
   */
  public Node(
      Supplier<String> address,
      Supplier<@Nullable Pool<Connection>> pool,
      Duration connectTimeout) {
    this(address, pool, connectTimeout, System::nanoTime);
  }

  /** Creates a node with a clock by which connections are idle. */
  Node(
      Supplier<String> address,
      Supplier<@Nullable Pool<Connection>> pool,
      Duration connectTimeout,
      LongSupplier nanoTime) {
    this.address = address;
    this.pool = pool;
    this.connectNanos = connectTimeout.toNanos();
    this.nanoTime = nanoTime;
  }

  WriteTimer writeTimer() {
    return writeTimer;
  }

  public String address() {
    return address.get();
  }

  /**
   * Borrows a connection from the pool, which opens one if necessary.
   *
   * <p>A connection in the pool may be dead, which shows only when it is used. A command that must
   * not be sent twice would be lost to that, so for such a command a connection is tested first
   * that has been idle. That the server has replied on another one proves nothing: a load balancer,
   * or the server itself, may have dropped just this one.
   *
   * @param testIfIdle whether to test the connection first if it has been idle
   * @throws JedisException if the pool has no connection to give by the deadline
   */
  public BorrowedConnection connect(long deadlineNanos, boolean testIfIdle) {
    BorrowedConnection connection = borrow(deadlineNanos);
    boolean isUsable = false;
    try {
      isUsable = !testIfIdle || isFresh(connection) || answers(connection, deadlineNanos);
    } finally {
      if (!isUsable) {
        connection.giveBack();
      }
    }
    if (isUsable) {
      return connection;
    }
    forgetIdle();
    return borrow(deadlineNanos);
  }

  private boolean isFresh(BorrowedConnection connection) {
    Long lastUsed = lastUsedNanos.get(connection.jedis());
    return lastUsed != null && nanoTime.getAsLong() - lastUsed < FRESH_NANOS;
  }

  /** Notes that a connection is given back to the pool after use. */
  void noteUse(BorrowedConnection connection) {
    lastUsedNanos.put(connection.jedis(), nanoTime.getAsLong());
  }

  /**
   * Waits until it may list, on a connection of its own. Lists use at most half of the pool, so
   * that pings get the connections that they need.
   *
   * @return what to release afterwards
   * @throws RegistryBusyException if that is not possible by the deadline
   */
  public Semaphore awaitList(long deadlineNanos) {
    Semaphore turns = lists();
    try {
      if (turns.tryAcquire(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return turns;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JedisException("interrupted", e);
    }
    throw new RegistryBusyException(
        "the services were not listed: as many lists were under way as may be at once, half of the"
            + " pool's connections; try again later, or give the pool more",
        null,
        RETRY_AFTER);
  }

  private Semaphore lists() {
    Semaphore made = lists.get();
    if (made != null) {
      return made;
    }
    int connections = currentPool().getMaxTotal();
    int most = connections < 0 ? Integer.MAX_VALUE : Math.max(1, connections / 2);
    lists.compareAndSet(null, new Semaphore(most, true));
    return Objects.requireNonNull(lists.get());
  }

  /** Returns whether connecting may take longer than this. */
  boolean mayOutlast(long nanosLeft) {
    if (nanosLeft >= connectNanos) {
      return false;
    }
    Pool<Connection> now = pool.get();
    return now == null || now.getNumIdle() == 0;
  }

  /** Tests a connection, for at most half of the time, so that there is time for another. */
  private static boolean answers(BorrowedConnection connection, long deadlineNanos) {
    long now = System.nanoTime();
    long limitNanos = (deadlineNanos - now) / 2;
    if (connection.usualTimeout() > 0) {
      limitNanos = Math.min(limitNanos, TimeUnit.MILLISECONDS.toNanos(connection.usualTimeout()));
    }
    try {
      PendingCommand ping = PendingCommand.of(Command.PING, new byte[0][], now + limitNanos);
      RoundTrip.run(connection, List.of(ping), ping.deadlineNanos());
    } catch (JedisException e) {
      LOG.debug("A connection that had been idle was dead", e);
    }
    return connection.isWhole();
  }

  /** Returns whether the connection is of the pool that would be used now. */
  boolean isCurrent(BorrowedConnection connection) {
    return pool.get() == connection.pool();
  }

  /**
   * Borrows a connection for a subscription, which keeps it.
   *
   * @throws JedisException if the pool has none to give, or has only one, which operations need
   */
  BorrowedConnection connectToKeep(long deadlineNanos) {
    if (currentPool().getMaxTotal() == 1) {
      throw new JedisException("the pool has one connection, which operations need");
    }
    return connect(deadlineNanos, true);
  }

  private BorrowedConnection borrow(long deadlineNanos) {
    Pool<Connection> now = currentPool();
    long wait = Math.max(1, deadlineNanos - System.nanoTime());
    try {
      giveBackFailed(now);
      return new BorrowedConnection(this, now, generation.get(), Duration.ofNanos(wait));
    } catch (JedisException e) {
      throw e;
    } catch (NoSuchElementException e) {
      // Not a JedisConnectionException, after which the command would be sent again.
      throw new JedisException(
          "all " + now.getMaxTotal() + " connections of the pool were in use", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JedisConnectionException("interrupted", e);
    } catch (Exception e) {
      throw new JedisConnectionException("no connection could be opened: " + e.getMessage(), e);
    }
  }

  private Pool<Connection> currentPool() {
    Pool<Connection> now = pool.get();
    if (now == null) {
      throw new JedisConnectionException(
          "no connections lead to " + ServerAddress.display(address()) + " any more");
    }
    return now;
  }

  /**
   * Sends one command on a connection of its own.
   *
   * @return the reply
   */
  public @Nullable Object ask(PendingCommand command) {
    BorrowedConnection connection = connect(command.deadlineNanos(), true);
    try {
      RoundTrip.run(connection, List.of(command), command.deadlineNanos());
    } finally {
      connection.giveBack();
    }
    return command.reply();
  }

  /**
   * Gives back the connections that have failed. The pool then opens another for each of them,
   * which may take the whole connect timeout and fail. So only callers that need a connection do
   * this. After an {@link Error} the connection is kept for the next caller, as the pool may still
   * count it as in use.
   *
   * @param needed the pool of which a connection is needed; failures of other pools are ignored
   */
  private void giveBackFailed(@Nullable Pool<Connection> needed) {
    BorrowedConnection connection;
    while ((connection = failed.poll()) != null) {
      try {
        connection.pool().returnBrokenResource(connection.jedis());
      } catch (Error e) {
        failed.add(connection);
        throw e;
      } catch (JedisException e) {
        if (e.getCause() instanceof IllegalStateException) {
          // The pool no longer knew it: it had forgotten it before an error that followed.
          LOG.debug("A connection had been given back already", e);
          continue;
        }
        // The reason why it was not replaced matters; giving it back succeeded.
        JedisException reason = e.getCause() instanceof JedisException cause ? cause : e;
        if (connection.pool() == needed) {
          throw reason;
        }
        LOG.debug("A connection that nobody needs was not opened", reason);
      } finally {
        // The pool may have been closed while it opened another, which it then keeps.
        if (connection.pool().isClosed()) {
          connection.pool().clear();
        }
      }
    }
  }

  /** Keeps a connection that has failed until somebody needs one. */
  void keepFailed(BorrowedConnection connection) {
    failed.add(connection);
    if (closed) {
      giveBackFailed(null);
    }
  }

  /**
   * Gives back all connections that have failed. A pool that is to be closed is closed before:
   * otherwise it opens another connection for each.
   */
  public void close() {
    closed = true;
    writeTimer.close();
    giveBackFailed(null);
  }

  /**
   * Begins the next generation, unless that has been done: closes all connections of this one and
   * of earlier ones, those in use when they are given back. Later ones may lead to another server
   * already.
   */
  void leaveServer(int left) {
    if (generation.compareAndSet(left, left + 1)) {
      forgetIdle();
    }
  }

  /** Returns whether a connection of a generation is to be closed. */
  boolean isOutdated(int borrowedIn) {
    return generation.get() != borrowedIn;
  }

  /** Closes the idle connections: if one has failed, the others most likely have, too. */
  public void forgetIdle() {
    Pool<Connection> now = pool.get();
    if (now != null) {
      now.clear();
    }
  }
}
