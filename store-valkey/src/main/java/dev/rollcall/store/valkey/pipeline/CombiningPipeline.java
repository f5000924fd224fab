package dev.rollcall.store.valkey.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A queue in front of one connection to a server: commands that come while others are under way
 * leave together when those are back, in one pipeline.
 *
 * <p>The algorithm is leader/follower with flat combining (Hendler, Incze, Shavit and Tzafrir,
 * "Flat combining and the synchronization-parallelism tradeoff", SPAA 2010): whoever finds the
 * queue without a leader leads, and carries out what the others have queued together with its own.
 *
 * <p>A caller that blocks leads with its own command first, so a command alone is on the wire at
 * once, from its own thread. When that is done it goes on for the others a little while, since to
 * wake another thread costs more than a pipeline; then it wakes the one at the head of the queue to
 * lead. Commands that no thread waits for stand in the same queue. Where no caller leads, a thread
 * of the store does, by the same code, for as long as such commands come.
 *
 * <p>The commands of one pipeline keep their order. A caller whose time is up leaves, and takes its
 * command along if that is still queued.
 */
public final class CombiningPipeline {
  /** Bounds what one reply that is late can hold up, and the memory of the replies. */
  private static final int MAX_BATCH = 256;

  /** How long a caller goes on for others: some pipelines' worth. */
  private static final long SERVICE_NANOS = 1_000_000;

  /**
   * How long a caller looks out for its reply before it sleeps: some pipelines' worth. To be woken
   * takes as long as a pipeline does. A virtual thread sleeps at once: it is woken for next to
   * nothing, and by looking out it would only keep a carrier from those that have work.
   */
  private static final long SPIN_NANOS = 200_000;

  /** How much of the last pipeline is enough to go: the last ones may take their time. */
  private static final double DRAIN_SHARE = 0.9;

  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.store.valkey");

  private final Node node;
  private final int keysPerCommand;
  private final AsyncThreads threads;
  private final Queue<PendingCommand> queue = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean busy = new AtomicBoolean();

  /** Whether a thread of the store is on its way that has not looked into the queue yet. */
  private final AtomicBoolean leaderStarting = new AtomicBoolean();

  /** How many calls the last pipeline had; only the leader reads and writes it. */
  private int lastSize = 1;

  /**
   * The calls that were taken; only the leader uses it. As large as it gets from the start: so none
   * is lost between the queue and the batch, however little memory there is.
   */
  private final List<PendingCommand> batch = new ArrayList<>(MAX_BATCH);

  public CombiningPipeline(Node node, int keysPerCommand, AsyncThreads threads) {
    this.node = node;
    this.keysPerCommand = keysPerCommand;
    this.threads = threads;
  }

  public Node node() {
    return node;
  }

  /**
   * Makes a call and waits for its reply, until its deadline at most.
   *
   * @return the reply
   * @throws JedisException as the server or the way there has it
   */
  public @Nullable Object execute(PendingCommand command) {
    WaitingThread waiter = new WaitingThread();
    command.setWaiter(waiter);
    queue.add(command);
    await(command, waiter);
    return command.reply();
  }

  /** Queues a call that no thread waits for. Throws if it needs a thread and none can be had. */
  void submit(PendingCommand command) {
    queue.add(command);
    if (!busy.get()) {
      startLeader();
    }
  }

  private void startLeader() {
    if (leaderStarting.get() || !leaderStarting.compareAndSet(false, true)) {
      return;
    }
    boolean started = false;
    try {
      threads.start(this::leadForOthers);
      started = true;
    } finally {
      if (!started) {
        leaderStarting.set(false);
      }
    }
  }

  /**
   * Leads while there are calls that no thread waits for, on a thread of the store. What it brought
   * back it completes itself, when it does not lead any more: to wake another thread for that costs
   * more than most continuations do.
   */
  private void leadForOthers() {
    leaderStarting.set(false);
    if (!busy.compareAndSet(false, true)) {
      return; // Whoever leads sees to the rest.
    }
    try {
      do {
        lead(null);
      } while (!queue.isEmpty());
    } catch (Throwable e) {
      // What it means for the calls has been told to those who wait for them.
      LOG.debug("A thread that led failed", e);
    } finally {
      busy.set(false);
      wakeNext(); // First: a continuation may keep this thread for long.
    }
    threads.completions().run();
  }

  /** Waits until a queued call is completed, or throws what keeps its caller from waiting on. */
  private void await(PendingCommand command, WaitingThread waiter) {
    for (long now = System.nanoTime(); !command.isCompleted(); now = System.nanoTime()) {
      long nanosLeft = command.deadlineNanos() - now;
      if (nanosLeft <= 0 || (!busy.get() && node.mayOutlast(nanosLeft))) {
        leave(command, waiter);
        throw new JedisConnectionException("no reply in time");
      }
      if (busy.compareAndSet(false, true)) {
        try {
          lead(command);
        } catch (Throwable e) {
          waiter.leave();
          queue.remove(command);
          throw e;
        } finally {
          busy.set(false);
          wakeNext();
        }
      } else {
        awaitTurn(command, waiter, now);
        if (Thread.interrupted() && !command.isCompleted()) {
          leave(command, waiter);
          Thread.currentThread().interrupt();
          throw new JedisConnectionException("interrupted");
        }
      }
    }
  }

