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
  private static final int MIGRATE_MILLIS = 5_000;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final List<ValkeyProcess> nodes = new ArrayList<>();
  private final List<RedisClient> clients = new ArrayList<>();

  private final boolean failsOver;

  /** Starts one in which no node takes another's place soon, and waits until it serves. */
  public ValkeyCluster() {
    this(false);
  }

  private ValkeyCluster(boolean failsOver) {
    this.failsOver = failsOver;
    for (int i = 0; i < 2 * MASTERS; i++) {
      start();
    }
    join();
    beSteady();
  }

  /** Starts one in which a replica takes the place of a master that is silent for a second. */
  public static ValkeyCluster thatFailsOver() {
    return new ValkeyCluster(true);
  }

  /** On a busy machine a node is silent for a second; with a short timeout all meet sooner. */
  private void beSteady() {
    if (!failsOver) {
      clients.forEach(client -> client.configSet("cluster-node-timeout", "10000"));
    }
  }

  private void start() {
    ValkeyProcess node =
        ValkeyProcess.startCluster(
            "--cluster-node-timeout", "1000",
            "--cluster-replica-validity-factor", "0",
            "--repl-diskless-sync-delay", "0");
    nodes.add(node);
    clients.add(RedisClient.create(node.host(), node.port()));
  }

  /** Adds a master that has no slot yet, and returns its place among the nodes. */
  public int addMaster() {
    start();
    int added = nodes.size() - 1;
    meet(added);
    awaitAll("knows the new one", "cluster_known_nodes:" + nodes.size());
    awaitAll("serves", "cluster_state:ok");
    beSteady();
    return added;
  }

  private void meet(int node) {
    cluster(node, "SET-CONFIG-EPOCH", Integer.toString(node + 1));
    ValkeyProcess first = nodes.get(0);
    cluster(node, "MEET", first.host(), Integer.toString(first.port()), cluster0Bus());
  }

  private void join() {
    for (int i = 0; i < MASTERS; i++) {
      int first = i * SLOTS / MASTERS;
      int last = (i + 1) * SLOTS / MASTERS - 1;
      cluster(i, "ADDSLOTSRANGE", Integer.toString(first), Integer.toString(last));
    }
    for (int i = 1; i < nodes.size(); i++) {
      meet(i);
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

  /** Sends a {@code CLUSTER} command to a node, and returns its reply. */
  public Object cluster(int node, String... args) {
    return clients
        .get(node)
        .executeCommand(new CommandArguments(Command.CLUSTER).addObjects((Object[]) args));
  }

  private static String text(Object reply) {
    return new String((byte[]) reply, UTF_8);
  }

  /** Returns the URI that a store opens it by. */
  public String uri() {
    return uri("");
  }

  /** Returns the URI that a store opens it by as a user, whose credentials end in an {@code @}. */
  public String uri(String credentials) {
    return "valkey+cluster://"
        + credentials
        + "127.0.0.1:"
        + nodes.get(0).port()
        + ",127.0.0.1:"
        + nodes.get(4).port();
  }

  /** Returns the processes, the first masters first. */
  public List<ValkeyProcess> nodes() {
    return List.copyOf(nodes);
  }

  /** Returns a client of each process. */
  public List<RedisClient> clients() {
    return List.copyOf(clients);
  }

  /** Returns which of the first masters had this slot at the start. */
  public int firstMasterOf(int slot) {
    return IntStream.range(0, MASTERS)
        .filter(i -> slot < (i + 1) * SLOTS / MASTERS)
        .findFirst()
        .orElseThrow();
  }

  /** Tells two masters that a slot is on its way from one to the other; its keys stay for now. */
  public void startMove(int slot, int from, int to) {
    String text = Integer.toString(slot);
    cluster(to, "SETSLOT", text, "IMPORTING", text(cluster(from, "MYID")));
    cluster(from, "SETSLOT", text, "MIGRATING", text(cluster(to, "MYID")));
  }

  /** Moves a key of a slot that is on its way. */
  public void moveKey(String key, int from, int to) {
    ValkeyProcess target = nodes.get(to);
    String port = Integer.toString(target.port());
    CommandArguments migrate =
        new CommandArguments(Command.MIGRATE)
            .addObjects(target.host(), port, key, "0", Integer.toString(MIGRATE_MILLIS));
    var unused = clients.get(from).executeCommand(migrate);
  }

  /** Tells every master that a slot has arrived. */
  public void endMove(int slot, int from, int to) {
    String id = text(cluster(to, "MYID"));
    cluster(to, "SETSLOT", Integer.toString(slot), "NODE", id);
    cluster(from, "SETSLOT", Integer.toString(slot), "NODE", id);
    IntStream.range(0, MASTERS)
        .filter(i -> i != from && i != to)
        .forEach(i -> cluster(i, "SETSLOT", Integer.toString(slot), "NODE", id));
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
