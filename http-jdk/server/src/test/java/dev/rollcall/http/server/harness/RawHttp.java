package dev.rollcall.http.server.harness;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A connection that sends any bytes at all, and reads answers whole. */
public final class RawHttp implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 20_000;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Socket socket = new Socket();
  private final InputStream in;

  public RawHttp(InetSocketAddress address) throws IOException {
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    socket.connect(address, TIMEOUT_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** Sends a request on a connection of its own, and reads the answer. */
  public static Answer exchange(InetSocketAddress address, String head, byte[] body) {
    try (var connection = new RawHttp(address)) {
      connection.send(head.getBytes(ISO_8859_1));
      connection.send(body);
      return connection.read(head.startsWith("HEAD "));
    } catch (IOException e) {
      throw new UncheckedIOException(head.lines().findFirst().orElse(""), e);
    }
  }

  /**
   * Waits until connections to a port of this host are refused: a port is closed by the thread that
   * accepts there, which need not be the one that stops the server.
   */
  public static void awaitRefusal(int port) throws IOException {
    boolean isRefused = false;
    while (!isRefused) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
      } catch (ConnectException e) {
        isRefused = true;
      }
    }
  }

  public void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  public void send(String text) throws IOException {
    send(text.getBytes(ISO_8859_1));
  }

  /** Tells the server that nothing more comes; answers can still be read. */
  public void endSending() throws IOException {
    socket.shutdownOutput();
  }

  /** Reads one answer. */
  public Answer read(boolean toHead) throws IOException {
    String statusLine = readLine();
    if (!statusLine.matches("HTTP/1\\.1 \\d{3} .*")) {
      throw new IOException("no status line: " + statusLine);
    }
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String line = readLine(); !line.isEmpty(); line = readLine()) {
      int colon = line.indexOf(':');
      String former = headers.put(line.substring(0, colon), line.substring(colon + 1).trim());
      if (former != null) {
        throw new IOException("a header stands twice: " + line);
      }
    }
    int length = Integer.parseInt(headers.getOrDefault("Content-Length", "0"));
    byte[] body = toHead ? new byte[0] : in.readNBytes(length);
    if (!toHead && body.length < length) {
      throw new EOFException("the answer ends after " + body.length + " of " + length);
    }
    return new Answer(
        Integer.parseInt(statusLine.substring(9, 12)), headers, new String(body, UTF_8));
  }

  /** Says whether the server has closed the connection and sent nothing more. */
  public boolean isAtEnd() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException e) {
      return true; // closed over bytes that it had not read
    }
  }

  private String readLine() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the connection ended after '" + line + "'");
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** One answer; its headers are found in any case. */
  public record Answer(int status, Map<String, String> headers, String text) {

    public JsonNode json() {
      try {
        return MAPPER.readTree(text());
      } catch (IOException e) {
        throw new UncheckedIOException(text(), e);
      }
    }

    public String header(String name) {
      String value = headers.get(name);
      if (value == null) {
        throw new IllegalStateException("no " + name.toLowerCase(Locale.ROOT) + " in " + headers);
      }
      return value;
    }
  }
}
