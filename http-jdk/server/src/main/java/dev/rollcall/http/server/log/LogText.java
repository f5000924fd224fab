package dev.rollcall.http.server.log;

import dev.rollcall.http.server.address.HostName;
import dev.rollcall.http.wire.UntrustedText;
import org.jspecify.annotations.Nullable;

/**
 * Escapes texts for a log line. A message may contain what a caller sent, which must not end the
 * line, move the cursor of a terminal, or change the direction of the text after it. Credentials in
 * URLs are masked: another registry over the same store may have accepted some.
 */
public final class LogText {
  private static final int MAX_LENGTH = 1_000;

  /**
   * Beyond this nothing is looked at: more than a URL of the protocol and what stands around it.
   */
  private static final int MAX_READ = 8_192;

  private static final String MASK = "***";

  private LogText() {}

  /**
   * Returns a text on one line, of bounded length, without credentials in URLs and with all that is
   * not plain escaped.
   */
  public static String of(@Nullable String given) {
    if (given == null) {
      return "";
    }
    // Masked before it is cut, or the cut could take the mark that ends the credentials.
    String text = masked(given.length() <= MAX_READ ? given : given.substring(0, MAX_READ));
    var result = new StringBuilder();
    text.codePoints().limit(MAX_LENGTH).forEach(c -> UntrustedText.appendEscaped(result, c));
    boolean isCut = text.codePointCount(0, text.length()) > MAX_LENGTH;
    return isCut ? result + "…" : result.toString();
  }

  /** Returns a value on one line, in quotes as JSON has them if it could not be told apart. */
  static String plainOrQuoted(Object value) {
    String text = value.toString();
    if (!text.isEmpty() && text.chars().allMatch(LogText::isPlain)) {
      return text;
    }
    var quoted = new StringBuilder(text.length() + 2).append('"');
    text.codePoints()
        .forEach(
            c ->
                UntrustedText.appendEscaped(
                    c == '"' || c == '\\' ? quoted.append('\\') : quoted, c));
    return quoted.append('"').toString();
  }

  private static boolean isPlain(int c) {
    return c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\';
  }

  private static String masked(String text) {
    if (text.indexOf('@') < 0) {
      return text;
    }
    var result = new StringBuilder();
    int done = 0;
    for (int slashes = text.indexOf("//"); slashes >= 0; slashes = text.indexOf("//", done)) {
      int start = slashes + 2;
      int end = credentialsEnd(text, start);
      if (end > start) {
        result.append(text, done, start).append(MASK);
        done = end;
      } else {
        result.append(text, done, start);
        done = start;
      }
    }
    return result.append(text, done, text.length()).toString();
  }

  /**
   * Returns the index of the at sign that ends the credentials which start at an index; -1 if there
   * are no credentials.
   */
  private static int credentialsEnd(String text, int start) {
    int authority = start;
    while (authority < text.length() && "/?#\\ \t\r\n'\"".indexOf(text.charAt(authority)) < 0) {
      authority++;
    }
    int end = text.substring(start, authority).lastIndexOf('@');
    if (end >= 0) {
      return start + end;
    }
    if (authority == start
        || HostName.HOST_AND_PORT.matcher(text).region(start, authority).matches()) {
      return -1;
    }
    // No host can be so: it may be a password with a slash or the like in it.
    return text.lastIndexOf('@');
  }

  /** Returns what stands for a failure in the log: its own stack traces, its messages escaped. */
  public static Throwable of(Throwable failure) {
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
