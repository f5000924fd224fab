package dev.rollcall.store.valkey;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Service;
import dev.rollcall.Ttl;
import dev.rollcall.history.EventQuery;
import dev.rollcall.history.History;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.spi.AsyncTtlStore;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.HintListener;
import dev.rollcall.spi.HintSubscription;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.topology.ClusterSlots;
import dev.rollcall.store.valkey.topology.SingleMaster;
import dev.rollcall.store.valkey.topology.Topology;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisSentinelClient;

/**
 * Services in Valkey, or in Redis: each under a key of its own, with its lease as the key's expiry.
 *
 * <p>Any number of stores may share a Valkey, and behave as one: each operation is one step on the
 * server, which also keeps the time. What a Python orchestrator stores beside it is read, renewed
 * and removed like its own.
 *
 * <p>Operations that come together share a round trip, those that a thread waits for and the
 * asynchronous ones alike. Continuations of the latter run on threads of the store that do nothing
 * else; one that blocks holds up no other. Each takes {@link Builder#timeout} at most, after which
 * it throws {@link dev.rollcall.StoreUnavailableException}; so it does, sooner, when the server
 * cannot be reached or refuses. A renewal or a read whose connection breaks is made once more, on
 * another; a registration or a removal never is. The store recovers when the server does, with
 * nothing to be done.
 *
 * <p>Lists hold half of the connections of a pool at most, one each, and {@link
 * Builder#maxListBytes} of heap between them. A list that waits for its turn longer than the
 * timeout, or would take more heap, throws {@link dev.rollcall.RegistryBusyException}. A
 * registration that the server has no memory for throws {@link dev.rollcall.RegistryFullException};
 * all else goes on meanwhile.
 *
 * <p>A value under a service's key that is no service, or has no expiry, is not ours: it is passed
 * over, and a registration of that id throws {@link dev.rollcall.RejectedException}.
 *
 * <p>Safe for use by any number of threads. Needs Valkey 7.2 or later, or Redis 7.0 or later. It is
 * opened by {@link TtlStore#open} as {@link ValkeyTtlStoreProvider} has it, or by a builder around
 * a Jedis client.
 */
public final class ValkeyTtlStore implements AsyncTtlStore {
  private final Topology topology;
  private final ScriptCommands operations;
  private final HintReceiver hints;
  private final boolean keepsHistory;
  private volatile boolean closed;

  private ValkeyTtlStore(Topology topology, Builder builder) {
    this.topology = topology;
    Keys keys = new Keys(builder.prefix);
    ValkeyHistory kept = new ValkeyHistory(keys, builder.keepHistory);
    this.keepsHistory = kept.isKept();
    CommandRouter router =
        new CommandRouter(topology, keys, builder.timeout, new ListMemory(builder.maxListBytes));
    this.operations =
        new ScriptCommands(
            router,
            new StoredServiceReader(builder.defaultTtl),
            kept,
            new RefusalRecorder(router, kept, builder.nanoTime),
            keys);
    this.hints = new HintReceiver(topology, keys, builder.timeout, builder.tracksForeignWriters);
  }

  /**
   * Starts a store over one server.
   *
   * @param client stays the caller's to close, after the store; its own timeouts hold for
   *     connecting
   * @return the builder
   */
  public static Builder builder(RedisClient client) {
    Objects.requireNonNull(client, "client");
    return new Builder(settings -> SingleMaster.over(client, settings.timeout));
  }

  /**
   * Starts a store over the server that Sentinel calls the master.
   *
   * @param client stays the caller's to close, after the store; its own timeouts hold for
   *     connecting
   * @return the builder
   */
  public static Builder builder(RedisSentinelClient client) {
    Objects.requireNonNull(client, "client");
    return new Builder(settings -> SingleMaster.of(client, Duration.ZERO, false));
  }

  /**
   * Starts a store over a cluster.
   *
   * @param client stays the caller's to close, after the store; its own timeouts hold for
   *     connecting
   * @return the builder
   */
  public static Builder builder(RedisClusterClient client) {
    Objects.requireNonNull(client, "client");
    return new Builder(
        settings -> new ClusterSlots(client, Duration.ZERO, settings.timeout, false));
  }

  @Override
  public Lease put(Claim claim) {
    checkOpen();
    return operations.register(claim);
  }

  @Override
  public Optional<Lease> renew(String id, Fence fence) {
    checkOpen();
    return operations.ping(id, fence);
  }

  @Override
  public CompletableFuture<Lease> putAsync(Claim claim, Duration timeout) {
    return inFuture(() -> operations.registerAsync(claim, timeout));
  }

  @Override
  public CompletableFuture<Optional<Lease>> renewAsync(String id, Fence fence, Duration timeout) {
    return inFuture(() -> operations.pingAsync(id, fence, timeout));
  }

