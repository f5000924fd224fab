package dev.rollcall.http.server.memory;

import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.ProblemException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many bytes requests under way may hold at once, for one purpose. Nothing queues: what finds
 * no room is refused, unless clients that are too slow for the room they hold can be cut off.
 *
 * <p>One client may hold half of it at most, so that it takes two to hold it all.
 */
public final class MemoryBudget {
  /** How long those that were cut off have to give back what they hold. */
  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** What a host gets of IPv6 is a network of this many bytes, any address of which it may use. */
  private static final int IPV6_NETWORK_BYTES = 8;

  private final long maxBytes;
  private final SlowClientMonitor slowClients;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition givenBack = lock.newCondition();
  private final Map<InetAddress, Share> shares = new HashMap<>();
  private long heldBytes;

  /** What one client holds: of bytes that several of its requests share, once. */
  private static final class Share {
    final IdentityHashMap<Object, Held> all = new IdentityHashMap<>();
    long bytes;
  }

  private static final class Held {
    long bytes;
    int holders;
  }

  /**
   * Creates a budget of which nothing is held.
   *
   * @param maxBytes how much there is
   * @param slowClients knows who may be cut off
   */
  public MemoryBudget(long maxBytes, SlowClientMonitor slowClients) {
    this.maxBytes = maxBytes;
    this.slowClients = slowClients;
  }

  /** Returns how many bytes there are in all. */
  public long maxBytes() {
    return maxBytes;
  }

  /** Returns how many bytes are held. */
  public long heldBytes() {
    lock.lock();
    try {
      return heldBytes;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes some bytes, which must be {@linkplain #giveBack given back}. Where there is no room it
   * cuts off whoever is too slow, and waits a moment for what they hold.
   *
   * @throws ProblemException if there is no room
   */
  public void take(long bytes) {
    if (!tryTake(bytes) && !(slowClients.cutOffSlow() > 0 && awaitRoom(bytes))) {
      throw new ProblemException(Problem.busy());
    }
  }

  private boolean tryTake(long bytes) {
    lock.lock();
    try {
      if (bytes > maxBytes - heldBytes) {
        return false;
      }
      heldBytes += bytes;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean awaitRoom(long bytes) {
    lock.lock();
    try {
      long left = PATIENCE_NANOS;
      while (bytes > maxBytes - heldBytes) {
        if (left <= 0) {
          return false;
        }
        left = givenBack.awaitNanos(left);
      }
      heldBytes += bytes;
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Gives back what was taken. */
  public void giveBack(long bytes) {
    lock.lock();
    try {
      heldBytes -= bytes;
      givenBack.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Notes that a request of a client holds something, until it {@linkplain #leave leaves} it.
   *
   * @param what its identity counts: what several requests of a client hold counts once
   * @param bytes of it, all of them
   * @return false if the client holds its share already; then nothing is noted
   */
  public boolean join(InetAddress client, Object what, long bytes) {
    return tryJoin(client, what, bytes)
        || (slowClients.cutOffSlow() > 0 && awaitShare(client, what, bytes));
  }

  private boolean awaitShare(InetAddress client, Object what, long bytes) {
    lock.lock();
    try {
      long left = PATIENCE_NANOS;
      while (!tryJoin(client, what, bytes)) {
        if (left <= 0) {
          return false;
        }
        left = givenBack.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private boolean tryJoin(InetAddress client, Object what, long bytes) {
    InetAddress network = networkOf(client);
    lock.lock();
    try {
      Share share = shares.computeIfAbsent(network, key -> new Share());
      Held held = share.all.computeIfAbsent(what, key -> new Held());
      long more = Math.max(0, bytes - held.bytes);
      // The first is let in whatever it takes, or there would be none of that size.
      boolean isWithin = share.bytes == held.bytes || share.bytes + more <= maxBytes / 2;
      if (isWithin) {
        held.holders++;
        held.bytes += more;
        share.bytes += more;
      }
      removeUnused(network, share, what, held);
      return isWithin;
    } finally {
      lock.unlock();
    }
  }

  /** Notes that what a request has joined with has become larger; false if it may not. */
  public boolean grow(InetAddress client, Object what, long bytes) {
    boolean isWithin = join(client, what, bytes);
    if (isWithin) {
      leave(client, what); // It has been joined with before, and is so still.
    }
    return isWithin;
  }

  /** Ends what {@link #join} began. */
  public void leave(InetAddress client, Object what) {
    InetAddress network = networkOf(client);
    lock.lock();
    try {
      Share share = shares.get(network);
      Held held = share == null ? null : share.all.get(what);
      if (share != null && held != null) {
        held.holders--;
        removeUnused(network, share, what, held);
        givenBack.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void removeUnused(InetAddress network, Share share, Object what, Held held) {
    if (held.holders == 0) {
      share.all.remove(what);
      share.bytes -= held.bytes;
    }
    if (share.all.isEmpty()) {
      shares.remove(network);
    }
  }

  private static InetAddress networkOf(InetAddress client) {
    if (!(client instanceof Inet6Address)) {
      return client;
    }
    byte[] address = client.getAddress();
    Arrays.fill(address, IPV6_NETWORK_BYTES, address.length, (byte) 0);
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("16 bytes are an address", e);
    }
  }
}
