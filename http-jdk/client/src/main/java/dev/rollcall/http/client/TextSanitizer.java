package dev.rollcall.http.client;

import dev.rollcall.http.wire.UntrustedText;
import java.util.Optional;

/** Makes untrusted text fit for an error message. */
final class TextSanitizer {
  private static final int MAX_LENGTH = 500;

  private final Optional<String> secret;

  TextSanitizer(Optional<String> secret) {
    this.secret = secret;
  }

  /** Returns the text in one line of bounded length, without control characters and the secret. */
  String of(String text) {
    return of(text, MAX_LENGTH);
  }

  /** Does the same with another bound. */
  String of(String text, int maxLength) {
    String safe = secret.map(key -> text.replace(key, "***")).orElse(text);
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
