package dev.rollcall.store.valkey;

import dev.rollcall.spi.HintListener;
import dev.rollcall.spi.HintSubscription;
import dev.rollcall.store.valkey.pipeline.Node;
import dev.rollcall.store.valkey.pipeline.Subscription;
import dev.rollcall.store.valkey.topology.Topology;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners of the changes that are published, by whichever process; and of those by foreign
 * writers, who publish nothing, if it is to track them.
 *
 * <p>While there is a listener, one thread has one subscription at a master; in a cluster any
 * master will do, since each passes on what the others publish. Writes are told by the server that
 * has the key alone. So a cluster's are tracked on a subscription and a thread more for each
 * master; which masters there are is looked up every two seconds at least.
 *
 * <p>Hints that come while a subscription is not open are lost. So each time one was opened {@link
 * HintListener#missed()} is said.
 *
 * <p>Safe for use by any number of threads.
 */
final class HintReceiver implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.store.valkey");

  private final Topology topology;
  private final Keys keys;
  private final Duration timeout;
  private final boolean tracksWrites;
  private final List<Listening> listeners = new CopyOnWriteArrayList<>();

  /** Guards what follows. Not held during I/O. */
  private final ReentrantLock lock = new ReentrantLock();

  /** What receives, while there are listeners. */
  private @Nullable Receiving receiving;

  private boolean closed;

  /**
   * Creates a receiver.
   *
   * @param tracksWrites whether to tell of writes that nothing is published of
   */
  HintReceiver(Topology topology, Keys keys, Duration timeout, boolean tracksWrites) {
    this.topology = topology;
    this.keys = keys;
    this.timeout = timeout;
    this.tracksWrites = tracksWrites;
  }

  /** Adds a listener. Does not wait until hints are received. */
  HintSubscription subscribe(HintListener listener) {
    Listening added = new Listening(listener);
    Receiving running;
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the Valkey store is closed");
      }
      listeners.add(added);
      if (receiving == null) {
        start();
      }
      running = receiving;
    } finally {
      lock.unlock();
    }
    if (running != null && running.published.isOpen()) {
      listener.missed(); // It hears from now on.
    }
    return added;
  }

  private void start() {
    Receiving started = new Receiving();
    boolean hasStarted = false;
    try {
      started.start();
      receiving = started;
      hasStarted = true;
    } finally {
      if (!hasStarted) { // What was thrown tells the caller so; the listener must not stay.
        listeners.clear();
        started.stop();
      }
    }
  }

  private void remove(Listening listening) {
    lock.lock();
    try {
      if (listeners.remove(listening) && listeners.isEmpty()) {
        stop();
      }
    } finally {
      lock.unlock();
    }
  }

  private void stop() {
    if (receiving != null) {
      receiving.stop();
      receiving = null;
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      listeners.clear();
      stop();
    } finally {
      lock.unlock();
    }
  }

  /** A listener, as often as it has subscribed. */
  private final class Listening implements HintSubscription {
    private final HintListener listener;

    Listening(HintListener listener) {
      this.listener = listener;
    }

    @Override
    public void close() {
      remove(this);
    }
  }

  private void tellAll(Consumer<HintListener> hint) {
    for (Listening each : listeners) {
      try {
        hint.accept(each.listener);
      } catch (Throwable e) { // It must not cost the others theirs.
        LOG.warn("A listener was not told of a change; it should not throw", e);
      }
    }
  }

  /** Receives hints, until it is stopped. */
  private final class Receiving {
    private final SubscriptionLoop published =
        new SubscriptionLoop(
            topology::address,
            () -> open(topology.anyMaster(), keys.channel(), !topology.isCluster()),
            new Told(this::followMasters));
    private final @Nullable WrittenIds written =
        tracksWrites ? new WrittenIds(id -> tellAll(listener -> listener.touched(id))) : null;

    /** Those that track the writes at each master of a cluster; guarded by the lock. */
    private final Map<Node, SubscriptionLoop> tracking = new HashMap<>();

    private boolean stopped;

    /** Starts its threads. For a caller that holds the lock, as {@link #stop}. */
    void start() {
      if (written != null) {
        written.start();
      }
      published.start();
    }

    private Subscription open(Node node, byte @Nullable [] channel, boolean hasWrites) {
      byte @Nullable [] prefix = tracksWrites && hasWrites ? keys.keyOf("") : null;
      return Subscription.open(node, channel, prefix, System.nanoTime() + timeout.toNanos());
    }

    /** Tracks writes at the masters that a cluster has now, and no longer at others. */
    private void followMasters() {
      if (!tracksWrites || !topology.isCluster()) {
        return;
      }
      List<Node> masters = topology.masters();
      lock.lock();
      try {
        if (stopped) {
          return;
        }
        tracking
            .entrySet()
            .removeIf(
                entry -> {
                  boolean hasLeft = !masters.contains(entry.getKey());
                  if (hasLeft) {
                    entry.getValue().stop();
                  }
                  return hasLeft;
                });
        for (Node master : masters) {
          if (!tracking.containsKey(master)) {
            SubscriptionLoop added =
                new SubscriptionLoop(
                    master::address, () -> open(master, null, true), new Told(() -> {}));
            added.start();
            tracking.put(master, added);
          }
        }
      } finally {
        lock.unlock();
      }
    }

    void stop() {
      stopped = true;
      published.stop();
      tracking.values().forEach(SubscriptionLoop::stop);
      if (written != null) {
        written.stop();
      }
    }

    /** Passes on what a subscription tells. */
    private final class Told implements SubscriptionLoop.LoopListener {
      private final Runnable turn;

      Told(Runnable turn) {
        this.turn = turn;
      }

      @Override
      public void opened() {
        tellAll(HintListener::missed);
      }

      @Override
      public void failed() {
        topology.refreshSoon(); // The server may not be a master any more.
      }

      @Override
      public void turn() {
        turn.run();
      }

      @Override
      public void published(byte[] message) {
        tellAll(listener -> ChangeHint.tell(listener, message, keys));
      }

      @Override
      public void written(List<byte[]> keysOfThem) {
        WrittenIds ids = written;
        if (ids == null) {
          return;
        }
        for (byte[] key : keysOfThem) {
          String id = keys.idOf(key);
          if (id != null) {
            ids.add(id);
          }
        }
      }

      @Override
      public void flushed() {
        tellAll(HintListener::missed);
      }
    }
  }
}
