package dev.rollcall.http.client;

import dev.rollcall.http.wire.UntrustedText;
import java.util.Collection;
import java.util.List;

/** Makes untrusted text fit for an error message. */
final class TextSanitizer {
  private static final int MAX_LENGTH = 500;

  private final List<String> secrets;

  TextSanitizer(Collection<String> secrets) {
    this.secrets = List.copyOf(secrets);
  }

  /** Returns the text in one line of bounded length, without control characters and secrets. */
  String of(String text) {
    return of(text, MAX_LENGTH);
  }

  /** Does the same with another bound. */
  String of(String text, int maxLength) {
    String safe = text;
    for (String secret : secrets) {
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
