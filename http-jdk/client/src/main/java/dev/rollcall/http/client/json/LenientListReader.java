package dev.rollcall.http.client.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the entries of a list, so that an entry that cannot be parsed costs no other. One parser
 * reads them one after the other. Where it fails, the entry is skipped by counting brackets and
 * quotes alone, and a new parser continues after it.
 *
 * <p>Holds the text of one entry at a time, and what was read ahead of it. Not thread-safe.
 */
final class LenientListReader {
  /** The size limit of an entry; a larger one is skipped. */
  private static final int MAX_ENTRY_CHARS = LenientJson.MAX_BYTES;

  private static final int BUFFER_CHARS = 16 << 10;

  /** Replaces what is not UTF-8. JSON cannot hold it, so that no parser accepts the entry. */
  private static final String MALFORMED = "\0";

  private final Reader in;
  private char[] buffer = new char[BUFFER_CHARS];
  private int end;
  private int position;

  /** Where the current value starts; what comes before it may be dropped. */
  private int start;

  /** How many characters were dropped: the offset in the answer at which the buffer starts. */
  private long dropped;

  /** Whether the current value is so large that its start was dropped. */
  private boolean isTooLarge;

  /** Handles the entries. */
  interface EntryHandler {
    /**
     * Handles an entry.
     *
     * @param json is at the entry's first token, and must be left at its last
     * @throws JacksonException if it cannot be read; it is skipped then
     */
    void handle(JsonParser json) throws IOException;

    /** Is called for an entry that cannot be read. */
    void skip();
  }

  LenientListReader(InputStream in) {
    this.in =
        new InputStreamReader(
            in,
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .replaceWith(MALFORMED));
  }

  /**
   * Reads an answer to its end.
   *
   * @return whether it is an object with a list of services
   * @throws EOFException if it is cut off
   */
  boolean read(EntryHandler handler) throws IOException {
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
        if (!readEntries(handler)) {
          return false;
        }
        found = true;
      } else {
        skipValue();
      }
    }
    return found;
  }

  private boolean readEntries(EntryHandler handler) throws IOException {
    position++;
    int c = nextVisible();
    while (c != ']') {
      if (parse(handler)) {
        return true;
      }
      // The parser failed at this entry, or between it and the next one.
      skipValue();
      c = nextVisible();
      if (c == ',') {
        position++;
        c = nextVisible();
        if (c == ']') {
          handler.skip(); // an entry is missing here
        }
      } else if (c != ']') {
        return false;
      }
    }
    position++;
    return true;
  }

  /**
   * Parses from the start of an entry on.
   *
   * @return whether the list was read to its end; if not, the last entry that was begun comes next
   */
  private boolean parse(EntryHandler handler) throws IOException {
    Rest rest = new Rest();
    boolean isTaken = false;
    try (JsonParser json = LenientJson.parser(rest)) {
      JsonToken unused = json.nextToken(); // the bracket
      while (json.nextToken() != JsonToken.END_ARRAY) {
        rest.moveTo(json.currentTokenLocation().getCharOffset());
        isTaken = false;
        handler.handle(json);
        isTaken = true;
      }
      rest.moveTo(json.currentLocation().getCharOffset());
      return true;
    } catch (JacksonException e) {
      // Goes on below.
    } catch (RuntimeException e) {
      // Jackson throws this for an exponent of more than ten digits.
    }
    if (!isTaken) {
      handler.skip();
    }
    return false;
  }

  /** The input of a parser: a bracket, then the answer from the next entry on. */
  private final class Rest extends Reader {
    /** The offset in the answer that the parser counts from, that of the bracket. */
    private final long bracket = dropped + position - 1;

    private long given = bracket;

    /** Moves to an offset that the parser reports: what comes before it has been read. */
    void moveTo(long offset) {
      position = (int) (bracket + offset - dropped);
      start = position;
    }

    @Override
    public int read(char[] chars, int offset, int length) throws IOException {
      if (given == bracket) {
        given++;
        chars[offset] = '[';
        return 1;
      }
      int from = (int) (given - dropped);
      if (from == end) {
        if (end - start >= MAX_ENTRY_CHARS) {
          throw new StreamConstraintsException("an entry is too large");
        }
        fill();
        from = (int) (given - dropped);
      }
      int count = Math.min(length, end - from);
      System.arraycopy(buffer, from, chars, offset, count);
      given += count;
      return count;
    }

    @Override
    public void close() {}
  }

  /** Reads the next value; null if it cannot be read, or is too large. */
  private @Nullable Object value() throws IOException {
    skipValue();
    return isTooLarge ? null : LenientJson.value(new String(buffer, start, position - start));
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

  /** Skips a number or a word: true, false, null, or what is not JSON. */
  private void skipToken() throws IOException {
    for (int c = current(); !isSpace(c) && ",]}".indexOf(c) < 0; c = current()) {
      position++;
    }
  }

  /** Returns the next character that is not a space, without consuming it. */
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
      if (end - start >= MAX_ENTRY_CHARS) {
        isTooLarge = true;
        start = position;
      }
      fill();
    }
    return buffer[position];
  }

  /** Reads more, and keeps what belongs to the current value. */
  private void fill() throws IOException {
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      dropped += start;
      position -= start;
      end -= start;
      start = 0;
    }
    if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, 2 * buffer.length);
    }
    int read = in.read(buffer, end, buffer.length - end);
    if (read < 0) {
      throw new EOFException("the list is cut off");
    }
    end += read;
  }
}
