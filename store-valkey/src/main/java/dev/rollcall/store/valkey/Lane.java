package dev.rollcall.store.valkey;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A queue in front of one connection to a server: calls that are made while another is under way
 * leave together when it is over, in one pipeline.
 *
 * <p>There is no thread behind it and no timer. A caller that finds the lane free takes what is
 * queued, its own call first of all, and does the reading and writing itself; so a call alone is on
 * the wire at once, from its own thread. The others wait. When the first is done it goes on for
 * them a little while, since to wake another costs more than a pipeline; then it wakes the one at
 * the head of the queue to do the same.
 *
 * <p>The lane keeps the order of its calls. A caller whose time is up leaves, and takes its call
 * along if that is still queued.
 */
final class Lane {
  /** Bounds what one reply that is late can hold up, and the memory of the replies. */
  private static final int MAX_BATCH = 256;

  /** How long a caller goes on for others: some pipelines' worth. */
  private static final long SERVICE_NANOS = 1_000_000;

  /**
   * How long a caller looks out for its reply before it sleeps: some pipelines' worth. To be woken
   * takes as long as a pipeline does. A virtual thread sleeps at once: it is woken for next to
   * nothing, and by looking out it would only keep a carrier from those that have work.
   */
  private static final long LOOK_OUT_NANOS = 200_000;

  /** How much of the last pipeline is enough to go: the last ones may take their time. */
  private static final double MOST = 0.9;

  private final Node node;
  private final int keysPerCall;
  private final Queue<Call> queue = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean busy = new AtomicBoolean();

  /** How many calls the last pipeline had; whoever holds the lane reads and writes it. */
  private int lastSize = 1;

  /**
   * The calls that were taken; whoever holds the lane has it. As large as it gets from the start:
   * so none is lost between the queue and the batch, however little memory there is.
   */
  private final List<Call> batch = new ArrayList<>(MAX_BATCH);

  Lane(Node node, int keysPerCall) {
    this.node = node;
    this.keysPerCall = keysPerCall;
  }

  boolean isBusy() {
    return busy.get();
  }

  /**
   * Makes a call and waits for its reply, until its deadline at most.
   *
   * @return the reply
   * @throws JedisException as the server or the way there has it
   */
  @Nullable Object execute(Call call) {
    queue.add(call);
    await(call);
    return call.reply();
  }

  /** Makes calls of one caller together, and returns when each is settled. */
  void execute(List<Call> calls) {
    queue.addAll(calls);
    try {
      for (Call call : calls) {
        try {
          await(call);
        } catch (JedisException e) {
          if (!call.isSettled()) { // The answer may have come as its caller left.
            call.fail(e);
          }
        }
      }
    } catch (Throwable e) {
      calls.forEach(this::leave);
      throw e;
    }
  }

  /** Waits until a queued call is settled, or throws what keeps its caller from waiting on. */
  private void await(Call call) {
    for (long now = System.nanoTime(); !call.isSettled(); now = System.nanoTime()) {
      long nanosLeft = call.deadlineNanos() - now;
      if (nanosLeft <= 0 || (!busy.get() && node.mayOutlast(nanosLeft))) {
        leave(call);
        throw new JedisConnectionException("no reply in time");
      }
      if (busy.compareAndSet(false, true)) {
        try {
          lead(call.deadlineNanos());
        } catch (Throwable e) {
          call.abandon();
          queue.remove(call);
          throw e;
        } finally {
          busy.set(false);
          wakeNext();
        }
      } else {
        awaitTurn(call, now);
        if (Thread.interrupted() && !call.isSettled()) {
          leave(call);
          Thread.currentThread().interrupt();
          throw new JedisConnectionException("interrupted");
        }
      }
    }
  }

  @SuppressWarnings(
      "ThreadPriorityCheck") // A hint; it is waiting that the scheduler must not ruin.
  private void awaitTurn(Call call, long sinceNanos) {
    long lookOutNanos = VirtualThreads.isCurrent() ? 0 : LOOK_OUT_NANOS;
    while (!call.isSettled() && busy.get()) {
      if (System.nanoTime() - sinceNanos >= lookOutNanos) {
        sleep(call);
        return;
      }
      Thread.yield();
    }
  }

  private void sleep(Call call) {
    call.caller().setAsleep(true);
    // Whoever has not seen that yet has settled the call or left the lane before.
    if (!call.isSettled() && busy.get()) {
      LockSupport.parkNanos(this, call.nanosLeft());
    }
    call.caller().setAsleep(false);
  }

  private void leave(Call call) {
    call.abandon();
    queue.remove(call);
    // It may have been woken to lead.
    if (!busy.get()) {
      wakeNext();
    }
  }

  private void wakeNext() {
    Call next = queue.peek();
    if (next != null) {
      next.caller().wake();
    }
  }

  private void lead(long deadlineNanos) {
    // An interrupt is this caller's own affair: in the midst of I/O it would cut off the others.
    boolean interrupted = Thread.interrupted();
    long startNanos = System.nanoTime();
    try {
      do {
        drain();
        exchange(deadlineNanos);
        batch.clear();
      } while (!queue.isEmpty() && System.nanoTime() - startNanos < SERVICE_NANOS);
    } catch (Throwable e) {
      // What ends this caller is not the others' affair.
      repeatOrFail(e);
      throw e;
    } finally {
      batch.clear();
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
    while (batch.size() > before && batch.size() < lastSize * MOST) {
      if (before >= 0) {
        Thread.yield();
      }
      before = batch.size();
      takeQueued();
    }
    lastSize = Math.max(1, batch.size());
  }

  private void takeQueued() {
    Call call;
    while (batch.size() < MAX_BATCH && (call = queue.poll()) != null) {
      if (!call.isAbandoned()) {
        batch.add(call);
      }
    }
  }

  private void exchange(long deadlineNanos) {
    boolean delicate = batch.stream().anyMatch(call -> !call.isRepeatable());
    Link link;
    try {
      link = node.connect(deadlineNanos, delicate);
    } catch (RuntimeException e) {
      // Whoever waited for this would only find the same, each after a wait of its own.
      fail(e);
      takeQueued();
      fail(e);
      return;
    }
    try {
      Exchange.run(link, Bundle.bundled(batch, keysPerCall), deadlineNanos);
      node.heard();
      batch.forEach(call -> call.caller().wake());
    } catch (RuntimeException e) {
      node.forgetIdle();
      repeatOrFail(e);
    } finally {
      link.giveBack();
    }
  }

  /** Queues again what may be done twice: most likely the connection had died while it rested. */
  private void repeatOrFail(Throwable e) {
    for (int i = 0; i < batch.size(); i++) {
      Call call = batch.get(i);
      if (call.isSettled() || !call.tryRepeat() || !tryQueue(call)) {
        fail(call, e);
      }
    }
    batch.clear();
  }

  private boolean tryQueue(Call call) {
    try {
      return queue.add(call);
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

  private static void fail(Call call, Throwable e) {
    if (!call.isSettled()) {
      call.fail(e);
    }
    call.caller().wake();
  }
}
