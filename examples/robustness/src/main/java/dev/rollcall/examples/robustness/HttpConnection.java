package dev.rollcall.examples.robustness;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP client that does what it is told and no more: one connection, one request at a time, sent
 * once. A request that fails ends the connection. For use by one thread.
 */
final class HttpConnection implements AutoCloseable {
  /** Far above what a list of a run has. */
  private static final int MAX_BODY_BYTES = 256 << 20;

  private static final int MAX_LINE_BYTES = 64 << 10;

  private final int port;
  private final Duration timeout;
  private @Nullable Socket socket;
  private @Nullable InputStream in;
  private long deadlineNanos;

  HttpConnection(int port, Duration timeout) {
    this.port = port;
    this.timeout = timeout;
  }

  /** A status and the body. */
  @SuppressWarnings("ArrayRecordComponent") // two answers are never compared
  record Answer(int status, byte[] body) {
    String text() {
      return new String(body, UTF_8);
    }
  }

  /**
   * Sends a request and reads the answer, within the timeout in all.
   *
   * @param body JSON; none if it is empty
   * @throws IOException if the answer did not come; the request may have been carried out
   */
  Answer send(String method, String target, byte[] body) throws IOException {
    deadlineNanos = System.nanoTime() + timeout.toNanos();
    boolean isAnswered = false;
    try {
      Answer answer = exchange(method, target, body);
      isAnswered = true;
      return answer;
    } finally {
      if (!isAnswered) {
        close();
      }
    }
  }

  private Answer exchange(String method, String target, byte[] body) throws IOException {
    Socket open = socket;
    if (open == null) {
      open = new Socket();
      socket = open;
      open.setTcpNoDelay(true);
      open.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), leftMillis());
      in = new BufferedInputStream(open.getInputStream(), 16 << 10);
    }
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
    head.append("Host: 127.0.0.1:").append(port).append("\r\n");
    if (body.length > 0) {
      head.append("Content-Type: application/json\r\n");
    }
    head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
    byte[] request = new byte[head.length() + body.length];
    byte[] headBytes = head.toString().getBytes(ISO_8859_1);
    System.arraycopy(headBytes, 0, request, 0, headBytes.length);
    System.arraycopy(body, 0, request, headBytes.length, body.length);
    open.getOutputStream().write(request);
    return read(open);
  }

  private Answer read(Socket open) throws IOException {
    String[] statusLine = line().split(" ", 3);
    if (statusLine.length < 2 || !statusLine[1].matches("[1-5][0-9][0-9]")) {
      throw new IOException("no answer of HTTP: " + String.join(" ", statusLine));
    }
    int length = -1;
    boolean isChunked = false;
    boolean isLast = false;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String[] parts = header.toLowerCase(Locale.ROOT).split(":", 2);
      String value = parts.length == 2 ? parts[1].trim() : "";
      switch (parts[0]) {
        case "content-length" -> length = Integer.parseInt(value);
        case "transfer-encoding" -> isChunked = value.equals("chunked");
        case "connection" -> isLast = value.equals("close");
        default -> {}
      }
    }
    byte[] body = isChunked ? chunks() : length >= 0 ? bytes(length) : new byte[0];
    Answer answer = new Answer(Integer.parseInt(statusLine[1]), body);
    if (isLast || (length < 0 && !isChunked)) {
      open.close();
      socket = null;
    }
    return answer;
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      int length = Integer.parseInt(line().split(";", 2)[0].trim(), 16);
      if (length == 0) {
        while (!line().isEmpty()) {
          // Trailers say nothing here.
        }
        return body.toByteArray();
      }
      body.write(bytes(length));
      line();
    }
  }

  private byte[] bytes(int length) throws IOException {
    if (length > MAX_BODY_BYTES) {
      throw new IOException("a body of " + length + " bytes");
    }
    byte[] bytes = new byte[length];
    for (int read = 0; read < length; ) {
      awaitTime();
      int more = input().read(bytes, read, length - read);
      if (more < 0) {
        throw new EOFException("the answer ends within its body");
      }
      read += more;
    }
    return bytes;
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      awaitTime();
      int next = input().read();
      if (next < 0) {
        throw new EOFException("the answer ends within its head");
      }
      if (next == '\n') {
        return line.toString(ISO_8859_1).stripTrailing();
      }
      line.write(next);
      if (line.size() > MAX_LINE_BYTES) {
        throw new IOException("a line of more than " + MAX_LINE_BYTES + " bytes");
      }
    }
  }

  private InputStream input() throws IOException {
    if (in == null) {
      throw new IOException("not connected");
    }
    return in;
  }

  /** Lets the next read wait for no longer than there is time. */
  private void awaitTime() throws IOException {
    if (socket != null && input().available() == 0) {
      socket.setSoTimeout(leftMillis());
    }
  }

  private int leftMillis() throws SocketTimeoutException {
    long left = (deadlineNanos - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      throw new SocketTimeoutException("no answer within " + timeout.toMillis() + " ms");
    }
    return (int) Math.min(left, Integer.MAX_VALUE);
  }

  @Override
  public void close() {
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException e) {
      // It is of no use any more.
    }
    socket = null;
    in = null;
  }
}
