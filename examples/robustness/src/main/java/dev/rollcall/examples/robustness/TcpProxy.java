package dev.rollcall.examples.robustness;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A TCP proxy on a port of the loopback address: it cuts, delays or holds up what passes, when told
 * to. If no HTTP server listens behind it, it answers that it passed nothing on, which a client can
 * tell from a request whose outcome is unknown.
 */
final class TcpProxy implements AutoCloseable {
  /** The status of a request that reached no server. */
  static final int NOT_PASSED_ON = 502;

  private static final byte[] REFUSAL =
      ("HTTP/1.1 "
              + NOT_PASSED_ON
              + " Nobody there\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
          .getBytes(US_ASCII);
  private static final long LOOK_AGAIN_NANOS = 5_000_000;

  private final byte[] refusal;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile int targetPort;
  private volatile long delayNanos;
  private volatile boolean held;

  private TcpProxy(int targetPort, byte[] refusal) {
    this.targetPort = targetPort;
    this.refusal = refusal;
    try {
      this.listener = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start("accept", this::accept);
  }

  /** Starts one in front of a port of the loopback address. */
  static TcpProxy to(int targetPort) {
    return new TcpProxy(targetPort, new byte[0]);
  }

  /** Starts one in front of an HTTP server. */
  static TcpProxy toHttp(int targetPort) {
    return new TcpProxy(targetPort, REFUSAL);
  }

  /** Leads connections to another port, from now on. */
  void target(int targetPort) {
    this.targetPort = targetPort;
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Delays everything by so long, in both directions, from now on. */
  void delay(Duration delay) {
    delayNanos = delay.toNanos();
  }

  /** Lets nothing pass from now on, or all that has been held up and all else. */
  void hold(boolean hold) {
    held = hold;
  }

  /** Closes every connection: resets it, or ends it in order. */
  void cut(boolean reset) {
    for (Socket socket : sockets) {
      try {
        if (reset) {
          socket.setSoLinger(true, 0);
        }
        socket.close();
      } catch (IOException e) {
        // It is closed.
      }
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        start("up", () -> pass(client));
      } catch (IOException e) {
        // It is closed, or the client has gone again.
      }
    }
  }

  private void pass(Socket client) {
    try (client) {
      sockets.add(client);
      client.setTcpNoDelay(true);
      Socket server;
      try {
        server = new Socket(InetAddress.getLoopbackAddress(), targetPort);
      } catch (IOException e) {
        refuse(client);
        return;
      }
      try (server) {
        sockets.add(server);
        server.setTcpNoDelay(true);
        start("down", () -> pump(server, client));
        pump(client, server);
      } finally {
        sockets.remove(server);
      }
    } catch (IOException e) {
      // One side has gone, and the other goes with it.
    } finally {
      sockets.remove(client);
    }
  }

  /** Takes the request first: to close a connection that has unread bytes would reset it. */
  private void refuse(Socket client) throws IOException {
    if (refusal.length == 0) {
      return;
    }
    client.setSoTimeout(50);
    byte[] request = new byte[64 << 10];
    int unused = client.getInputStream().read(request);
    client.getOutputStream().write(refusal);
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[16 << 10];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int length;
      while ((length = in.read(buffer)) >= 0) {
        long due = System.nanoTime() + delayNanos;
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        while (held && !from.isClosed() && !to.isClosed()) {
          LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        out.write(buffer, 0, length);
      }
    } catch (IOException e) {
      // One side has gone, and the other goes with it.
    }
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, "robustness-proxy-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      // It is of no use any more.
    }
    cut(true);
  }
}
