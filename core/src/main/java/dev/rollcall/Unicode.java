package dev.rollcall;

/** The rule for texts: a lone surrogate is not a character, so UTF-8 cannot encode it. */
final class Unicode {
  private static final char LAST_OF_LATIN_1 = 0xff;

  private Unicode() {}

  /** Returns whether all characters are in Latin-1, which has no surrogates. */
  static boolean isLatin1(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > LAST_OF_LATIN_1) {
        return false;
      }
    }
    return true;
  }

  static boolean hasLoneSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        i++;
        if (!Character.isHighSurrogate(c)
            || i == text.length()
            || !Character.isLowSurrogate(text.charAt(i))) {
          return true;
        }
      }
    }
    return false;
  }
}
