package dev.rollcall.http.client;

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
 * Reads the entries of a list, so that one that no parser takes costs itself and no other. One
 * parser reads them one after the other. Where it fails, the entry is passed over by brackets and
 * quotes alone, and a new parser goes on behind it.
 *
 * <p>Holds the text of one entry at a time, and what was read ahead of it. Is not thread-safe.
 */
final class LenientListReader {
  /** The largest entry that is read; what is larger is passed over. */
  private static final int MAX_ENTRY_CHARS = LenientJson.MAX_BYTES;

  private static final int BUFFER_CHARS = 16 << 10;

  /** Takes the place of what is not UTF-8: no JSON holds it, so no parser takes the entry. */
  private static final String MALFORMED = "\0";

  private final Reader in;
  private char[] buffer = new char[BUFFER_CHARS];
  private int end;
  private int position;

  /** Where the value under way starts; what stands before it may be dropped. */
  private int start;

  /** How many characters were dropped: the offset in the answer at which the buffer starts. */
  private long dropped;

  /** Whether so much of the value has come that its start was dropped. */
  private boolean isTooLarge;

  /** Takes the entries. */
  interface EntryHandler {
    /**
     * Takes an entry.
     *
     * @param json stands at its first token; is to be left at its last
     * @throws JacksonException if it cannot be read; it is passed over then
     */
    void handle(JsonParser json) throws IOException;

    /** Hears of an entry that cannot be read. */
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
   * @throws EOFException if it breaks off
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
   * @return whether the list was read to its end; if not, the last entry that was begun stands next
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
      // So Jackson says that an exponent has more than ten digits.
    }
    if (!isTaken) {
      handler.skip();
    }
    return false;
  }

  /** What a parser is given: a bracket, and the answer from the entry on that stands next. */
  private final class Rest extends Reader {
    /** The offset in the answer of what the parser takes for its start, the bracket. */
    private final long bracket = dropped + position - 1;

    private long given = bracket;

    /** Moves to what the parser says to stand at an offset: what is before it has been read. */
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

  /** Reads the value that stands next; null if it is none, or too large. */
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

  /** Skips a number or a word, true or false or what is no JSON. */
  private void skipToken() throws IOException {
    for (int c = current(); !isSpace(c) && ",]}".indexOf(c) < 0; c = current()) {
      position++;
    }
  }

  /** Returns the next character that is no space, which stays to be read. */
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

  /** Reads on, and keeps what belongs to the value under way. */
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
      throw new EOFException("the list breaks off");
    }
    end += read;
  }
}
