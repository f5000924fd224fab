package dev.rollcall.store.valkey.topology;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.rollcall.store.valkey.pipeline.AsyncOperation;
import dev.rollcall.store.valkey.pipeline.AsyncThreads;
import dev.rollcall.store.valkey.pipeline.CombiningPipeline;
import dev.rollcall.store.valkey.pipeline.Node;
import dev.rollcall.store.valkey.pipeline.PendingCommand;
import dev.rollcall.store.valkey.pipeline.ServerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
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
 * The masters of a cluster, the pipelines to each, and which of them holds which slot.
 *
 * <p>Connections are the Jedis client's. The map of slots is kept here, since a pipeline needs to
 * know where a key is before it is sent. It is corrected by {@code MOVED} replies, and by each
 * list, which asks the masters whether they still have their slots. It is reloaded, by a thread of
 * its own, when a slot has moved or a server could not be reached.
 */
public final class ClusterSlots implements Topology {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.store.valkey");

  private static final byte[][] SLOTS = {"SLOTS".getBytes(US_ASCII)};

  /** A key rarely moves twice during one command. More means that the masters disagree. */
  private static final int MAX_REDIRECTIONS = 4;

  private static final int MAX_VISITS = 2;

  /** Two keys are in the same slot only by chance. */
  private static final int KEYS_PER_COMMAND = 1;

  /** If more are needed, the caller does the work itself. */
  private static final int MAX_THREADS = 32;

  private final RedisClusterClient client;
  private final Duration connectTimeout;
  private final Duration timeout;
  private final boolean owns;
  private final Map<String, CombiningPipeline> pipelines = new ConcurrentHashMap<>();
  private final AtomicReferenceArray<@Nullable CombiningPipeline> slots =
      new AtomicReferenceArray<>(Protocol.CLUSTER_HASHSLOTS);
  private final AtomicReference<@Nullable CompletableFuture<Void>> refreshing =
      new AtomicReference<>();
  private final AsyncThreads asyncThreads = new AsyncThreads();
  private final ExecutorService threads = newThreads(0, MAX_THREADS, new SynchronousQueue<>());
  private final ExecutorService refresher = newRefresher();

  public ClusterSlots(
      RedisClusterClient client, Duration connectTimeout, Duration timeout, boolean owns) {
    this.client = client;
    this.connectTimeout = connectTimeout;
    this.timeout = timeout;
    this.owns = owns;
    try {
      readSlots();
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  /**
   * Creates a thread of its own for reading the slots, so that no caller of a ping reads them: not
   * while lists take all threads, and not while this thread is about to end its last task.
   */
  static ExecutorService newRefresher() {
    ThreadPoolExecutor refresher = newThreads(1, 1, new LinkedBlockingQueue<>());
    refresher.allowCoreThreadTimeOut(true);
    return refresher;
  }

  /** Creates threads that end when they have been idle for a while. */
  private static ThreadPoolExecutor newThreads(int core, int most, BlockingQueue<Runnable> queue) {
    return new ThreadPoolExecutor(
        core,
        most,
        10,
        TimeUnit.SECONDS,
        queue,
        task -> {
          Thread thread = new Thread(null, task, "rollcall-valkey", 0, false);
          thread.setDaemon(true);
          return thread;
        },
        // Not CallerRunsPolicy, which drops what comes after a shutdown: somebody waits for it.
        (task, executor) -> task.run());
  }

  /**
   * Runs a task, which must not throw, on one of the threads, or on this one if none can be
   * started.
   */
  private static void start(ExecutorService threads, Runnable task) {
    try {
      threads.execute(task);
    } catch (OutOfMemoryError e) { // No thread could be started.
      task.run();
    }
  }

  @Override
  public @Nullable Object execute(byte[] key, PendingCommand command) {
    int slot = JedisClusterCRC16.getSlot(key);
    CombiningPipeline server = slots.get(slot);
    PendingCommand next = command;
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
        HostAndPort target = targetOf(e, server);
        server = pipelineTo(target);
        next = redirected(next, e, slot, server);
        awaitKnown(target, next.nanosLeft());
      } catch (JedisConnectionException | JedisClusterException e) {
        var unused = refresh();
        throw e;
      }
    }
  }

  @Override
  public void submit(byte[] key, PendingCommand command, AsyncOperation<?> operation) {
    int slot = JedisClusterCRC16.getSlot(key);
    asyncThreads.begin(operation, () -> submit(slots.get(slot), slot, command, operation, 0));
  }

