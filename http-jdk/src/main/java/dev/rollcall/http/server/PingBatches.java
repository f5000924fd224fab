package dev.rollcall.http.server;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreRegistry;
import dev.rollcall.spi.BulkRenewal;
import dev.rollcall.spi.Fence;
import dev.rollcall.spi.Renewal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Pings that wait for the store without a thread each: those that come while others are asked of it
 * and answered are asked of it together when that is done.
 *
 * <p>There is no thread behind it. The thread that a ping comes on does whatever is to be done, for
 * any ping, until nothing is: it asks the store, if no other has the turn to, and sends answers. So
 * nothing is forgotten while one is at work, and a server whose executor is idle has answered all.
 */
final class PingBatches {
  /** Bounds how many one call of the store can fail. */
  private static final int MAX_BATCH = 256;

  /** An answer takes microseconds to send, unless its client has left many unread. */
  private static final long PATIENCE_MILLIS = 10;

  private final BulkRenewal store;
  private final Operations operations;
  private final Queue<Ping> waiting = new ConcurrentLinkedQueue<>();
  private final Queue<Ping> settled = new ConcurrentLinkedQueue<>();
  private final AtomicReference<Turn> turn = new AtomicReference<>(Turn.FREE);
  private final AtomicBoolean watched = new AtomicBoolean();

  private PingBatches(BulkRenewal store, Operations operations) {
    this.store = store;
    this.operations = operations;
  }

  /** Makes them for a registry, if its store renews in bulk. */
  static Optional<PingBatches> of(ServiceRegistry registry, Operations operations) {
    return registry instanceof StoreRegistry overStore
        ? overStore.bulkPing().map(store -> new PingBatches(store, operations))
        : Optional.empty();
  }

  /** Sends what a ping has come to, and whatever happens throws nothing. */
  @FunctionalInterface
  interface Completion {
    void complete(Request request, Endpoint.Action action);
  }

  /**
   * Who asks the store. Two at once would do no harm, but have half the pings each; so whoever has
   * asked keeps the turn while it answers, and more pings gather.
   */
  private enum Turn {
    FREE,
    ASKING,
    ANSWERING
  }

  private record Ping(Request request, Renewal renewal, Completion completion) {
    Executor executor() {
      return request.exchange().getHttpContext().getServer().getExecutor();
    }
  }

  /** Returns whether a request is a ping of which nothing is to be read any more. */
  static boolean accepts(Request request) {
    return request.endpoint().access() == Access.PING && !BodyReader.hasBody(request.exchange());
  }

  /** Answers a ping, on this thread or another, soon or when those before it have been answered. */
  void add(Request request, Completion completion) {
    Target target = request.target();
    Fence fence = target.lease().map(Fence::of).orElse(Fence.none());
    Renewal renewal = new Renewal(target.id(), fence, request.startNanos());
    Ping ping = new Ping(request, renewal, completion);
    waiting.add(ping);
    work();
    if (turn.get() == Turn.ANSWERING) {
      watch(ping);
    }
  }

  private void work() {
    do {
      answerAll();
    } while (askStore());
  }

  private void answerAll() {
    Ping ping;
    while ((ping = settled.poll()) != null) {
      if (!settled.isEmpty() || !waiting.isEmpty()) {
        watch(ping);
      }
      Renewal renewal = ping.renewal();
      ping.completion()
          .complete(ping.request(), request -> operations.pinged(request, renewal::lease));
    }
  }

  /** Asks for those who wait, unless another has the turn to: that one looks again after it. */
  private boolean askStore() {
    if (waiting.isEmpty() || !turn.compareAndSet(Turn.FREE, Turn.ASKING)) {
      return false;
    }
    try {
      askFor(nextBatch());
      turn.set(Turn.ANSWERING);
      answerAll();
    } finally {
      turn.set(Turn.FREE);
    }
    return true;
  }

  private List<Ping> nextBatch() {
    List<Ping> batch = new ArrayList<>();
    Ping ping;
    while (batch.size() < MAX_BATCH && (ping = waiting.poll()) != null) {
      batch.add(ping);
    }
    return batch;
  }

  private void askFor(List<Ping> batch) {
    List<Renewal> renewals = new ArrayList<>(batch.size());
    batch.forEach(ping -> renewals.add(ping.renewal()));
    try {
      store.renewAll(renewals);
    } catch (RuntimeException e) {
      fail(renewals, e);
    } catch (Error e) {
      // It is this thread that answers them.
      fail(renewals, new IllegalStateException("the store broke down", e));
    }
    settled.addAll(batch);
  }

  private static void fail(List<Renewal> renewals, RuntimeException failure) {
    for (Renewal renewal : renewals) {
      renewal.settle(
          () -> {
            throw failure;
          });
    }
  }

  /**
   * Sees to it that another thread goes on with the work in a while, in place of one that sends an
   * answer to a client that reads nothing.
   */
  private void watch(Ping ping) {
    Executor executor = ping.executor();
    if (watched.get() || !watched.compareAndSet(false, true)) {
      return;
    }
    CompletableFuture.delayedExecutor(
            PATIENCE_MILLIS, TimeUnit.MILLISECONDS, task -> handOn(executor, task))
        .execute(
            () -> {
              watched.set(false);
              turn.compareAndSet(Turn.ANSWERING, Turn.FREE);
              work();
            });
  }

  private static void handOn(Executor executor, Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      // The server stops, and waits for the thread that is held up; so there is time for this one.
      Thread thread = new Thread(task, "rollcall-http");
      thread.setDaemon(true);
      thread.start();
    }
  }
}
