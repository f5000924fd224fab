package dev.rollcall.app.log;

import java.util.HexFormat;

/**
 * Text in quotes, by the rules of JSON, with all escaped that a terminal or a reader may act on.
 */
final class Quoted {
  private static final int FIRST_PRINTABLE = 0x20;
  private static final int DELETE = 0x7f;
  private static final int LAST_CONTROL = 0x9f;

  private Quoted() {}

  /** Returns whether a text can stand without quotes and still be told from what follows. */
  static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isPlain(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static boolean isPlain(int c) {
    return c > FIRST_PRINTABLE && c < DELETE && c != '"' && c != '=' && c != '\\';
  }

  static String of(String text) {
    var quoted = new StringBuilder(text.length() + 2).append('"');
    text.codePoints().forEach(c -> append(quoted, c));
    return quoted.append('"').toString();
  }

  private static void append(StringBuilder quoted, int c) {
    switch (c) {
      case '"', '\\' -> quoted.append('\\').append((char) c);
      case '\n' -> quoted.append("\\n");
      case '\r' -> quoted.append("\\r");
      case '\t' -> quoted.append("\\t");
      default -> {
        if (isEscaped(c)) {
          quoted.append("\\u").append(HexFormat.of().toHexDigits((char) c));
        } else {
          quoted.appendCodePoint(c);
        }
      }
    }
  }

  /** Controls, halves of pairs, and what turns the direction of text or breaks its line. */
  private static boolean isEscaped(int c) {
    return c < FIRST_PRINTABLE
        || (c >= DELETE && c <= LAST_CONTROL)
        || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)
        || c == 0x061c
        || (c >= 0x200e && c <= 0x200f)
        || (c >= 0x2028 && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069);
  }
}
