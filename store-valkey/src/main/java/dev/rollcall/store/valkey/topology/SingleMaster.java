package dev.rollcall.store.valkey.topology;

import dev.rollcall.store.valkey.pipeline.AsyncOperation;
import dev.rollcall.store.valkey.pipeline.AsyncThreads;
import dev.rollcall.store.valkey.pipeline.BorrowedConnection;
import dev.rollcall.store.valkey.pipeline.CombiningPipeline;
import dev.rollcall.store.valkey.pipeline.Node;
import dev.rollcall.store.valkey.pipeline.PendingCommand;
import dev.rollcall.store.valkey.pipeline.ServerAddress;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.util.Pool;

/** The server that holds all keys: a single one, or the current master by Sentinel. */
public final class SingleMaster implements Topology {
  private static final int KEYS_PER_COMMAND = 100;

  private final AsyncThreads threads = new AsyncThreads();
  private final Node node;
  private final CombiningPipeline pipeline;
  private final @Nullable UnifiedJedis owned;

  private SingleMaster(Node node, @Nullable UnifiedJedis owned) {
    this.node = node;
    this.pipeline = new CombiningPipeline(node, KEYS_PER_COMMAND, threads);
    this.owned = owned;
  }

  public static SingleMaster of(
      RedisClient client, String address, Duration connectTimeout, boolean owns) {
    Pool<Connection> pool = client.getPool();
    Node node = new Node(() -> address, () -> pool, connectTimeout);
    return new SingleMaster(node, owns ? client : null);
  }

  /** Creates the topology of an application's client. */
  public static SingleMaster over(RedisClient client, Duration timeout) {
    Node unnamed = new Node(() -> "", client::getPool, Duration.ZERO);
    BorrowedConnection connection = unnamed.connect(System.nanoTime() + timeout.toNanos(), false);
    try {
      return of(client, connection.server().toString(), Duration.ZERO, false);
    } finally {
      try {
        connection.giveBack();
      } finally {
        unnamed.close();
      }
    }
  }

  public static SingleMaster of(RedisSentinelClient client, Duration connectTimeout, boolean owns) {
    Node node =
        new Node(
            () -> String.valueOf(client.getCurrentMaster()),
            () -> poolOf(client.getPrimaryNodesConnectionMap()),
            connectTimeout);
    return new SingleMaster(node, owns ? client : null);
  }

  private static @Nullable Pool<Connection> poolOf(Map<?, Pool<Connection>> masters) {
    Iterator<Pool<Connection>> pools = masters.values().iterator();
    return pools.hasNext() ? pools.next() : null;
  }

  @Override
  public @Nullable Object execute(byte[] key, PendingCommand command) {
    return pipeline.execute(command);
  }

  @Override
  public void submit(byte[] key, PendingCommand command, AsyncOperation<?> operation) {
    threads.begin(
        operation,
        () ->
            threads.submit(
                pipeline, command, operation, completed -> operation.end(completed::reply)));
  }

  @Override
  public boolean isCluster() {
    return false;
  }

  @Override
  public <T> List<T> onEachMaster(Function<Node, T> action) {
    return List.of(action.apply(node));
  }

  @Override
  public <T> List<T> onMastersOf(List<byte[]> keys, BiFunction<Node, List<byte[]>, T> action) {
    return List.of(action.apply(node, keys));
  }

  @Override
  public List<Node> masters() {
    return List.of(node);
  }

  @Override
  public Node anyMaster() {
    return node;
  }

  /** Does nothing: a single server does not move, and Sentinel tells the client of a new master. */
  @Override
  public void refreshSoon() {}

  @Override
  public int keysPerCommand() {
    return KEYS_PER_COMMAND;
  }

  @Override
  public String address() {
    return ServerAddress.display(node.address());
  }

  @Override
  public void close() {
    threads.close();
    if (owned != null) {
      owned.close();
    }
    node.close();
  }
}
