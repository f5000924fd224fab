package dev.rollcall.store.valkey.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A port that is listened at, each of whose connections gets a thread. */
public final class Listener implements AutoCloseable {
  /** What a connection's thread does, until one side closes it. */
  public interface Service {
    void serve(Socket client) throws IOException;
  }

  private final ServerSocket socket;
  private final Thread acceptor;

  /** Listens at a free port of the loopback address. */
  public Listener(Service service) {
    this(InetAddress.getLoopbackAddress(), 0, service);
  }

  /**
   * Listens at an address of this host.
   *
   * @param port the port; a free one if it is 0
   */
  public Listener(InetAddress address, int port, Service service) {
    try {
      this.socket = new ServerSocket(port, 50, address);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.acceptor = start(() -> accept(service));
  }

  public int port() {
    return socket.getLocalPort();
  }

  public boolean isClosed() {
    return socket.isClosed();
  }

  String address() {
    return "127.0.0.1:" + port();
  }

  static Thread start(Runnable work) {
    Thread thread = new Thread(work, "test-listener");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void accept(Service service) {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        if (socket.isClosed()) {
          client.close();
        } else {
          start(() -> serve(service, client));
        }
      } catch (IOException e) {
        // It is closed.
      }
    }
  }

  private static void serve(Service service, Socket client) {
    try (client) {
      service.serve(client);
    } catch (IOException e) {
      // The client has gone, or what it was to be passed on to.
    }
  }

  /**
   * Listens no longer: once this has returned, connections are refused. Those that there are stay.
   */
  @Override
  public void close() {
    try {
      socket.close();
      // Until the thread has left accept(), the system still takes connections, and hands them out.
      acceptor.join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
