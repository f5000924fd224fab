package dev.rollcall.store.valkey;

import dev.rollcall.store.valkey.topology.ClusterSlots;
import dev.rollcall.store.valkey.topology.SingleMaster;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultRedisCredentials;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisCredentials;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.util.Delay;

/** Creates the Jedis clients of stores that are opened by URI. */
final class JedisClients {
  /** Operations need one connection, hints one while there are listeners, each list one. */
  private static final int MAX_CONNECTIONS = 16;

  private static final Duration SENTINEL_RECONNECT = Duration.ofMillis(500);

  private JedisClients() {}

  static ValkeyTtlStore storeAt(ValkeyUri uri) {
    Duration timeout = uri.millis("timeout-ms", Duration.ofSeconds(2));
    // Connecting and the handshake must leave time for the operation itself.
    Duration connect = uri.millis("connect-timeout-ms", timeout.dividedBy(4));
    List<HostAndPort> servers = uri.servers();
    JedisClientConfig config =
        config(uri, connect)
            .credentialsProvider(
                credentials(uri.user(), uri.password(), uri.parameter("password-file")))
            .build();
    // A caller with less time than this does not begin to connect. In the first half it always may.
    Duration greeted = shorter(connect.multipliedBy(2), timeout.dividedBy(2));
    ValkeyTtlStore.Builder store =
        new ValkeyTtlStore.Builder(
            settings ->
                switch (uri.kind()) {
                  case ALONE ->
                      SingleMaster.of(
                          alone(servers.get(0), config), servers.get(0).toString(), greeted, true);
                  case SENTINEL -> SingleMaster.of(sentinel(uri, config, connect), greeted, true);
                  case CLUSTER ->
                      new ClusterSlots(cluster(servers, config), greeted, timeout, true);
                });
    if (uri.parameter("prefix") != null) {
      store.prefix(uri.parameter("prefix"));
    }
    uri.bytes("max-list-bytes").ifPresent(store::maxListBytes);
    uri.keepHistory().ifPresent(store::keepHistory);
    if (uri.tracksForeignWriters()) {
      store.trackForeignWriters();
    }
    return store
        .where(String.join(",", servers.stream().map(HostAndPort::toString).toList()))
        .timeout(timeout)
        .defaultTtl(uri.seconds("default-ttl-seconds", Duration.ofSeconds(30)))
        .build();
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static DefaultJedisClientConfig.Builder config(ValkeyUri uri, Duration connect) {
    int millis = (int) connect.toMillis();
    return DefaultJedisClientConfig.builder()
        .resp3()
        .connectionTimeoutMillis(millis)
        // For the handshake. Then each operation sets the time that it has left.
        .socketTimeoutMillis(millis)
        .database(uri.database())
        .sslOptions(uri.isTls() ? SslOptions.defaults() : null)
        .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
  }

  private static Supplier<RedisCredentials> credentials(
      @Nullable String user, @Nullable String password, @Nullable String file) {
    if (file != null) {
      return new PasswordFile(user, file);
    }
    RedisCredentials credentials = new DefaultRedisCredentials(user, password);
    return () -> credentials;
  }

  private static ConnectionPoolConfig pool() {
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(MAX_CONNECTIONS);
    pool.setMaxIdle(MAX_CONNECTIONS);
    pool.setJmxEnabled(false);
    // No thread that tests idle connections: dead ones are found when they are used.
    pool.setTimeBetweenEvictionRuns(Duration.ZERO);
    return pool;
  }

  private static RedisClient alone(HostAndPort server, JedisClientConfig config) {
    return RedisClient.builder()
        .hostAndPort(server)
        .clientConfig(config)
        .poolConfig(pool())
        .build();
  }

  private static RedisSentinelClient sentinel(
      ValkeyUri uri, JedisClientConfig config, Duration connect) {
    JedisClientConfig sentinelConfig =
        config(uri, connect)
            .credentialsProvider(
                credentials(
                    uri.parameter("sentinel-user"),
                    uri.parameter("sentinel-password"),
                    uri.parameter("sentinel-password-file")))
            .database(0)
            .build();
    return RedisSentinelClient.builder()
        .masterName(uri.masterName())
        .sentinels(new HashSet<>(uri.servers()))
        .sentinelClientConfig(sentinelConfig)
        .sentinelReconnectDelay(Delay.constant(SENTINEL_RECONNECT))
        .clientConfig(config)
        .poolConfig(pool())
        .build();
  }

  private static RedisClusterClient cluster(List<HostAndPort> servers, JedisClientConfig config) {
    return RedisClusterClient.builder()
        .nodes(new HashSet<>(servers))
        .clientConfig(config)
        .poolConfig(pool())
        .build();
  }
}
