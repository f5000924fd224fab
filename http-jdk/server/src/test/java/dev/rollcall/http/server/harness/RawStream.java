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
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A connection on which event streams are read, as bytes come. */
public final class RawStream implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 20_000;
  private static final int NO_CHUNK_YET = -1;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Socket socket = new Socket();
  private final InputStream in;
  private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private int status;
  private int leftOfChunk;
  private String lastId = "";

  /** Connects. */
  public RawStream(InetSocketAddress address) throws IOException {
    this(address, 0);
  }

  /** Connects with a receive buffer of so many bytes; 0 for the usual one. */
  public RawStream(InetSocketAddress address, int receiveBuffer) throws IOException {
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    socket.connect(address, TIMEOUT_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** Connects, and opens the stream of a query. */
  public static RawStream open(InetSocketAddress address, String target, String... more)
      throws IOException {
    RawStream stream = new RawStream(address);
    stream.ask("GET", target, more);
    stream.readHead();
    return stream;
  }

  /** Asks for a stream, and reads nothing. */
  public void ask(String method, String target, String... more) throws IOException {
    send(method, target, "Accept: text/event-stream", more);
  }

  /** Asks for another list than one that nobody has, which the target waits for; reads nothing. */
  public void poll(String target, String... more) throws IOException {
    send("GET", target, "If-None-Match: x", more);
  }

  private void send(String method, String target, String header, String... more)
      throws IOException {
    String last = more.length == 0 ? "" : String.join("\r\n", more) + "\r\n";
    send(
        "%s %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n%s\r\n"
            .formatted(method, target, header, last));
  }

  /** Sends some text as it is. */
  public void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** Ends the connection by a reset. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  public void readHead() throws IOException {
    headers.clear();
    leftOfChunk = NO_CHUNK_YET;
    String line = readLine();
    status = Integer.parseInt(line.substring(9, 12));
    for (line = readLine(); !line.isEmpty(); line = readLine()) {
      int colon = line.indexOf(':');
      headers.put(line.substring(0, colon), line.substring(colon + 1).trim());
    }
  }

  public int status() {
    return status;
  }

  public String header(String name) {
    return headers.getOrDefault(name, "");
  }

  /** Returns the id of the last event that had one. */
  public String lastId() {
    return lastId;
  }

  /** One event: its type, {@code retry} for that field alone, and its data. */
  public record Event(String type, String id, String data) {
    public JsonNode json() {
      try {
        return MAPPER.readTree(data);
      } catch (IOException e) {
        throw new UncheckedIOException(data, e);
      }
    }

    /** Returns the type, and the id and the cause or change of the service, if it is of one. */
    public String brief() {
      if (type.equals("put") || type.equals("gone")) {
        String how = json().path(type.equals("put") ? "change" : "cause").textValue();
        return type + " " + json().path("id").textValue() + " " + how;
      }
      return type.equals("snapshot") ? type + " " + json().path("count").intValue() : type;
    }
  }

  /** Reads the next event; null at the end of the body. */
  public @Nullable Event next() throws IOException {
    String type = "";
    String id = "";
    String data = "";
    while (true) {
      String line = readBodyLine();
      if (line == null) {
        return null;
      }
      if (line.isEmpty()) {
        lastId = id.isEmpty() ? lastId : id;
        return new Event(type, id, data);
      }
      String value = line.substring(line.indexOf(':') + 2);
      switch (line.substring(0, line.indexOf(':'))) {
        case "event" -> type = value;
        case "id" -> id = value;
        case "data" -> data = value;
        case "retry" -> {
          type = "retry";
          data = value;
        }
        default -> throw new IOException("not a field: " + line);
      }
    }
  }

  /** Reads events up to the next {@code sync}, and returns what they are in short. */
  public List<String> untilSync() throws IOException {
    List<String> events = new ArrayList<>();
    Event event;
    do {
      event = next();
      if (event == null) {
        throw new EOFException("the stream ended after " + events);
      }
      events.add(event.brief());
    } while (!event.type().equals("sync"));
    return events;
  }

  /** Reads the body to its end, and returns what its events are in short. */
  public List<String> untilEnd() throws IOException {
    List<String> events = new ArrayList<>();
    for (Event event = next(); event != null; event = next()) {
      events.add(event.brief());
    }
    return events;
  }

  private @Nullable String readBodyLine() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = readBody(); b != '\n'; b = readBody()) {
      if (b < 0) {
        if (line.size() > 0) {
          throw new EOFException("the body ended within a line");
        }
        return null;
      }
      line.write(b);
    }
    return line.toString(UTF_8);
  }

  private int readBody() throws IOException {
    if (leftOfChunk <= 0) {
      if (leftOfChunk == 0) {
        readLine(); // Some servers end a chunk only when they have the next.
      }
      leftOfChunk = Integer.parseInt(readLine(), 16);
      if (leftOfChunk == 0) {
        readLine();
        return -1;
      }
    }
    int b = in.read();
    if (b < 0) {
      throw new EOFException("the connection ended within a chunk");
    }
    leftOfChunk--;
    return b;
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

  /** Returns whether the server has ended the connection and sent nothing more. */
  public boolean isAtEnd() throws IOException {
    return in.read() < 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
