package dev.rollcall;

import org.jspecify.annotations.Nullable;

/**
 * The rule for the ids of services and for their names: 1 to {@value #MAX_LENGTH} characters of
 * {@code A-Z a-z 0-9 . _ -}, the first a letter or a digit.
 */
public final class ServiceId {
  /** How many characters an id has at most: {@value}. */
  public static final int MAX_LENGTH = 128;

  private ServiceId() {}

  /**
   * Checks an id.
   *
   * @param id any text
   * @return the id, if it is valid
   * @throws IllegalArgumentException if it is not; the message says why, and does not repeat it
   */
  public static String check(String id) {
    return check(id, "an id");
  }

  /**
   * Checks the name of a service.
   *
   * @param name any text
   * @return the name, if it is valid
   * @throws IllegalArgumentException if it is not; the message says why, and does not repeat it
   */
  public static String checkName(String name) {
    return check(name, "a name");
  }

  private static String check(String text, String what) {
    String flaw = flawOf(text);
    if (flaw != null) {
      throw new IllegalArgumentException(what + flaw);
    }
    return text;
  }

  /**
   * Returns whether a text can be the id of a service. For any other text a registry returns empty
   * without asking its store.
   *
   * @param id any text
   * @return whether it is valid, as an id and as a name
   */
  public static boolean isValid(String id) {
    return flawOf(id) == null;
  }

  /** Returns what is wrong with a text, as the rest of a sentence. */
  private static @Nullable String flawOf(String id) {
    if (id.isEmpty() || id.length() > MAX_LENGTH) {
      return " has 1 to " + MAX_LENGTH + " characters; this one has " + id.length();
    }
    if (!isLetterOrDigit(id.charAt(0))) {
      return " starts with a letter A-Z a-z or a digit";
    }
    for (int i = 1; i < id.length(); i++) {
      char c = id.charAt(i);
      if (!isLetterOrDigit(c) && c != '.' && c != '_' && c != '-') {
        return " holds only A-Z a-z 0-9 . _ - ; character " + (i + 1) + " is another";
      }
    }
    return null;
  }

  private static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
