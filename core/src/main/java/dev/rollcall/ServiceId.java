package dev.rollcall;

import org.jspecify.annotations.Nullable;

/** The rule for ids: what a service may call itself. */
final class ServiceId {
  static final int MAX_LENGTH = 128;

  private ServiceId() {}

  /**
   * Returns the id if it is one.
   *
   * @throws IllegalArgumentException if it is not, saying why
   */
  static String check(String id) {
    String flaw = flawOf(id);
    if (flaw != null) {
      throw new IllegalArgumentException(flaw);
    }
    return id;
  }

  static boolean isValid(String id) {
    return flawOf(id) == null;
  }

  private static @Nullable String flawOf(String id) {
    if (id.isEmpty() || id.length() > MAX_LENGTH) {
      return "an id has 1 to " + MAX_LENGTH + " characters; this one has " + id.length();
    }
    if (!isLetterOrDigit(id.charAt(0))) {
      return "an id starts with a letter A-Z a-z or a digit";
    }
    for (int i = 1; i < id.length(); i++) {
      char c = id.charAt(i);
      if (!isLetterOrDigit(c) && c != '.' && c != '_' && c != '-') {
        return "an id holds only A-Z a-z 0-9 . _ - ; character " + (i + 1) + " is another";
      }
    }
    return null;
  }

  private static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
