package dev.rollcall.app.options;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what somebody who mistyped a name may have meant, by the Levenshtein distance. */
public final class NearestName {
  private static final int LONGEST = 64;

  private NearestName() {}

  /** Returns the name that is nearest to a text, if no more than a third of it differs. */
  public static Optional<String> of(String text, Collection<String> names) {
    if (text.length() > LONGEST) {
      return Optional.empty();
    }
    return names.stream()
        .filter(name -> distance(text, name) <= Math.max(1, text.length() / 3))
        .min(
            Comparator.comparingInt((String name) -> distance(text, name))
                .thenComparing(Comparator.naturalOrder()));
  }

  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[other.length()];
  }
}
