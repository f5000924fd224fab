package dev.rollcall.store.valkey.harness;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;

/** A master, two replicas and the three sentinels that watch them, as local processes. */
public final class ValkeySentinels implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final ValkeyProcess master;
  private final List<ValkeyProcess> replicas = new ArrayList<>();
  private final List<ValkeyProcess> sentinels = new ArrayList<>();

  /** Starts them, and waits until each knows the others; no master is replaced soon. */
  public ValkeySentinels() {
    this("10000"); // On a busy machine a server is silent for a second.
  }

  /** Starts those that replace a master that is silent for half a second. */
  public static ValkeySentinels thatFailOver() {
    return new ValkeySentinels("500");
  }

  private ValkeySentinels(String downAfterMillis) {
    master = ValkeyProcess.start("--repl-diskless-sync-delay", "0");
    for (int i = 0; i < 2; i++) {
      replicas.add(ValkeyProcess.start("--replicaof", master.host() + " " + master.port()));
    }
    replicas.forEach(
        replica ->
            awaitReply(replica, "a replica is in step", "master_link_status:up", "replication"));
    for (int i = 0; i < 3; i++) {
      ValkeyProcess sentinel = ValkeyProcess.start("--sentinel");
      sentinels.add(sentinel);
      watch(sentinel, downAfterMillis);
    }
    sentinels.forEach(
        sentinel ->
            awaitReply(sentinel, "a sentinel knows all", "slaves=2,sentinels=3", "sentinel"));
  }

  private void watch(ValkeyProcess sentinel, String downAfterMillis) {
    try (RedisClient client = RedisClient.create(sentinel.host(), sentinel.port())) {
      String port = Integer.toString(master.port());
      send(client, "MONITOR", "mymaster", master.host(), port, "2");
      send(client, "SET", "mymaster", "down-after-milliseconds", downAfterMillis);
      send(client, "SET", "mymaster", "failover-timeout", "3000");
    }
  }

  private static void send(RedisClient client, String... args) {
    var unused =
        client.executeCommand(new CommandArguments(Command.SENTINEL).addObjects((Object[]) args));
  }

  private static void awaitReply(ValkeyProcess server, String what, String text, String section) {
    try (RedisClient client = RedisClient.create(server.host(), server.port())) {
      Eventually.await(what, LIMIT, () -> client.info(section).contains(text));
    }
  }

  /** Returns the URI that a store opens the master by, whichever it is. */
  public String uri() {
    return sentinels.stream()
        .map(sentinel -> sentinel.host() + ":" + sentinel.port())
        .collect(Collectors.joining(",", "valkey+sentinel://", "/mymaster"));
  }

  /** Returns a client of the server that is the master now, for the caller to close. */
  public RedisClient master() {
    ValkeyProcess any = sentinels.get(0);
    try (RedisClient client = RedisClient.create(any.host(), any.port())) {
      CommandArguments question =
          new CommandArguments(Command.SENTINEL).addObjects("GET-MASTER-ADDR-BY-NAME", "mymaster");
      List<?> address = (List<?>) client.executeCommand(question);
      int port = Integer.parseInt(new String((byte[]) address.get(1), US_ASCII));
      return RedisClient.create(master.host(), port);
    }
  }

  /** Returns the servers, the first master first. */
  public List<ValkeyProcess> servers() {
    return Stream.concat(Stream.of(master), replicas.stream()).toList();
  }

  /** Returns the server that was the master at first. */
  public ValkeyProcess firstMaster() {
    return master;
  }

  /** Lets time pass for every key, as long as the first master is the master. */
  public void elapse(Duration time) {
    try (RedisClient client = RedisClient.create(master.host(), master.port())) {
      ValkeyExtension.elapse(client, time);
    }
  }

  /** Deletes every key, as long as the first master is the master. */
  public void flush() {
    try (RedisClient client = RedisClient.create(master.host(), master.port())) {
      client.flushAll();
    }
  }

  @Override
  public void close() {
    sentinels.forEach(ValkeyProcess::close);
    replicas.forEach(ValkeyProcess::close);
    master.close();
  }
}
