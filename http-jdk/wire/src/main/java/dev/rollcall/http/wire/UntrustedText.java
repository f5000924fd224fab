package dev.rollcall.http.wire;

/** The rule for text from outside that people read in a log, a terminal or an error message. */
public final class UntrustedText {
  private UntrustedText() {}

  /**
   * Returns a text with all that is unsafe in it escaped, so that it stays on its line and a
   * terminal does nothing but show it.
   *
   * @param text any text
   * @return the text, in which {@code \n}, {@code \u001b} and the like stand for characters
   */
  public static String escaped(String text) {
    var escaped = new StringBuilder(text.length());
    text.codePoints().forEach(c -> appendEscaped(escaped, c));
    return escaped.toString();
  }

  /**
   * Appends a character, escaped if it is unsafe.
   *
   * @param text what it is appended to
   * @param codePoint the character
   */
  public static void appendEscaped(StringBuilder text, int codePoint) {
    switch (codePoint) {
      case '\n' -> text.append("\\n");
      case '\r' -> text.append("\\r");
      case '\t' -> text.append("\\t");
      default -> {
        if (isUnsafe(codePoint)) {
          String hex = Integer.toHexString(codePoint); // a format would have the locale's digits
          text.append("\\u").append("0".repeat(Math.max(0, 4 - hex.length()))).append(hex);
        } else {
          text.appendCodePoint(codePoint);
        }
      }
    }
  }

  /**
   * Returns whether a character must not reach a reader as it is: it may end a line, move the
   * cursor of a terminal, change the direction of the text that follows, or is no character at all.
   *
   * @param codePoint a code point
   * @return whether to escape or replace it
   */
  public static boolean isUnsafe(int codePoint) {
    return switch (Character.getType(codePoint)) {
      // FORMAT includes the marks that change the direction of text.
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.PRIVATE_USE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
