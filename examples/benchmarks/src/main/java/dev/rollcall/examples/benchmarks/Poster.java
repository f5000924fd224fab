package dev.rollcall.examples.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** Posts registrations of one service over a connection of its own. */
final class Poster implements AutoCloseable {
  /** So much longer is an event than the registration that it tells of. */
  private static final int EVENT_BYTES = 280;

  private final String head;
  private final String padding;
  private final SocketChannel channel;

  Poster(URI server, String path) throws IOException {
    this.channel = SocketChannel.open(new InetSocketAddress(server.getHost(), server.getPort()));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    this.head =
        "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: "
            .formatted(path, server.getAuthority());
    this.padding = path.equals("/") ? " ".repeat(EVENT_BYTES) : "";
  }

  /** Changes the service, one time after the other, each when all streams have had the last. */
  void changes(EventCrowd crowd, int changes, Latencies latencies) throws IOException {
    for (int i = 0; i < changes; i++) {
      String url = "http://change-" + System.nanoTime();
      long start = System.nanoTime();
      post(url);
      crowd.await(url);
      latencies.add(System.nanoTime() - start);
      readAnswer();
    }
  }

  private void post(String url) throws IOException {
    String body =
        "{\"id\":\"changing\",\"url\":\"%s\",\"info\":{},\"ttl_seconds\":3600}".formatted(url)
            + padding;
    String request = head + body.length() + "\r\n\r\n" + body;
    channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1)));
  }

  /** Reads what has come of an answer, which is short. */
  private void readAnswer() throws IOException {
    channel.read(ByteBuffer.allocate(1 << 16));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
