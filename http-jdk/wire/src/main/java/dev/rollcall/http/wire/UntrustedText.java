package dev.rollcall.http.wire;

/** The rule for text from outside that people read in a log, a terminal or an error message. */
public final class UntrustedText {
  private UntrustedText() {}

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
