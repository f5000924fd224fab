package dev.rollcall.examples.benchmarks;

/** The heap of this JVM. */
final class Heap {
  private Heap() {}

  /** Returns how many bytes are in use once the garbage is collected. */
  static long used() {
    System.gc(); // A full collection, done when it returns: by the serial collector, and by G1.
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
