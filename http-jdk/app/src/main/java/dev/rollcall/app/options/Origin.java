package dev.rollcall.app.options;

/**
 * Where an option's value comes from.
 *
 * @param rank which of several values counts
 * @param label how an error names it: {@code --port}, {@code ROLLCALL_PORT} or {@code
 *     rollcall.conf:3}
 */
public record Origin(Rank rank, String label) {
  /** The first that has a value decides. */
  enum Rank {
    OPTION,
    VARIABLE,
    FILE,
    DEFAULT
  }

  /** Returns whether a value from here counts, rather than one from there. */
  boolean precedes(Origin other) {
    return rank.compareTo(other.rank) < 0;
  }
}
