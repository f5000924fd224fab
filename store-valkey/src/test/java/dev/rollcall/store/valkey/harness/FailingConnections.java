package dev.rollcall.store.valkey.harness;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.commons.pool2.BasePooledObjectFactory;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.providers.PooledConnectionProvider;

/**
 * A Jedis client whose connections fail on demand: before or after one step of what is said on
 * them, or in the place of a reply that they have read.
 */
public final class FailingConnections {
  private static final int UNARMED = -1;

  private final HostAndPort server;
  private final AtomicInteger stepsLeft = new AtomicInteger(UNARMED);
  private final AtomicReference<Supplier<Throwable>> failure = new AtomicReference<>();
  private final Queue<RuntimeException> replies = new ConcurrentLinkedQueue<>();
  private final AtomicReference<CountDownLatch> scansHeld = new AtomicReference<>();
  private final AtomicReference<Consumer<Object>> replyWatcher = new AtomicReference<>(reply -> {});
  private final AtomicInteger scansWaiting = new AtomicInteger();

  /** Makes connections to a server. */
  public FailingConnections(ValkeyServer server) {
    this.server = new HostAndPort(server.host(), server.port());
  }

  /** Returns a client with a pool of at most so many. */
  public RedisClient client(int connections) {
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(connections);
    pool.setMaxIdle(connections);
    pool.setJmxEnabled(false);
    return RedisClient.builder()
        .connectionProvider(new PooledConnectionProvider(new Factory(), pool))
        .build();
  }

  /** Fails once, before the step that comes after so many. */
  public void failAfter(int steps, Supplier<Throwable> with) {
    failure.set(with);
    stepsLeft.set(steps);
  }

  /** Returns whether it has failed since it was told to, and tells it not to. */
  public boolean disarm() {
    return stepsLeft.getAndSet(UNARMED) == UNARMED;
  }

  /** Returns whether it has failed since it was told to, or was not told to. */
  public boolean isDisarmed() {
    return stepsLeft.get() == UNARMED;
  }

  /** Throws this in the place of the next reply, as of an error reply; one for each such call. */
  public void replaceReply(JedisDataException error) {
    replies.add(error);
  }

  /** Shows each reply that is read, before whoever waits for it gets it. */
  public void showReplies(Consumer<Object> watcher) {
    replyWatcher.set(watcher);
  }

  /** Holds up each {@code SCAN} until the latch is open. */
  public void holdScans(@Nullable CountDownLatch until) {
    scansHeld.set(until);
  }

  /** Returns how many are held up. */
  public int scansWaiting() {
    return scansWaiting.get();
  }

  private void step(boolean isReply) {
    int left = stepsLeft.get();
    if (left == UNARMED || !stepsLeft.compareAndSet(left, left - 1) || left > 0) {
      return;
    }
    Throwable thrown = failure.get().get();
    // An error reply that was not read cannot be.
    if (!isReply && thrown instanceof JedisDataException) {
      return;
    }
    throwAny(thrown);
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void throwAny(Throwable e) throws T {
    throw (T) e;
  }

  private final class Factory extends BasePooledObjectFactory<Connection> {
    @Override
    public Connection create() {
      FailingConnection connection = new FailingConnection(server);
      connection.isReady = true;
      return connection;
    }

    @Override
    public PooledObject<Connection> wrap(Connection connection) {
      return new DefaultPooledObject<>(connection);
    }

    @Override
    public void destroyObject(PooledObject<Connection> pooled) {
      pooled.getObject().disconnect();
    }
  }

  private final class FailingConnection extends Connection {
    private boolean isReady;

    FailingConnection(HostAndPort server) {
      super(server, DefaultJedisClientConfig.builder().resp3().build());
    }

    @Override
    public void sendCommand(CommandArguments args) {
      if (isReady) {
        hold(args);
        step(false);
      }
      super.sendCommand(args);
      if (isReady) {
        step(false);
      }
    }

    private void hold(CommandArguments args) {
      CountDownLatch latch = scansHeld.get();
      if (latch != null && args.getCommand() == Command.SCAN) {
        scansWaiting.incrementAndGet();
        try {
          latch.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        } finally {
          scansWaiting.decrementAndGet();
        }
      }
    }

    @Override
    public void setSoTimeout(int millis) {
      if (isReady) {
        step(false);
      }
      super.setSoTimeout(millis);
    }

    @Override
    protected void flush() {
      if (isReady) {
        step(false);
      }
      super.flush();
    }

    @Override
    public Object getOne() {
      Object reply = super.getOne();
      if (isReady) {
        replyWatcher.get().accept(reply);
        step(true);
        RuntimeException other = replies.poll();
        if (other != null) {
          throw other;
        }
      }
      return reply;
    }
  }
}
