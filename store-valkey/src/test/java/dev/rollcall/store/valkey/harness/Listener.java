package dev.rollcall.store.valkey.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A free port of the loopback address, each of whose connections gets a thread. */
final class Listener implements AutoCloseable {
  /** What a connection's thread does, until one side closes it. */
  interface Service {
    void serve(Socket client) throws IOException;
  }

  private final ServerSocket socket;

  Listener(Service service) {
    try {
      this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start(() -> accept(service));
  }

  String address() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  static void start(Runnable work) {
    Thread thread = new Thread(work, "test-listener");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept(Service service) {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        start(() -> serve(service, client));
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

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