  @Override
  public CompletableFuture<Optional<Service>> removeAsync(
      String id, Fence fence, Duration timeout) {
    return inFuture(() -> operations.removeAsync(id, fence, timeout));
  }

  /** Makes a call whose future fails with what is thrown before the server is asked, too. */
  private <T> CompletableFuture<T> inFuture(Supplier<CompletableFuture<T>> operation) {
    try {
      checkOpen();
      return operation.get();
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public Optional<Service> remove(String id, Fence fence) {
    checkOpen();
    return operations.remove(id, fence, null);
  }

  @Override
  public Optional<Service> remove(String id, Fence fence, String client) {
    checkOpen();
    return operations.remove(id, fence, Objects.requireNonNull(client, "client"));
  }

  /**
   * {@inheritDoc}
   *
   * <p>It is under a key beside that of the service, has the newest 16 events, and {@linkplain
   * Builder#keepHistory ends} some time after the service. The server itself ends leases, and tells
   * nobody when. So the end of a lease is recorded by the store that sees it first: exactly, by one
   * whose services somebody watches; otherwise by the registration, or by the reading of a history,
   * that notices it, with the time at which it was noticed.
   *
   * <p>That calls were refused is recorded after they were, while nobody waits for it: the first
   * one of an id at once, and then at most one in ten seconds, with the number of those before it.
   * So the number may be too low, and a failure loses it.
   *
   * @return the history; empty if it is kept for no time, or if the prefix has a closing brace
   *     outside of a hash tag
   */
  @Override
  public Optional<History> history() {
    checkOpen();
    return keepsHistory ? Optional.of(new StoredHistory()) : Optional.empty();
  }

  @Override
  public void noteEnd(ServiceEvent end) {
    checkOpen();
    operations.noteEnd(end);
  }

  private final class StoredHistory implements History {
    @Override
    public List<ServiceEvent> of(String id) {
      checkOpen();
      return operations.history(id);
    }

    @Override
    public List<ServiceEvent> newest(EventQuery query) {
      checkOpen();
      return operations.newest(query);
    }
  }

  @Override
  public Optional<Service> find(String id) {
    checkOpen();
    return operations.find(id);
  }

  @Override
  public Collection<Service> list() {
    checkOpen();
    return operations.list();
  }

  /**
   * Finds the live entries of some ids, many in each round trip, as a list does: on a connection of
   * its own, with the same bounds, and after the same wait for its turn.
   *
   * @throws dev.rollcall.RegistryBusyException as {@link #list} does
   */
  @Override
  public Collection<Service> findAll(Collection<String> ids) {
    checkOpen();
    return operations.findAll(ids);
  }

  /**
   * Returns the server's time. In a cluster it is that of one of the masters, always the same while
   * the slots stay where they are; the clocks of the others may differ from it.
   */
  @Override
  public Instant time() {
    checkOpen();
    return operations.time();
  }

  /**
   * {@inheritDoc}
   *
   * <p>All listeners of this store share one subscription, on one connection of the pool and one
   * thread, as long as there is a listener. It is found out within some seconds if that connection
   * dies unnoticed. {@link HintListener#missed()} is called each time the store has subscribed.
   *
   * <p>The pool of a client that was handed in needs two connections for this. If it has only one,
   * that is left to operations, and no hint is received.
   *
   * <p>Writers that publish no hint, as Python orchestrators, are told of with {@link
   * Builder#trackForeignWriters()} only; otherwise their changes are found by reading.
   *
   * @return the subscription, never empty
   */
  @Override
  public Optional<HintSubscription> subscribe(HintListener listener) {
    Objects.requireNonNull(listener, "listener");
    checkOpen();
    return Optional.of(hints.subscribe(listener));
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the Valkey store is closed");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      hints.close();
      topology.close();
    }
  }

  /** Collects the settings of a {@link ValkeyTtlStore}. Each setter checks its argument at once. */
  public static final class Builder {
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(10);
    private static final Duration MAX_TIMEOUT = Duration.ofMinutes(1);

    private static final Duration MAX_KEEP_HISTORY = Duration.ofDays(30);

    private static final int DEFAULT_SHARE_OF_HEAP = 4;

    private final Function<Builder, Topology> topology;
    private String where = "the given client's server";
    private String prefix = "service:";
    private Duration timeout = Duration.ofSeconds(2);
    private Duration defaultTtl = Duration.ofSeconds(30);
    private Duration keepHistory = Duration.ofDays(1);
    private LongSupplier nanoTime = System::nanoTime;
    private boolean tracksForeignWriters;
    private long maxListBytes =
        Math.max(1, Runtime.getRuntime().maxMemory() / DEFAULT_SHARE_OF_HEAP);

    Builder(Function<Builder, Topology> topology) {
      LibraryVersions.check();
      this.topology = topology;
    }

    /** Says where the servers are, for messages until they have been reached. */
    Builder where(String where) {
      this.where = where;
      return this;
    }

    /** Sets the clock by which records of refused calls are kept apart. */
    Builder nanoTime(LongSupplier nanoTime) {
      this.nanoTime = nanoTime;
      return this;
    }

    /**
     * Sets what every key starts with; the id follows. Default: {@code service:}, as the Python
     * orchestrators have it.
     *
     * @param prefix any text, not empty
     * @return this
     * @throws IllegalArgumentException if it is empty
     */
    public Builder prefix(String prefix) {
      if (prefix.isEmpty()) {
        throw new IllegalArgumentException("a prefix is not empty");
      }
      this.prefix = prefix;
      return this;
    }

    /**
     * Sets how long an operation may take in all, its waits and its second try included; a list,
     * each of its round trips. Default: 2 seconds.
     *
     * @param timeout 10 milliseconds to a minute
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public Builder timeout(Duration timeout) {
      if (timeout.compareTo(MIN_TIMEOUT) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
        throw new IllegalArgumentException(
            "a timeout is 10 milliseconds to a minute; this one is " + timeout);
      }
      this.timeout = timeout;
      return this;
    }

    /**
     * Sets the ttl of a service that is stored without one, as the Python orchestrators store it.
     * Default: 30 seconds, which is theirs.
     *
     * @param defaultTtl from {@link Ttl#MIN} to {@link Ttl#MAX}, in whole milliseconds
     * @return this
     * @throws IllegalArgumentException if it is out of bounds, or not in whole milliseconds
     */
    public Builder defaultTtl(Duration defaultTtl) {
      this.defaultTtl = Ttl.check(defaultTtl);
      return this;
    }

    /**
     * Sets how long the {@linkplain ValkeyTtlStore#history() history} of a service is kept that is
     * gone. Default: a day. If nobody notices the end of a lease, it is kept for up to two days
     * more.
     *
     * @param keepHistory from zero, for no history at all, of live services neither, to 30 days, in
     *     whole milliseconds
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public Builder keepHistory(Duration keepHistory) {
      if (keepHistory.isNegative() || keepHistory.compareTo(MAX_KEEP_HISTORY) > 0) {
        throw new IllegalArgumentException(
            "a history is kept for zero to 30 days, not " + keepHistory);
      }
      this.keepHistory = keepHistory.truncatedTo(ChronoUnit.MILLIS);
      return this;
    }

    /**
     * Bounds the heap that lists take while they are made, all that are under way together.
     * Default: a quarter of {@link Runtime#maxMemory()}.
     *
     * <p>Counted is {@link Service#heapBytes()} of each service that was read, and some 50 bytes
     * beside it, until its list returns or fails. What one round trip brings comes on top, for each
     * list: up to an eighth of this, 5 MiB at most, or a single value that is longer.
     *
     * <p>A list that would go beyond ends at once with a {@link
     * dev.rollcall.RegistryBusyException}; it is never cut short. One whose services take more than
     * this always does.
     *
     * @param maxListBytes 1 or more
     * @return this
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder maxListBytes(long maxListBytes) {
      if (maxListBytes < 1) {
        throw new IllegalArgumentException("maxListBytes is 1 or more, not " + maxListBytes);
      }
      this.maxListBytes = maxListBytes;
      return this;
    }

    /**
     * Has the server tell of each write to the keys of services, by {@code CLIENT TRACKING} in its
     * broadcasting mode, while somebody {@linkplain ValkeyTtlStore#subscribe subscribes}. So those
     * who watch learn within 100 milliseconds what a writer has changed that publishes no hint, as
     * Python orchestrators. Default: off, and such changes are found by reading.
     *
     * <p>It costs a message for each ping of any service, and a read of that service, 500 of them
     * every 50 milliseconds at most. Of writes beyond that nothing is told, and what they have
     * changed is found by reading. In a cluster each master needs a connection of its own for it.
     *
     * @return this
     */
    public Builder trackForeignWriters() {
      this.tracksForeignWriters = true;
      return this;
    }

    /**
     * Opens the store: asks the server for its version, and reads once as operations do.
     *
     * @return the store, the caller's to close
     * @throws IllegalArgumentException if the server is too old, or does not let this client do
     *     what the store needs
     * @throws dev.rollcall.StoreUnavailableException if the server could not be reached
     */
    public ValkeyTtlStore build() {
      Topology servers =
          ServerCheck.open(
              () -> topology.apply(this), where, new Keys(prefix), timeout, tracksForeignWriters);
      return new ValkeyTtlStore(servers, this);
    }
  }
}
