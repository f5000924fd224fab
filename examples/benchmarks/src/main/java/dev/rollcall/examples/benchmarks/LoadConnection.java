package dev.rollcall.examples.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A keep-alive connection that sends the same request again and again. */
final class LoadConnection implements AutoCloseable {
  private static final String LENGTH = "content-length";

  private final SocketChannel channel;
  private final ByteBuffer request;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
  private long sentNanos;

  /** How many bytes of the answer are still to come, or -1 while its head is. */
  private int left = -1;

  private int bodyBytes;
  private String head = "";

  private LoadConnection(SocketChannel channel, byte[] request) {
    this.channel = channel;
    this.request = ByteBuffer.allocateDirect(request.length).put(request);
  }

  /** Connects and sends the first request. */
  static LoadConnection open(InetSocketAddress address, Selector selector, byte[] request)
      throws IOException {
    SocketChannel channel = SocketChannel.open(address);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    var connection = new LoadConnection(channel, request);
    channel.register(selector, SelectionKey.OP_READ, connection);
    connection.send();
    return connection;
  }

  void send() {
    sentNanos = System.nanoTime();
    left = -1;
    buffer.clear();
    request.flip();
    try {
      while (request.hasRemaining()) {
        channel.write(request); // A small request fits the socket's buffer.
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads what has come, and says whether the answer is whole. */
  boolean readWhole() {
    try {
      int read = channel.read(buffer);
      if (read < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (left < 0) {
        readHead();
      } else {
        left -= read;
        buffer.clear();
      }
      return left == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void readHead() {
    int headEnd = endOfHead();
    if (headEnd < 0) {
      return;
    }
    byte[] bytes = new byte[headEnd];
    buffer.get(0, bytes);
    head = new String(bytes, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    if (!head.startsWith("http/1.1 2") && !head.startsWith("http/1.1 304 ")) {
      throw new IllegalStateException("the server answered " + head.lines().findFirst());
    }
    String length = header(LENGTH);
    bodyBytes = length.isEmpty() ? 0 : Integer.parseInt(length);
    left = headEnd + bodyBytes - buffer.position();
    buffer.clear();
  }

  /** Returns the value of a header of the last answer, in lower case; empty if it has none. */
  String header(String name) {
    int start = head.indexOf("\r\n" + name + ":");
    if (start < 0) {
      return "";
    }
    int value = head.indexOf(':', start) + 1;
    return head.substring(value, head.indexOf('\r', value)).trim();
  }

  private int endOfHead() {
    for (int i = 3; i < buffer.position(); i++) {
      if (buffer.get(i) == '\n' && buffer.get(i - 2) == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  long nanosSinceRequest() {
    return System.nanoTime() - sentNanos;
  }

  int bodyBytes() {
    return bodyBytes;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