  private void submit(
      @Nullable CombiningPipeline server,
      int slot,
      PendingCommand command,
      AsyncOperation<?> operation,
      int redirections) {
    if (server == null) {
      throw new JedisConnectionException("no server holds the slot " + slot);
    }
    asyncThreads.submit(
        server,
        command,
        operation,
        completed -> completed(server, slot, completed, operation, redirections));
  }

  /** Continues after a command is completed. Runs on a completion thread. */
  private void completed(
      CombiningPipeline server,
      int slot,
      PendingCommand command,
      AsyncOperation<?> operation,
      int redirections) {
    if (command.failure() instanceof JedisRedirectionException e
        && redirections < MAX_REDIRECTIONS) {
      HostAndPort target = targetOf(e, server);
      CombiningPipeline next = pipelineTo(target);
      PendingCommand again = redirected(command, e, slot, next);
      whenKnown(
          target,
          () ->
              asyncThreads.proceed(
                  operation, () -> submit(next, slot, again, operation, redirections + 1)));
      return;
    }
    operation.end(command::reply);
    if (command.failure() instanceof JedisConnectionException
        || command.failure() instanceof JedisClusterException) {
      var unused = refresh();
    }
  }

  /** Continues when the client knows a server, or has reloaded the cluster once. Does not block. */
  private void whenKnown(HostAndPort server, Runnable next) {
    if (client.getClusterNodes().containsKey(server.toString())) {
      next.run();
    } else {
      var unused = refresh().thenRun(() -> asyncThreads.completions().add(next));
    }
  }

  /** Returns where a server redirects to: without a host, to another port of its own. */
  private static HostAndPort targetOf(JedisRedirectionException e, CombiningPipeline from) {
    HostAndPort target = e.getTargetNode();
    return target.getHost().isEmpty()
        ? new HostAndPort(HostAndPort.from(from.node().address()).getHost(), target.getPort())
        : target;
  }

  private PendingCommand redirected(
      PendingCommand command, JedisRedirectionException e, int slot, CombiningPipeline server) {
    if (e instanceof JedisAskDataException) {
      return command.asking();
    }
    if (e instanceof JedisMovedDataException) {
      slots.set(slot, server);
      var unused = refresh();
    }
    return command.again(command.deadlineNanos());
  }

