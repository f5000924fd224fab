package dev.rollcall.store.valkey;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.exceptions.JedisAskDataException;
import redis.clients.jedis.exceptions.JedisClusterException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisMovedDataException;
import redis.clients.jedis.exceptions.JedisRedirectionException;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * The masters of a cluster, lanes to each, and which of them holds which slot.
 *
 * <p>Connections are the Jedis client's. The map of slots is kept here, since a pipeline needs to
 * know where a key is before it is sent. It is mended by what the servers answer ({@code MOVED})
 * and is read anew, by a thread of its own, when one of them moved a slot or could not be reached.
 */
final class ClusterSlots implements Topology {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.store.valkey");

  private static final byte[][] SLOTS = {"SLOTS".getBytes(US_ASCII)};

  /** A key that moves twice under one call is a rare thing; more is a cluster at odds. */
  private static final int MAX_REDIRECTIONS = 4;

  /** Two keys are of one slot by chance only. */
  private static final int KEYS_PER_CALL = 1;

  /** Beyond this a caller does the work itself. */
  private static final int MAX_THREADS = 32;

  private final RedisClusterClient client;
  private final Duration connectTimeout;
  private final Duration timeout;
  private final boolean owns;
  private final Map<String, Lanes> lanes = new ConcurrentHashMap<>();
  private final AtomicReferenceArray<@Nullable Lanes> slots =
      new AtomicReferenceArray<>(Protocol.CLUSTER_HASHSLOTS);
  private final AtomicReference<@Nullable CompletableFuture<Void>> refreshing =
      new AtomicReference<>();
  private final ExecutorService threads = newThreads();

  ClusterSlots(RedisClusterClient client, Duration connectTimeout, Duration timeout, boolean owns) {
    this.client = client;
    this.connectTimeout = connectTimeout;
    this.timeout = timeout;
    this.owns = owns;
    readSlots();
  }

  /** Threads that come and go: one for each server that a list asks, and one that reads slots. */
  private static ExecutorService newThreads() {
    return new ThreadPoolExecutor(
        0,
        MAX_THREADS,
        10,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> {
          Thread thread = new Thread(task, "rollcall-valkey");
          thread.setDaemon(true);
          return thread;
        },
        new ThreadPoolExecutor.CallerRunsPolicy());
  }

  @Override
  public @Nullable Object execute(byte[] key, Call call) {
    int slot = JedisClusterCRC16.getSlot(key);
    Lanes server = slots.get(slot);
    Call next = call;
    for (int redirections = 0; ; redirections++) {
      try {
        if (server == null) {
          throw new JedisConnectionException("no server holds the slot " + slot);
        }
        return server.execute(next);
      } catch (JedisRedirectionException e) {
        if (redirections == MAX_REDIRECTIONS) {
          throw e;
        }
        server = lanesTo(e.getTargetNode());
        next = redirected(next, e, slot, server);
        awaitKnown(server.node(), next.nanosLeft());
      } catch (JedisConnectionException | JedisClusterException e) {
        var unused = refresh();
        throw e;
      }
    }
  }

  private Call redirected(Call call, JedisRedirectionException e, int slot, Lanes server) {
    if (e instanceof JedisAskDataException) {
      return call.asking();
    }
    if (e instanceof JedisMovedDataException) {
      slots.set(slot, server);
      var unused = refresh();
    }
    return call.again(call.deadlineNanos());
  }

  /** Waits for the client to learn of a server that has joined the cluster since it last asked. */
  private void awaitKnown(Node server, long limitNanos) {
    if (client.getClusterNodes().containsKey(server.address())) {
      return;
    }
    try {
      refresh().get(limitNanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JedisConnectionException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new JedisConnectionException(
          server.address() + " is new, and the cluster was not read in time", e);
    }
  }

  private Lanes lanesTo(HostAndPort server) {
    String address = server.toString();
    return lanes.computeIfAbsent(
        address,
        a ->
            new Lanes(
                new Node(() -> a, () -> client.getClusterNodes().get(a), connectTimeout),
                KEYS_PER_CALL));
  }

  /** Reads the map of slots anew, soon; what it returns is complete once it was tried. */
  private CompletableFuture<Void> refresh() {
    CompletableFuture<Void> tried = new CompletableFuture<>();
    CompletableFuture<Void> underWay = refreshing.compareAndExchange(null, tried);
    if (underWay != null) {
      return underWay;
    }
    threads.execute(
        () -> {
          try {
            client.refreshClusterTopology();
            readSlots();
          } catch (RuntimeException e) {
            LOG.debug("The map of slots was not read", e);
          } finally {
            refreshing.set(null);
            tried.complete(null);
          }
        });
    return tried;
  }

  private void readSlots() {
    @Nullable JedisException last = null;
    for (String address : client.getClusterNodes().keySet()) {
      try {
        long deadline = System.nanoTime() + timeout.toNanos();
        Call slots = Call.of(Command.CLUSTER, SLOTS, deadline);
        Node node = lanesTo(HostAndPort.from(address)).node();
        take((List<?>) Objects.requireNonNull(node.ask(slots)));
        return;
      } catch (JedisException e) {
        last = e;
      }
    }
    throw last == null ? new JedisConnectionException("no server of the cluster is known") : last;
  }

  private void take(List<?> ranges) {
    for (Object range : ranges) {
      List<?> fields = (List<?>) range;
      List<?> master = (List<?>) fields.get(2);
      String host = new String((byte[]) master.get(0), UTF_8);
      Lanes lanes = lanesTo(new HostAndPort(host, ((Long) master.get(1)).intValue()));
      int first = ((Long) fields.get(0)).intValue();
      int last = ((Long) fields.get(1)).intValue();
      IntStream.rangeClosed(first, last).forEach(slot -> slots.set(slot, lanes));
    }
  }

  private List<Node> masters() {
    return IntStream.range(0, slots.length())
        .mapToObj(slots::get)
        .filter(Objects::nonNull)
        .distinct()
        .map(Lanes::node)
        .toList();
  }

  @Override
  public <T> List<T> onEachMaster(Function<Node, T> action) {
    List<CompletableFuture<T>> results =
        masters().stream()
            .map(node -> CompletableFuture.supplyAsync(() -> action.apply(node), threads))
            .toList();
    try {
      return results.stream().map(CompletableFuture::join).toList();
    } catch (CompletionException e) {
      var unused = refresh();
      throw e.getCause() instanceof JedisException cause ? cause : e;
    }
  }

  @Override
  public int keysPerCall() {
    return KEYS_PER_CALL;
  }

  @Override
  public String address() {
    return masters().stream().map(Node::address).sorted().toList().toString();
  }

  @Override
  public void close() {
    threads.shutdownNow();
    lanes.values().forEach(each -> each.node().close());
    if (owns) {
      client.close();
    }
  }
}
