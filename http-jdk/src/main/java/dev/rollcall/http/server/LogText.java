package dev.rollcall.http.server;

import org.jspecify.annotations.Nullable;

/**
 * Makes texts fit for a log line. What a caller sends may find its way into a message; it must not
 * end the line, move the cursor of a terminal, or turn the direction of what follows.
 */
final class LogText {
  private static final int MAX_LENGTH = 1_000;

  private LogText() {}

  /** Returns a text on one line, of bounded length, with all that is not plain escaped. */
  static String of(@Nullable String text) {
    if (text == null) {
      return "";
    }
    var result = new StringBuilder();
    text.codePoints().limit(MAX_LENGTH).forEach(c -> append(result, c));
    boolean isCut = text.codePointCount(0, text.length()) > MAX_LENGTH;
    return isCut ? result + "…" : result.toString();
  }

  private static void append(StringBuilder result, int c) {
    switch (c) {
      case '\n' -> result.append("\\n");
      case '\r' -> result.append("\\r");
      case '\t' -> result.append("\\t");
      default -> {
        if (isPlain(c)) {
          result.appendCodePoint(c);
        } else {
          result.append(String.format("\\u%04x", c));
        }
      }
    }
  }

  private static boolean isPlain(int c) {
    return switch (Character.getType(c)) {
      // FORMAT has the marks that turn the direction of text.
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.PRIVATE_USE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /** Returns what stands for a failure in the log: its own stack traces, its messages escaped. */
  static Throwable of(Throwable failure) {
    var shown = new Shown(of(failure.toString()));
    shown.setStackTrace(failure.getStackTrace());
    @Nullable Throwable cause = failure.getCause();
    if (cause != null) {
      shown.initCause(of(cause));
    }
    return shown;
  }

  private static final class Shown extends Throwable {
    private static final long serialVersionUID = 1L;

    Shown(String text) {
      super(text);
    }

    @Override
    public Throwable fillInStackTrace() {
      return this; // It gets that of what it stands for.
    }

    @Override
    @SuppressWarnings("OverrideThrowableToString") // or the log would show the name of this class
    public String toString() {
      return String.valueOf(getMessage());
    }
  }
}
