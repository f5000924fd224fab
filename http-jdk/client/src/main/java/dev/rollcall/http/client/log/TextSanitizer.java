package dev.rollcall.http.client.log;

import dev.rollcall.http.wire.UntrustedText;
import java.util.List;
import java.util.function.Supplier;

/** Makes untrusted text fit for an error message. */
public final class TextSanitizer {
  private static final int MAX_LENGTH = 500;

  private final Supplier<List<String>> secrets;

  /**
   * Creates one.
   *
   * @param secrets returns what is left out, which may change
   */
  public TextSanitizer(Supplier<List<String>> secrets) {
    this.secrets = secrets;
  }

  /** Creates one for text without secrets. */
  public TextSanitizer() {
    this(List::of);
  }

  /** Returns the text in one line of bounded length, without control characters and secrets. */
  public String of(String text) {
    return of(text, MAX_LENGTH);
  }

  /** Does the same with another bound. */
  public String of(String text, int maxLength) {
    String safe = text;
    for (String secret : secrets.get()) {
      safe = safe.replace(secret, "***");
    }
    String start =
        safe.length() <= maxLength ? safe : safe.substring(0, maxLength - 1).strip() + "…";
    return start
        .codePoints()
        .map(c -> UntrustedText.isUnsafe(c) ? ' ' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString()
        .strip();
  }
}