  /** Waits until the client has learned of a server that has joined the cluster. */
  private void awaitKnown(HostAndPort server, long limitNanos) {
    if (client.getClusterNodes().containsKey(server.toString())) {
      return;
    }
    try {
      refresh().get(limitNanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JedisConnectionException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new JedisConnectionException(
          ServerAddress.display(server.toString())
              + " is new, and the cluster was not read in time",
          e);
    }
  }

  private CombiningPipeline pipelineTo(HostAndPort server) {
    String address = server.toString();
    return pipelines.computeIfAbsent(
        address,
        a ->
            new CombiningPipeline(
                new Node(() -> a, () -> client.getClusterNodes().get(a), connectTimeout),
                KEYS_PER_COMMAND,
                asyncThreads));
  }

  /** Reloads the map of slots soon. The result is complete after the attempt. */
  private CompletableFuture<Void> refresh() {
    CompletableFuture<Void> tried = new CompletableFuture<>();
    CompletableFuture<Void> underWay = refreshing.compareAndExchange(null, tried);
    if (underWay != null) {
      return underWay;
    }
    try {
      start(refresher, () -> refresh(tried));
    } catch (Throwable e) {
      refreshed(tried);
      throw e;
    }
    return tried;
  }

  private void refresh(CompletableFuture<Void> tried) {
    try {
      client.refreshClusterTopology();
      readSlots();
    } catch (Throwable e) { // An Error, too: the next command that fails tries again.
      LOG.debug("The map of slots was not read", e);
    } finally {
      refreshed(tried);
    }
  }

  private void refreshed(CompletableFuture<Void> tried) {
    refreshing.compareAndSet(tried, null);
    tried.complete(null);
  }

  /**
   * Reads the slots from the first server that knows who has each, or else from the one that knows
   * of the most: one that has lost its configuration knows of none, or of few.
   */
  private void readSlots() {
    @Nullable JedisException last = null;
    List<SlotRange> most = List.of();
    for (String address : client.getClusterNodes().keySet()) {
      try {
        List<SlotRange> ranges = slotsBy(pipelineTo(HostAndPort.from(address)).node());
        int covered = covered(ranges).cardinality();
        if (covered == slots.length()) {
          take(ranges);
          return;
        }
        if (covered == 0) {
          last = new JedisClusterException(ServerAddress.display(address) + " knows of no slots");
        }
        most = covered > covered(most).cardinality() ? ranges : most;
      } catch (JedisException e) {
        last = e;
      }
    }
    if (most.isEmpty()) {
      throw last == null ? new JedisConnectionException("no server of the cluster is known") : last;
    }
    take(most);
  }

  private static BitSet covered(List<SlotRange> ranges) {
    BitSet covered = new BitSet(Protocol.CLUSTER_HASHSLOTS);
    ranges.forEach(range -> covered.set(range.first(), range.last() + 1));
    return covered;
  }

  /** Asks a server which master has which slots. */
  private List<SlotRange> slotsBy(Node node) {
    long deadline = System.nanoTime() + timeout.toNanos();
    PendingCommand slots = PendingCommand.of(Command.CLUSTER, SLOTS, deadline);
    return SlotRange.parse(Objects.requireNonNull(node.ask(slots)), node.address());
  }

  private void take(List<SlotRange> ranges) {
    for (SlotRange range : ranges) {
      CombiningPipeline pipeline = pipelineTo(range.master());
      slotsOf(range).forEach(slot -> slots.set(slot, pipeline));
    }
  }

  /**
   * Asks a master whether it still has the slots that it had by a map, and corrects that and the
   * present one. A master knows best about its own slots; what it says about those of others may be
   * old.
   *
   * @param known the map by which the masters are read; a reply to another command may have
   *     corrected the present one since
   * @return who has those that it does not have any more, or that nobody had
   * @throws JedisClusterException if it does not have them and does not know who does: without
   *     their services a list would say that these are gone
   */
  private Set<CombiningPipeline> newOwners(
      CombiningPipeline master, AtomicReferenceArray<@Nullable CombiningPipeline> known) {
    // Before it is asked: another visit may learn that it has a slot that nobody had.
    BitSet lost = slotsOf(master, known);
    List<SlotRange> ranges = slotsBy(master.node());
    lost.andNot(covered(ranges));
    if (!lost.isEmpty()) {
      throw new JedisClusterException(
          ServerAddress.display(master.node().address())
              + " had the slot "
              + lost.nextSetBit(0)
              + " and "
              + (lost.cardinality() - 1)
              + " others, has them no longer, and does not know who does");
    }
    Set<CombiningPipeline> owners = new HashSet<>();
    for (SlotRange range : ranges) {
      int[] own = slotsOf(range).filter(slot -> isOfOrNobodys(known.get(slot), master)).toArray();
      if (own.length > 0) {
        CombiningPipeline owner = pipelineTo(range.master());
        for (int slot : own) {
          CombiningPipeline before = known.getAndSet(slot, owner);
          if (before != owner) {
            var unused = slots.compareAndSet(slot, before, owner);
            owners.add(owner);
          }
        }
      }
    }
    return owners;
  }

  private static BitSet slotsOf(
      CombiningPipeline master, AtomicReferenceArray<@Nullable CombiningPipeline> known) {
    BitSet own = new BitSet(known.length());
    for (int slot = 0; slot < known.length(); slot++) {
      own.set(slot, known.get(slot) == master);
    }
    return own;
  }

  private static IntStream slotsOf(SlotRange range) {
    return IntStream.rangeClosed(range.first(), range.last());
  }

  private static boolean isOfOrNobodys(
      @Nullable CombiningPipeline known, CombiningPipeline master) {
    return known == null || known == master;
  }

  @Override
  public List<Node> masters() {
    return owners(slots).stream().map(CombiningPipeline::node).toList();
  }

  private static Set<CombiningPipeline> owners(
      AtomicReferenceArray<@Nullable CombiningPipeline> slots) {
    Set<CombiningPipeline> owners = new LinkedHashSet<>();
    for (int slot = 0; slot < slots.length(); slot++) {
      CombiningPipeline owner = slots.get(slot);
      if (owner != null) {
        owners.add(owner);
      }
    }
    return owners;
  }

  /** What an action returned for a master, and who has slots now that the master had before. */
  private record Visit<T>(T result, Set<CombiningPipeline> newOwners) {}

  /**
   * {@inheritDoc}
   *
   * <p>Nothing that such an action reads names a key, so no reply says that a slot has moved.
   * Therefore each master is asked afterwards. Those to whom slots have moved come next, since what
   * has left one master before it was read is there. None is visited more than twice: a resharding
   * may take hours.
   */
  @Override
  public <T> List<T> onEachMaster(Function<Node, T> action) {
    List<T> results = new ArrayList<>();
    AtomicReferenceArray<@Nullable CombiningPipeline> known = copyOfSlots();
    Map<CombiningPipeline, Integer> visits = new HashMap<>();
    Set<CombiningPipeline> next = owners(known);
    for (int moves = 0; !next.isEmpty(); moves++) {
      if (moves > MAX_REDIRECTIONS) {
        throw new JedisClusterException("slots moved to other masters again and again");
      }
      next.forEach(master -> visits.merge(master, 1, Integer::sum));
      Set<CombiningPipeline> newOwners = new HashSet<>();
      for (Visit<T> visit :
          inParallel(
              next.stream()
                  .<Supplier<Visit<T>>>map(master -> () -> visit(master, action, known))
                  .toList())) {
        results.add(visit.result());
        newOwners.addAll(visit.newOwners());
      }
      newOwners.removeIf(owner -> visits.getOrDefault(owner, 0) == MAX_VISITS);
      next = newOwners;
    }
    return results;
  }

  private AtomicReferenceArray<@Nullable CombiningPipeline> copyOfSlots() {
    AtomicReferenceArray<@Nullable CombiningPipeline> copy =
        new AtomicReferenceArray<>(slots.length());
    for (int slot = 0; slot < slots.length(); slot++) {
      copy.set(slot, slots.get(slot));
    }
    return copy;
  }

  private <T> Visit<T> visit(
      CombiningPipeline master,
      Function<Node, T> action,
      AtomicReferenceArray<@Nullable CombiningPipeline> known) {
    awaitKnown(HostAndPort.from(master.node().address()), timeout.toNanos());
    return new Visit<>(action.apply(master.node()), newOwners(master, known));
  }

  @Override
  public <T> List<T> onMastersOf(List<byte[]> keys, BiFunction<Node, List<byte[]>, T> action) {
    Map<Node, List<byte[]>> keysByMaster = new LinkedHashMap<>();
    for (byte[] key : keys) {
      int slot = JedisClusterCRC16.getSlot(key);
      CombiningPipeline server = slots.get(slot);
      if (server == null) {
        throw new JedisConnectionException("no server holds the slot " + slot);
      }
      keysByMaster.computeIfAbsent(server.node(), node -> new ArrayList<>()).add(key);
    }
    return inParallel(
        keysByMaster.entrySet().stream()
            .<Supplier<T>>map(part -> () -> action.apply(part.getKey(), part.getValue()))
            .toList());
  }

  @Override
  public Node anyMaster() {
    List<Node> masters = masters();
    if (masters.isEmpty()) {
      throw new JedisConnectionException("no server of the cluster is known");
    }
    return masters.get(ThreadLocalRandom.current().nextInt(masters.size()));
  }

  private <T> List<T> inParallel(List<Supplier<T>> tasks) {
    List<CompletableFuture<T>> results =
        tasks.stream().map(task -> CompletableFuture.supplyAsync(task, this::startScan)).toList();
    try {
      return results.stream().map(CompletableFuture::join).toList();
    } catch (CompletionException e) {
      if (e.getCause() instanceof JedisException) {
        var unused = refresh();
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private void startScan(Runnable task) {
    start(threads, task);
  }

  @Override
  public void refreshSoon() {
    var unused = refresh();
  }

  @Override
  public int keysPerCommand() {
    return KEYS_PER_COMMAND;
  }

  @Override
  public boolean isCluster() {
    return true;
  }

  @Override
  public String address() {
    return masters().stream()
        .map(Node::address)
        .map(ServerAddress::display)
        .sorted()
        .toList()
        .toString();
  }

  @Override
  public void close() {
    asyncThreads.close();
    threads.shutdownNow();
    refresher.shutdownNow();
    if (owns) {
      client.close();
    }
    pipelines.values().forEach(each -> each.node().close());
  }
}
