package dev.rollcall;

/** The rule for texts: a lone surrogate is no character, so UTF-8 cannot carry it. */
final class Unicode {
  private Unicode() {}

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
