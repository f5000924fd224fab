package dev.rollcall.store.valkey;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.Fence;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
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
 * <p>Operations that come together from many threads share a round trip. Each takes {@link
 * Builder#timeout} at most, after which it throws {@link dev.rollcall.StoreUnavailableException};
 * so it does, sooner, when the server cannot be reached or refuses. A renewal or a read whose
 * connection breaks is made once more, on another; a registration or a removal never is. The store
 * recovers when the server does, with nothing to be done.
 *
 * <p>Safe for use by any number of threads. Needs Valkey 7.2 or later, or Redis 7.0 or later. It is
 * opened by {@link TtlStore#open} as {@link ValkeyTtlStoreProvider} has it, or by a builder around
 * a Jedis client.
 */
public final class ValkeyTtlStore implements TtlStore {
  private final Topology topology;
  private final Calls calls;
  private final ServiceReader reader;
  private volatile boolean closed;

  private ValkeyTtlStore(Topology topology, Builder builder) {
    this.topology = topology;
    this.calls = new Calls(topology, new Keys(builder.prefix), builder.timeout);
    this.reader = new ServiceReader(builder.defaultTtl);
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
    return new Builder(settings -> SoleMaster.over(client, settings.timeout));
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
    return new Builder(settings -> SoleMaster.of(client, Duration.ZERO, false));
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
    String leaseId = claim.leaseId().toString();
    Object ends =
        call(
            Script.REGISTER,
            claim.id(),
            "registered",
            ascii(leaseId),
            ascii(StoredService.seconds(claim.ttl())),
            ascii(Long.toString(claim.ttl().toMillis())),
            StoredService.tail(claim.registration()));
    return lease(claim.id(), claim.ttl().toMillis(), (Long) ends).withLeaseId(leaseId);
  }

  @Override
  public Optional<Lease> renew(String id, Fence fence) {
    byte[] defaultTtl = ascii(Long.toString(reader.defaultTtl().toMillis()));
    Object answer =
        fence.leaseId().isEmpty()
            ? call(Script.PING, id, "renewed", defaultTtl)
            : call(Script.PING, id, "renewed", defaultTtl, utf8(fence.leaseId().get()));
    List<?> reply = admitted(id, answer);
    if (reply == null) {
      return Optional.empty();
    }
    Lease lease = lease(id, (Long) reply.get(0), (Long) reply.get(1));
    return Optional.of(fence.leaseId().map(lease::withLeaseId).orElse(lease));
  }

  @Override
  public Optional<Service> remove(String id, Fence fence) {
    Object answer =
        fence.leaseId().isEmpty()
            ? call(Script.REMOVE, id, "removed")
            : call(Script.REMOVE, id, "removed", utf8(fence.leaseId().get()));
    return service(id, admitted(id, answer));
  }

  @Override
  public Optional<Service> find(String id) {
    return service(id, (List<?>) call(Script.READ, id, "read"));
  }

  @Override
  public Collection<Service> list() {
    checkOpen();
    return calls.list(reader);
  }

  private @Nullable Object call(Script script, String id, String verb, byte[]... operands) {
    checkOpen();
    return calls.call(script, id, verb, operands);
  }

  /** Returns what a script returned for a live service that the fence admits, or null for none. */
  private static @Nullable List<?> admitted(String id, @Nullable Object reply) {
    if (reply instanceof Long) {
      throw LeaseSupersededException.of(id);
    }
    return (List<?>) reply;
  }

  private Optional<Service> service(String id, @Nullable List<?> reply) {
    return reply == null
        ? Optional.empty()
        : reader.read(id, (byte[]) reply.get(0), (Long) reply.get(1));
  }

  private static Lease lease(String id, long ttlMillis, long endMillis) {
    return Lease.of(id, Duration.ofMillis(ttlMillis), Instant.ofEpochMilli(endMillis));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
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
      topology.close();
    }
  }

  /** Collects the settings of a {@link ValkeyTtlStore}. Each setter checks its argument at once. */
  public static final class Builder {
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(10);
    private static final Duration MAX_TIMEOUT = Duration.ofMinutes(1);

    private final Function<Builder, Topology> topology;
    private String where = "the given client's server";
    private String prefix = "service:";
    private Duration timeout = Duration.ofSeconds(2);
    private Duration defaultTtl = Duration.ofSeconds(30);

    Builder(Function<Builder, Topology> topology) {
      this.topology = topology;
    }

    /** Says where the servers are, for messages until they have been reached. */
    Builder where(String where) {
      this.where = where;
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
     * @throws IllegalArgumentException if it is not so
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
     * @param defaultTtl from {@link Registration#MIN_TTL} to {@link Registration#MAX_TTL}
     * @return this
     * @throws IllegalArgumentException if it is not so
     */
    public Builder defaultTtl(Duration defaultTtl) {
      if (defaultTtl.compareTo(Registration.MIN_TTL) < 0
          || defaultTtl.compareTo(Registration.MAX_TTL) > 0) {
        throw new IllegalArgumentException(
            "a ttl is 1 to 86400 seconds; this one is " + defaultTtl);
      }
      this.defaultTtl = defaultTtl;
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
      Topology servers = Opening.open(() -> topology.apply(this), where, new Keys(prefix), timeout);
      return new ValkeyTtlStore(servers, this);
    }
  }
}
