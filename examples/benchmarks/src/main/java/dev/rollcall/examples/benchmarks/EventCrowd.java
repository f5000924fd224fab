package dev.rollcall.examples.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Many clients that each hold a stream of events open, and ask for it again when it ends. One
 * thread reads them all.
 */
final class EventCrowd implements AutoCloseable {
  /** What comes last when a stream has been opened. */
  static final String OPENED = "event: sync";

  private static final Pattern ID = Pattern.compile("(?m)^id: (\\S+)$");
  private static final String LAST_CHUNK = "0\r\n\r\n";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int BUFFER = 1 << 16;

  /** So many streams are being opened at once, fewer than a server refuses. */
  private static final int AT_ONCE = 100;

  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private final List<Stream> streams = new ArrayList<>();
  private String awaited = OPENED;
  private int waiting;
  private long bytes;
  private long snapshots;

  private EventCrowd() throws IOException {
    this.selector = Selector.open();
  }

  /** Opens streams at a server, and waits until each has what it is told at first. */
  static EventCrowd open(URI server, int count, String... headers) throws IOException {
    String[] all = new String[headers.length + 1];
    all[0] = "Accept: text/event-stream";
    System.arraycopy(headers, 0, all, 1, headers.length);
    byte[] request = HttpLoad.request("GET", server, "/services", all);
    InetSocketAddress address = new InetSocketAddress(server.getHost(), server.getPort());
    var crowd = new EventCrowd();
    for (int i = 0; i < count; i++) {
      crowd.streams.add(crowd.new Stream(address, request));
      crowd.waiting++;
      crowd.awaitAllBut(AT_ONCE);
    }
    crowd.awaitAllBut(0);
    return crowd;
  }

  /** Opens one stream as soon as the server has read all services; until then it refuses them. */
  static EventCrowd openWhenKnown(URI server) throws IOException {
    for (long start = System.nanoTime(); ; ) {
      try {
        return open(server, 1);
      } catch (IllegalStateException e) {
        if (System.nanoTime() - start > PATIENCE.toNanos()) {
          throw e;
        }
      }
    }
  }

  /** Returns the id of the last event that a new stream is told at first. */
  static String cursor(URI server) throws IOException {
    try (EventCrowd one = open(server, 1)) {
      Matcher ids = ID.matcher(one.streams.get(0).text);
      String last = "";
      while (ids.find()) {
        last = ids.group(1);
      }
      return last;
    }
  }

  /** Waits until each stream has had a text. Nothing else may be read meanwhile. */
  void await(String text) throws IOException {
    awaited = text;
    waiting = streams.size();
    streams.forEach(Stream::forget);
    awaitAllBut(0);
  }

  private void awaitAllBut(int others) throws IOException {
    long start = System.nanoTime();
    while (waiting > others) {
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new IllegalStateException(waiting + " streams had no '" + awaited + "' in time");
      }
      selector.select(key -> ((Stream) key.attachment()).read(), 1_000);
    }
  }

  /** Returns how many bytes all streams have had. */
  long bytes() {
    return bytes;
  }

  /** Returns how many snapshots all streams have had; each comes with a first event. */
  long snapshots() {
    return snapshots;
  }

  @Override
  public void close() throws IOException {
    for (Stream stream : streams) {
      stream.channel.close();
    }
    selector.close();
  }

  private final class Stream {
    private final SocketChannel channel;
    private final byte[] request;

    /** What has come since it was told to forget, for as long as the awaited text has not. */
    private String text = "";

    private boolean isWaiting = true;

    /** The end of what has come, as long as the chunk that ends a stream. */
    private String last = "";

    Stream(InetSocketAddress address, byte[] request) throws IOException {
      this.request = request;
      this.channel = SocketChannel.open(address);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.write(ByteBuffer.wrap(request));
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, this);
    }

    void forget() {
      text = "";
      isWaiting = true;
    }

    void read() {
      try {
        buffer.clear();
        int read = channel.read(buffer);
        if (read < 0) {
          throw new IllegalStateException("the server ended a stream");
        }
        bytes += read;
        byte[] bytesRead = new byte[read];
        buffer.get(0, bytesRead);
        String chunk = new String(bytesRead, StandardCharsets.ISO_8859_1);
        last = (last + chunk).substring(Math.max(0, last.length() + read - LAST_CHUNK.length()));
        if (last.equals(LAST_CHUNK)) {
          channel.write(ByteBuffer.wrap(request)); // Streams end after less than a minute.
        }
        if (isWaiting) {
          text += chunk;
          if (text.startsWith("HTTP/") && !text.startsWith("HTTP/1.1 200 ")) {
            throw new IllegalStateException("the server answered " + text);
          }
          if (text.contains(awaited)) {
            isWaiting = false;
            waiting--;
            snapshots += text.contains("event: snapshot") ? 1 : 0;
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
