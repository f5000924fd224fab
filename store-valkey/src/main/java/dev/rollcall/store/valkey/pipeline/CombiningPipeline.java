package dev.rollcall.store.valkey.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A queue in front of one connection to a server. Commands that arrive while others are in progress
 * are sent together afterwards, in one pipeline.
 *
 * <p>The algorithm is leader/follower with flat combining (Hendler, Incze, Shavit and Tzafrir,
 * "Flat combining and the synchronization-parallelism tradeoff", SPAA 2010): the thread that finds
 * the queue without a leader becomes the leader. It sends its own command together with those that
 * others have queued.
 *
 * <p>A caller that blocks leads from its own thread, so a command alone is sent at once. Then it
 * wakes the thread at the head of the queue, which leads next. Commands of asynchronous operations
 * are in the same queue. If no caller leads, a thread of the store does, by the same code, as long
 * as such commands arrive.
 *
 * <p>The commands of one pipeline keep their order. A caller whose deadline has passed leaves, and
 * removes its command if it is still queued.
 *
 * <p>Safe for use by any number of threads.
 */
public final class CombiningPipeline {
  /** Bounds how many commands one late reply can delay, and the memory of the replies. */
  private static final int MAX_BATCH = 256;

  /**
   * How long a caller spins before it parks: the time of a few round trips. Unparking a thread
   * takes as long as a round trip. A virtual thread parks at once: unparking it is cheap, and
   * spinning would keep its carrier thread from others.
   */
  private static final long SPIN_NANOS = 200_000;

  /**
   * How long a caller whose deadline has passed waits for one who leads: after a pause of the
   * process, the reply may have arrived, and not have been read yet.
   */
  private static final long LATE_NANOS = 5_000_000;

  /** Send when the batch has this share of the last one's size. */
  private static final double DRAIN_SHARE = 0.9;

  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.store.valkey");

  private final Node node;
  private final int keysPerCommand;
  private final AsyncThreads threads;
  private final Queue<PendingCommand> queue = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean busy = new AtomicBoolean();

  /** The start of a thread that has not read the queue yet, if there is one. */
  private final AtomicReference<@Nullable Start> start = new AtomicReference<>();

  /** The size of the last batch. Only the leader uses it. */
  private int lastSize = 1;

  /**
   * The commands that the leader has taken from the queue. Allocated at its maximum size, so that
   * moving commands into it cannot run out of memory.
   */
  private final List<PendingCommand> batch = new ArrayList<>(MAX_BATCH);

  /** An attempt to start a thread. If it fails, {@link #start} is reset and this stays false. */
  private static final class Start {
    volatile boolean hasSucceeded;
  }

  /**
   * Creates the pipeline to a server.
   *
   * @param keysPerCommand the maximum number of keys that one command may name
   */
  public CombiningPipeline(Node node, int keysPerCommand, AsyncThreads threads) {
    this.node = node;
    this.keysPerCommand = keysPerCommand;
    this.threads = threads;
  }

  /** Returns the server. */
  public Node node() {
    return node;
  }

  /**
   * Sends a command and waits for its reply, at most until its deadline.
   *
   * @return the reply
   * @throws JedisException the server's error, or the connection's
   */
  public @Nullable Object execute(PendingCommand command) {
    WaitingThread waiter = new WaitingThread();
    command.setWaiter(waiter);
    queue.add(command);
    await(command, waiter);
    return command.reply();
  }

  /** Queues a command that no thread waits for. Throws if it needs a thread and none starts. */
  void submit(PendingCommand command) {
    queue.add(command);
    if (!busy.get()) {
      startLeader();
    }
  }

  /**
   * Starts a thread that leads, unless one is starting that has not read the queue yet. While
   * another caller starts one, this waits to see whether that succeeds: a command that relied on a
   * start that fails would stay in the queue.
   */
  private void startLeader() {
    Start mine = null;
    for (Start other = start.get(); ; other = start.get()) {
      if (other == null) {
        mine = mine == null ? new Start() : mine;
        if (start.compareAndSet(null, mine)) {
          startThread(mine);
          return;
        }
      } else if (hasSucceeded(other)) {
        return;
      }
    }
  }

  /** Waits until a start has succeeded or failed, for as long as starting a thread may take. */
  @SuppressWarnings("ThreadPriorityCheck") // A hint to run the thread that starts the other.
  private boolean hasSucceeded(Start other) {
    while (!other.hasSucceeded && start.get() == other) {
      Thread.yield();
    }
    return other.hasSucceeded;
  }

