package dev.rollcall.http.server.stream;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How far a client has read: the id of an event, which it sends as {@code Last-Event-ID} when it
 * comes back.
 *
 * @param epoch names the sequence: one query, in one server, while that was watched
 * @param sequence the last change that the client knows
 * @param version what the client knows, comparable on every server; null within a batch
 */
record Cursor(String epoch, long sequence, @Nullable String version) {
  private static final Pattern FORM =
      Pattern.compile("([0-9a-z]{1,13})\\.([0-9]{1,18})(?:\\.([0-9a-f]{32}))?");

  /** Reads a cursor; empty if the text is not one. */
  static Optional<Cursor> of(String text) {
    Matcher parts = FORM.matcher(text);
    return parts.matches()
        ? Optional.of(new Cursor(parts.group(1), Long.parseLong(parts.group(2)), parts.group(3)))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return epoch + "." + sequence + (version == null ? "" : "." + version);
  }
}
