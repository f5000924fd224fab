package dev.rollcall.store.valkey.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import redis.clients.jedis.HostAndPort;

/**
 * A TCP proxy in front of a server: it delays, loses or breaks off replies, and resets, cuts or
 * forgets connections, or leads to another server, when told to.
 */
public final class FaultProxy implements ValkeyServer {
  private static final int NEVER = -1;

  private final Listener listener;
  private volatile ValkeyServer target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<Socket> forgotten = ConcurrentHashMap.newKeySet();
  private volatile boolean dropReplies;
  private volatile long delayNanos;
  private final AtomicInteger breakOffAfter = new AtomicInteger(NEVER);

  /** Starts one on a free port. */
  public FaultProxy(ValkeyServer target) {
    this.target = target;
    this.listener = new Listener(this::pass);
  }

  @Override
  public String host() {
    return HostAndPort.from(listener.address()).getHost();
  }

  @Override
  public int port() {
    return HostAndPort.from(listener.address()).getPort();
  }

  /** Passes each new connection on to another server, as a name does that leads there. */
  public void leadTo(ValkeyServer other) {
    target = other;
  }

  /** Delivers requests, and no reply, from now on or no longer. */
  public void dropReplies(boolean drop) {
    dropReplies = drop;
  }

  /** Holds each reply up for so long, from now on. */
  public void delay(Duration delay) {
    delayNanos = delay.toNanos();
  }

  /** Closes, once, the connection on which the last of so many bytes of replies has passed. */
  public void breakOffAfter(int bytes) {
    breakOffAfter.set(bytes);
  }

  /** Returns whether a reply was broken off that was to be. */
  public boolean hasBrokenOff() {
    return breakOffAfter.get() == NEVER;
  }

  /** Leaves every connection half open: nothing passes any more, and neither side learns of it. */
  public void forget() {
    forgotten.addAll(sockets);
  }

  /** Resets every connection. */
  public void reset() {
    end(true);
  }

  /** Closes every connection as a server does that is stopped. */
  public void cut() {
    end(false);
  }

  private void end(boolean reset) {
    // Not those that a client opens while this runs, since one of its connections was ended.
    for (Socket socket : List.copyOf(sockets)) {
      try {
        if (reset) {
          socket.setSoLinger(true, 0);
        }
        socket.close();
      } catch (IOException e) {
        // It is closed.
      }
      sockets.remove(socket);
    }
  }

  /** Returns how many connections are open, both sides of each counted. */
  public int openSockets() {
    return (int) sockets.stream().filter(socket -> !socket.isClosed()).count();
  }

  private void pass(Socket client) throws IOException {
    Socket server = new Socket(target.host(), target.port());
    client.setTcpNoDelay(true);
    server.setTcpNoDelay(true);
    sockets.add(client);
    sockets.add(server);
    Listener.start(() -> pump(server, client, true));
    pump(client, server, false);
  }

  private void pump(Socket from, Socket to, boolean replies) {
    byte[] buffer = new byte[8192];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int length;
      while ((length = in.read(buffer)) >= 0) {
        if (replies && delayNanos > 0) {
          LockSupport.parkNanos(delayNanos);
        }
        int most = replies ? breakOffAfter.get() : NEVER;
        if (most != NEVER && length >= most) {
          out.write(buffer, 0, most);
          breakOffAfter.set(NEVER);
          return;
        }
        if (most != NEVER) {
          breakOffAfter.set(most - length);
        }
        if (!forgotten.contains(from) && !(replies && dropReplies)) {
          out.write(buffer, 0, length);
        }
      }
    } catch (IOException e) {
      // One side has gone, and the other goes with it.
    } finally {
      sockets.remove(from);
      sockets.remove(to);
      forgotten.remove(from);
      forgotten.remove(to);
    }
  }

  @Override
  public void close() {
    listener.close();
    reset();
  }
}
