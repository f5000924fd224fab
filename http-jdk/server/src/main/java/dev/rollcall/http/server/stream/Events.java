package dev.rollcall.http.server.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.rollcall.Service;
import dev.rollcall.discovery.Change;
import dev.rollcall.http.wire.Json;
import dev.rollcall.http.wire.ServiceJson;
import dev.rollcall.http.wire.Timestamps;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** Encodes the events of a stream, as HTML's "Server-sent events" has them. */
final class Events {
  /** Ends an event. */
  static final byte[] END = ascii("\n\n");

  private Events() {}

  /** Writes the fields of a JSON object. */
  @FunctionalInterface
  private interface Fields {
    void writeTo(JsonGenerator json) throws IOException;
  }

  static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }

  /** Returns what comes before the epoch of each event's id. */
  static byte[] idOf(String epoch) {
    return ascii("id: " + epoch + ".");
  }

  /** Returns how an event with all services begins; its data and {@link #END} follow. */
  static byte[] snapshotOf(Cursor cursor) {
    return ascii("id: " + cursor + "\nevent: snapshot\ndata: ");
  }

  /** Returns an event that tells that all before it has been told, and whether it is fresh. */
  static byte[] sync(Cursor cursor, Optional<Instant> staleSince) {
    String fresh =
        staleSince
            .map(since -> "{\"fresh\":false,\"since\":\"" + Timestamps.format(since) + "\"}")
            .orElse("{\"fresh\":true}");
    return ascii("id: " + cursor + "\nevent: sync\ndata: " + fresh + "\n\n");
  }

  /** Returns what tells a client how long to wait before it comes back. */
  static byte[] retry(long millis) {
    return ascii("retry: " + millis + "\n\n");
  }

  /** Returns an event for a change, from the number in its id on. */
  static byte[] change(long sequence, Change change, Change.Type type) {
    String head = sequence + "\nevent: " + (type.isGone() ? "gone" : "put") + "\ndata: ";
    var event = new ByteArrayOutputStream(512);
    try {
      event.write(ascii(head));
      event.write(type.isGone() ? gone(change, type) : put(change.service(), type));
      event.write(END);
    } catch (IOException e) {
      throw new UncheckedIOException("a buffer in memory failed", e);
    }
    return event.toByteArray();
  }

  private static byte[] put(Service service, Change.Type type) throws IOException {
    byte[] detail = json(json -> ServiceJson.write(json, service));
    byte[] member = ascii(",\"change\":\"" + nameOf(type) + "\"}");
    byte[] whole = new byte[detail.length - 1 + member.length];
    System.arraycopy(detail, 0, whole, 0, detail.length - 1); // without the brace at its end
    System.arraycopy(member, 0, whole, detail.length - 1, member.length);
    return whole;
  }

  private static byte[] gone(Change change, Change.Type type) throws IOException {
    return json(
        json -> {
          json.writeStartObject();
          json.writeStringField("id", change.id());
          json.writeStringField("name", change.service().name());
          json.writeStringField("cause", nameOf(type));
          json.writeStringField("at", Timestamps.format(change.at()));
          json.writeStringField("last_ping_at", Timestamps.format(change.service().lastPingAt()));
          json.writeEndObject();
        });
  }

  private static byte[] json(Fields fields) throws IOException {
    var bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = Json.FACTORY.createGenerator(bytes)) {
      fields.writeTo(json);
    }
    return bytes.toByteArray();
  }

  private static String nameOf(Change.Type type) {
    return type.name().toLowerCase(Locale.ROOT);
  }
}
