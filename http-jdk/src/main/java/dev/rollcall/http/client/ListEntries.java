package dev.rollcall.http.client;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the answer to a list into its entries by brackets and quotes alone. Each is read on its own
 * then, so one that no parser takes costs itself and no other: a list of JSON tokens would end at
 * it.
 *
 * <p>Holds one entry at a time. Is not thread-safe.
 */
final class ListEntries {
  /** The largest entry that is read; what is larger is passed over. */
  private static final int MAX_ENTRY_BYTES = LenientJson.MAX_BYTES;

  private static final int BUFFER_BYTES = 16 << 10;

  private final InputStream in;
  private byte[] buffer = new byte[BUFFER_BYTES];
  private int end;
  private int position;

  /** Where the value starts that is being cut out; what stands before it may be dropped. */
  private int start;

  /** Whether so much of the value has come that its start was dropped. */
  private boolean isTooLarge;

  /** Takes the entries. */
  @FunctionalInterface
  interface Taker {
    /**
     * Takes an entry.
     *
     * @param entry the entry, as JSON's values; null if it is no JSON
     */
    void take(@Nullable Object entry);
  }

  ListEntries(InputStream in) {
    this.in = in;
  }

  /**
   * Reads an answer to its end.
   *
   * @return whether it is an object with a list of services
   * @throws EOFException if it breaks off
   */
  boolean read(Taker taker) throws IOException {
    boolean found = false;
    if (nextVisible() != '{') {
      return false;
    }
    position++;
    for (int c = nextVisible(); c != '}'; c = nextVisible()) {
      if (c == ',') {
        position++;
        continue;
      }
      if (c != '"') {
        return false;
      }
      Object name = value();
      if (nextVisible() != ':') {
        return false;
      }
      position++;
      if (nextVisible() == '[' && "services".equals(name)) {
        if (!readEntries(taker)) {
          return false;
        }
        found = true;
      } else {
        skipValue();
      }
    }
    return found;
  }

  private boolean readEntries(Taker taker) throws IOException {
    position++;
    if (nextVisible() == ']') {
      position++;
      return true;
    }
    while (true) {
      taker.take(value());
      int c = nextVisible();
      position++;
      if (c == ']') {
        return true;
      }
      if (c != ',') {
        return false;
      }
      int unused = nextVisible();
    }
  }

  /** Reads the value that stands next; null if it is none, or too large. */
  private @Nullable Object value() throws IOException {
    skipValue();
    return isTooLarge ? null : LenientJson.value(buffer, start, position - start);
  }

  private void skipValue() throws IOException {
    start = position;
    isTooLarge = false;
    int depth = 0;
    do {
      switch (current()) {
        case '"' -> skipString();
        case '{', '[' -> {
          depth++;
          position++;
        }
        case '}', ']' -> {
          if (depth == 0) {
            return; // a value is missing here
          }
          depth--;
          position++;
        }
        default -> {
          if (depth == 0) {
            skipToken();
          } else {
            position++;
          }
        }
      }
    } while (depth > 0);
  }

  private void skipString() throws IOException {
    position++;
    for (int c = current(); c != '"'; c = current()) {
      position++;
      if (c == '\\') {
        int unused = current();
        position++;
      }
    }
    position++;
  }

  /** Skips a number or a word, true or false or what is no JSON. */
  private void skipToken() throws IOException {
    for (int c = current(); !isSpace(c) && ",]}".indexOf(c) < 0; c = current()) {
      position++;
    }
  }

  /** Returns the next byte that is no space, which stays to be read. */
  private int nextVisible() throws IOException {
    start = position;
    int c = current();
    while (isSpace(c)) {
      position++;
      start = position;
      c = current();
    }
    return c;
  }

  private static boolean isSpace(int c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }

  private int current() throws IOException {
    if (position == end) {
      fill();
    }
    return buffer[position];
  }

  /** Reads on, and keeps what belongs to the value that is being cut out. */
  private void fill() throws IOException {
    if (end - start > MAX_ENTRY_BYTES) {
      isTooLarge = true;
      start = position;
    }
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      position -= start;
      end -= start;
      start = 0;
    }
    if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, 2 * buffer.length);
    }
    int read = in.read(buffer, end, buffer.length - end);
    if (read < 0) {
      throw new EOFException("the list breaks off");
    }
    end += read;
  }
}