  private void startThread(Start mine) {
    try {
      threads.start(this::leadForOthers);
      mine.hasSucceeded = true;
    } finally {
      if (!mine.hasSucceeded) {
        start.compareAndSet(mine, null);
      }
    }
  }

  /**
   * Leads on a thread of the store, while there are commands that no thread waits for. Afterwards
   * this thread completes the operations of those commands itself: waking another thread costs more
   * than most continuations do.
   */
  private void leadForOthers() {
    start.set(null);
    if (!busy.compareAndSet(false, true)) {
      return; // The leader sends the rest, too.
    }
    try {
      do {
        lead(null);
      } while (!queue.isEmpty());
    } catch (Throwable e) {
      // Those who wait for the commands have been told.
      LOG.debug("A thread that led failed", e);
    } finally {
      busy.set(false);
      wakeNext(); // First: a continuation may keep this thread for long.
    }
    threads.completions().run();
  }

  /**
   * Waits until a queued command is completed, or throws the reason why its caller must not wait.
   */
  private void await(PendingCommand command, WaitingThread waiter) {
    for (long now = System.nanoTime(); !command.isCompleted(); now = System.nanoTime()) {
      long nanosLeft = command.deadlineNanos() - now;
      if (nanosLeft <= 0 || (!busy.get() && node.mayOutlast(nanosLeft))) {
        park(command, waiter, LATE_NANOS);
        if (command.isCompleted()) {
          return;
        }
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
        if (Thread.currentThread().isInterrupted() && !command.isCompleted()) {
          leave(command, waiter);
          throw new JedisConnectionException("interrupted");
        }
      }
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // A hint to the scheduler to run the leader.
  private void awaitTurn(PendingCommand command, WaitingThread waiter, long sinceNanos) {
    long spinNanos = VirtualThreads.isCurrent() ? 0 : SPIN_NANOS;
    while (!command.isCompleted() && busy.get()) {
      if (System.nanoTime() - sinceNanos >= spinNanos) {
        park(command, waiter, command.nanosLeft());
        return;
      }
      Thread.yield();
    }
  }

  /** Waits while another caller leads, for so long at most. */
  private void park(PendingCommand command, WaitingThread waiter, long nanos) {
    waiter.setParked(true);
    // A leader that has not seen this has completed the command, or stopped leading, before.
    if (!command.isCompleted() && busy.get()) {
      LockSupport.parkNanos(this, nanos);
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
      failAsync(new JedisConnectionException("no thread could be started to send the command", e));
    }
  }

  /** Fails the commands that no thread waits for, up to the first for which a thread waits. */
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
   * Takes the queued commands and sends them.
   *
   * @param own the command of the caller who leads, or null on a thread of the store
   */
  private void lead(@Nullable PendingCommand own) {
    // An interrupt concerns this caller alone; during I/O it would break the others' connection.
    boolean interrupted = Thread.interrupted();
    try {
      drain();
      roundTrip(own == null ? latestDeadline() : own.deadlineNanos());
    } catch (Throwable e) {
      // What ends this caller does not concern the others.
      repeatOrFail(e);
      throw e;
    } finally {
      batch.clear();
      if (own != null || !queue.isEmpty()) { // Otherwise this thread completes them.
        var unused = threads.completions().wake();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Takes the queued commands. Callers whom the last pipeline served are most likely about to send
   * their next command. While yielding adds commands, and more than a tenth of the last batch is
   * missing, this waits for them. Otherwise one command would go alone, and the rest in the next
   * pipeline, which would halve what a round trip carries.
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

  /** Returns the latest deadline in the batch. Each command's own deadline is watched elsewhere. */
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

  private void roundTrip(long deadlineNanos) {
    if (batch.isEmpty()) {
      return;
    }
    boolean testFirst = batch.stream().anyMatch(command -> !command.isRepeatable());
    BorrowedConnection connection;
    try {
      connection = node.connect(deadlineNanos, testFirst);
    } catch (RuntimeException e) {
      // The commands that are queued by now would fail alike, each after a wait of its own.
      fail(e);
      takeQueued();
      fail(e);
      return;
    }
    try {
      RoundTrip.run(connection, PingBatch.batched(batch, keysPerCommand), deadlineNanos);
      batch.forEach(command -> command.waiter().completed());
    } catch (RuntimeException e) {
      node.forgetIdle();
      repeatOrFail(e);
    } finally {
      connection.giveBack();
    }
  }

  /** Queues idempotent commands again: most likely the connection had died while it was idle. */
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
