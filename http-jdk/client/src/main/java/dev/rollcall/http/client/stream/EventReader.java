package dev.rollcall.http.client.stream;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Reads a stream of server-sent events as registries write them: the id and the type of an event
 * come before its data, which is one line.
 *
 * <p>Is not thread-safe.
 */
final class EventReader {
  /** More than the names of fields, ids and types have. */
  private static final int MAX_FIELD_BYTES = 4 << 10;

  private final InputStream in;

  EventReader(InputStream in) {
    this.in = in;
  }

  /** Takes what the events say. */
  interface Handler {
    /**
     * Takes an event.
     *
     * @param type what has happened
     * @param data its line of data, which need not be read to its end
     */
    void event(String type, InputStream data) throws IOException;

    /** Takes the id of an event once the event was read. */
    void read(String id);

    /** Takes how many milliseconds to wait before the stream is opened again. */
    void retry(String millis);
  }

  /**
   * Reads up to the end of the stream. An event that is cut off there counts as not sent.
   *
   * @throws IOException if the stream breaks off, or is not of this form
   */
  void readAll(Handler handler) throws IOException {
    try {
      while (true) {
        readEvent(handler);
      }
    } catch (EOFException e) {
      // The body has ended.
    }
  }

  private void readEvent(Handler handler) throws IOException {
    String id = "";
    String type = "message";
    for (String name = field(); !name.isEmpty(); name = field()) {
      switch (name) {
        case "id" -> id = value();
        case "event" -> type = value();
        case "retry" -> handler.retry(value());
        case "data" -> {
          Line line = new Line();
          handler.event(type, line);
          line.skipRest();
        }
        default -> {
          String unused = value();
        }
      }
    }
    if (!id.isEmpty()) {
      handler.read(id);
    }
  }

  /** Reads the name of a field, and what separates it from its value; empty for an empty line. */
  private String field() throws IOException {
    var name = new ByteArrayOutputStream(16);
    for (int b = next(); b != '\n'; b = next()) {
      if (b == ':') {
        return name.size() == 0 ? ":" : name.toString(StandardCharsets.UTF_8);
      }
      add(name, b);
    }
    if (name.size() > 0) {
      throw new IOException("not a stream of events");
    }
    return "";
  }

  private String value() throws IOException {
    var value = new ByteArrayOutputStream();
    for (int b = next(); b != '\n'; b = next()) {
      add(value, b);
    }
    return value.toString(StandardCharsets.UTF_8).strip();
  }

  private static void add(ByteArrayOutputStream text, int b) throws IOException {
    if (text.size() == MAX_FIELD_BYTES) {
      throw new IOException("a line of a stream of events is too long");
    }
    text.write(b);
  }

  private int next() throws IOException {
    int b = in.read();
    if (b < 0) {
      throw new EOFException("the stream has ended");
    }
    return b;
  }

  /** The rest of a line. */
  private final class Line extends InputStream {
    private boolean isOver;

    @Override
    public int read() throws IOException {
      if (isOver) {
        return -1;
      }
      int b = next();
      isOver = b == '\n';
      return isOver ? -1 : b;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = 0;
      while (count < length) {
        int b = read();
        if (b < 0) {
          return count == 0 ? -1 : count;
        }
        bytes[offset + count] = (byte) b;
        count++;
      }
      return count;
    }

    void skipRest() throws IOException {
      while (read() >= 0) {
        // What the handler did not want.
      }
    }
  }
}
