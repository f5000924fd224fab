package dev.rollcall.store.valkey.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;

/** A cluster of local processes: three masters, each with a replica. */
public final class ValkeyCluster implements AutoCloseable {
  private static final int MASTERS = 3;
  private static final int SLOTS = 16_384;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final List<ValkeyProcess> nodes = new ArrayList<>();
  private final List<RedisClient> clients = new ArrayList<>();

  /** Starts one and waits until it serves. */
  public ValkeyCluster() {
    for (int i = 0; i < 2 * MASTERS; i++) {
      ValkeyProcess node =
          ValkeyProcess.start(
              "--cluster-enabled", "yes",
              "--cluster-port", Integer.toString(ValkeyProcess.freePort()),
              "--cluster-node-timeout", "1000",
              "--cluster-replica-validity-factor", "0",
              "--repl-diskless-sync-delay", "0");
      nodes.add(node);
      clients.add(RedisClient.create(node.host(), node.port()));
    }
    join();
  }

  private void join() {
    for (int i = 0; i < MASTERS; i++) {
      int first = i * SLOTS / MASTERS;
      int last = (i + 1) * SLOTS / MASTERS - 1;
      cluster(i, "ADDSLOTSRANGE", Integer.toString(first), Integer.toString(last));
    }
    for (int i = 1; i < nodes.size(); i++) {
      cluster(i, "SET-CONFIG-EPOCH", Integer.toString(i + 1));
      ValkeyProcess first = nodes.get(0);
      String busPort = cluster0Bus();
      cluster(i, "MEET", first.host(), Integer.toString(first.port()), busPort);
    }
    awaitAll("knows six nodes", "cluster_known_nodes:6");
    for (int i = MASTERS; i < nodes.size(); i++) {
      cluster(i, "REPLICATE", text(cluster(i - MASTERS, "MYID")));
    }
    awaitAll("serves", "cluster_state:ok");
    for (int i = MASTERS; i < nodes.size(); i++) {
      RedisClient replica = clients.get(i);
      Eventually.await(
          "a replica is in step",
          LIMIT,
          () -> replica.info("replication").contains("master_link_status:up"));
    }
  }

  private String cluster0Bus() {
    String line =
        text(cluster(0, "NODES")).lines().filter(l -> l.contains("myself")).findFirst().get();
    return line.replaceAll(".*@(\\d+).*", "$1");
  }

  private void awaitAll(String what, String line) {
    for (int i = 0; i < nodes.size(); i++) {
      int node = i;
      Eventually.await(
          "each node " + what, LIMIT, () -> text(cluster(node, "INFO")).contains(line));
    }
  }

  private Object cluster(int node, String... args) {
    return clients
        .get(node)
        .executeCommand(new CommandArguments(Command.CLUSTER).addObjects((Object[]) args));
  }

  private static String text(Object reply) {
    return new String((byte[]) reply, UTF_8);
  }

  /** Returns the URI that a store opens it by. */
  public String uri() {
    return "valkey+cluster://127.0.0.1:"
        + nodes.get(0).port()
        + ",127.0.0.1:"
        + nodes.get(4).port();
  }

  /** Returns the processes, the first masters first. */
  public List<ValkeyProcess> nodes() {
    return List.copyOf(nodes);
  }

  /** Lets time pass for every key. */
  public void elapse(Duration time) {
    IntStream.range(0, MASTERS).forEach(i -> ValkeyExtension.elapse(clients.get(i), time));
  }

  /** Deletes every key. */
  public void flush() {
    IntStream.range(0, MASTERS).forEach(i -> clients.get(i).flushAll());
  }

  @Override
  public void close() {
    clients.forEach(RedisClient::close);
    nodes.forEach(ValkeyProcess::close);
  }
}
