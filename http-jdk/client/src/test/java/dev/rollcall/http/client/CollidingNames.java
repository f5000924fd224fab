package dev.rollcall.http.client;

import java.util.ArrayList;
import java.util.List;

/** Names of fields that have one hash in a parser's tables of names, whatever the seed. */
public final class CollidingNames {
  private static final String[] GROUPS = {"aaaa", "bbbb", "cccc", "dddd", "eeee", "ffff", "gggg"};

  private CollidingNames() {}

  /**
   * Returns names for tables of bytes: after the first 12 these add groups of four, in any order.
   */
  static List<String> ofBytes(String twelve, int count) {
    List<String> names = new ArrayList<>();
    permute(twelve, GROUPS, 0, count, names);
    return names;
  }

  private static void permute(
      String start, String[] groups, int from, int count, List<String> names) {
    if (names.size() == count) {
      return;
    }
    if (from == groups.length) {
      names.add(start + String.join("", groups));
      return;
    }
    for (int i = from; i < groups.length; i++) {
      String[] next = groups.clone();
      next[from] = groups[i];
      next[i] = groups[from];
      permute(start, next, from + 1, count, names);
    }
  }

  /** Returns names for tables of characters, where {@code Ab} is worth what {@code BA} is. */
  static List<String> ofCharacters(String start, int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      StringBuilder name = new StringBuilder(start);
      for (int bit = 0; bit < Integer.SIZE - Integer.numberOfLeadingZeros(count); bit++) {
        name.append((i >> bit & 1) == 0 ? "Ab" : "BA");
      }
      names.add(name.toString());
    }
    return names;
  }
}