  @SuppressWarnings(
      "ThreadPriorityCheck") // A hint; it is waiting that the scheduler must not ruin.
  private void awaitTurn(PendingCommand command, WaitingThread waiter, long sinceNanos) {
    long spinNanos = VirtualThreads.isCurrent() ? 0 : SPIN_NANOS;
    while (!command.isCompleted() && busy.get()) {
      if (System.nanoTime() - sinceNanos >= spinNanos) {
        park(command, waiter);
        return;
      }
      Thread.yield();
    }
  }

  private void park(PendingCommand command, WaitingThread waiter) {
    waiter.setParked(true);
    // Whoever has not seen that yet has completed the call or stopped leading before.
    if (!command.isCompleted() && busy.get()) {
      LockSupport.parkNanos(this, command.nanosLeft());
    }
    waiter.setParked(false);
  }

  private void leave(PendingCommand command, WaitingThread waiter) {
    waiter.leave();
    queue.remove(command);
    // It may have been woken to lead.
    if (!busy.get()) {
      wakeNext();
    }
  }

  private void wakeNext() {
    PendingCommand next = queue.peek();
    if (next == null || next.waiter().tryWake()) {
      return;
    }
    try {
      startLeader();
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      failAsync(new JedisConnectionException("no thread is left to ask", e));
    }
  }

  /** Fails the calls that no thread waits for, up to one for which there is a thread. */
  private void failAsync(RuntimeException e) {
    PendingCommand next;
    while ((next = queue.peek()) != null && !next.waiter().tryWake()) {
      if (queue.remove(next)) { // Else a leader has taken it.
        fail(next, e);
      }
    }
    var unused = threads.completions().wake();
  }

  /**
   * Takes what is queued, and makes those calls.
   *
   * @param own the call of the caller who leads, or null on a thread of the store
   */
  private void lead(@Nullable PendingCommand own) {
    // An interrupt is this caller's own affair: in the midst of I/O it would cut off the others.
    boolean interrupted = Thread.interrupted();
    long startNanos = System.nanoTime();
    try {
      do {
        drain();
        exchange(own == null ? latestDeadline() : own.deadlineNanos());
        batch.clear();
      } while (!queue.isEmpty() && System.nanoTime() - startNanos < SERVICE_NANOS);
    } catch (Throwable e) {
      // What ends this caller is not the others' affair.
      repeatOrFail(e);
      throw e;
    } finally {
      batch.clear();
      if (own != null || !queue.isEmpty()) { // Else this thread completes them.
        var unused = threads.completions().wake();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Takes what is queued. Callers whom the last pipeline served are most likely on their way back;
   * as long as to step aside for them brings some, and more than a few are missing, they come
   * along. A pipeline for one, and the rest in the next, would halve what a round trip carries.
   */
  @SuppressWarnings("ThreadPriorityCheck") // As above.
  private void drain() {
    int before = -1;
    while (batch.size() > before && batch.size() < lastSize * DRAIN_SHARE) {
      if (before >= 0) {
        Thread.yield();
      }
      before = batch.size();
      takeQueued();
    }
    lastSize = Math.max(1, batch.size());
  }

  /** Returns until when a pipeline may take: the time of each call is up by itself. */
  private long latestDeadline() {
    long now = System.nanoTime();
    long most = 0;
    for (int i = 0; i < batch.size(); i++) {
      most = Math.max(most, batch.get(i).deadlineNanos() - now);
    }
    return now + most;
  }

  private void takeQueued() {
    PendingCommand command;
    while (batch.size() < MAX_BATCH && (command = queue.poll()) != null) {
      if (!command.waiter().hasLeft()) {
        batch.add(command);
      }
    }
  }

  private void exchange(long deadlineNanos) {
    if (batch.isEmpty()) {
      return;
    }
    boolean delicate = batch.stream().anyMatch(command -> !command.isRepeatable());
    BorrowedConnection connection;
    try {
      connection = node.connect(deadlineNanos, delicate);
    } catch (RuntimeException e) {
      // Whoever waited for this would only find the same, each after a wait of its own.
      fail(e);
      takeQueued();
      fail(e);
      return;
    }
    try {
      RoundTrip.run(connection, PingBatch.batched(batch, keysPerCommand), deadlineNanos);
      node.heard();
      batch.forEach(command -> command.waiter().completed());
    } catch (RuntimeException e) {
      node.forgetIdle();
      repeatOrFail(e);
    } finally {
      connection.giveBack();
    }
  }

  /** Queues again what may be done twice: most likely the connection had died while it rested. */
  private void repeatOrFail(Throwable e) {
    for (int i = 0; i < batch.size(); i++) {
      PendingCommand command = batch.get(i);
      if (command.isCompleted() || !command.tryRepeat() || !tryQueue(command)) {
        fail(command, e);
      }
    }
    batch.clear();
  }

  private boolean tryQueue(PendingCommand command) {
    try {
      return queue.add(command);
    } catch (OutOfMemoryError e) {
      return false;
    }
  }

  private void fail(Throwable e) {
    for (int i = 0; i < batch.size(); i++) {
      fail(batch.get(i), e);
    }
    batch.clear();
  }

  private static void fail(PendingCommand command, Throwable e) {
    if (!command.isCompleted()) {
      command.fail(e);
    }
    command.waiter().completed();
  }
}
