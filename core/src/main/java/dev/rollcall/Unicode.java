package dev.rollcall;

/** The rule for texts: a lone surrogate is no character, so UTF-8 cannot carry it. */
final class Unicode {
  private Unicode() {}

  static boolean hasLoneSurrogate(String text) {
    // As code points, a pair is one character above the surrogates; half of one stays a surrogate.
    return text.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }
}
