package dev.rollcall.examples.robustness;

/**
 * How much is asked of the servers.
 *
 * @param clients how many threads work
 * @param listsAreLarge whether there is ballast, so that clients list seldom, and a list may be
 *     refused
 */
record Load(int clients, boolean listsAreLarge) {

  /** Returns how many of a hundred operations are lists. */
  int percentOfLists() {
    return listsAreLarge ? 1 : 10;
  }
}
