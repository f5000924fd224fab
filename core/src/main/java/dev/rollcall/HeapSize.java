package dev.rollcall;

/**
 * How many bytes of heap objects take on a 64-bit HotSpot with compressed references, which is the
 * JVM's default below 32 GB. Without them (a larger heap, ZGC) it is up to half as much again.
 */
final class HeapSize {
  static final int REFERENCE = 4;
  static final int REGISTRATION = 40;
  static final int SERVICE = 56;
  static final int INSTANT = 24;
  static final int DURATION = 24;
  static final int INFO = 32;
  static final int LIST = 24;
  static final int LONG = 24;
  static final int BIG_INTEGER = 40;
  static final int BIG_DECIMAL = 40;

  private static final int INTEGER = 16;
  private static final int STRING = 24;
  private static final int ARRAY_HEADER = 16;
  private static final int ALIGNMENT = 8;

  /** G1's smallest region. An array of half a region or more gets whole regions. */
  private static final long REGION = 1 << 20;

  private HeapSize() {}

  static long ofArray(long length, int elementBytes) {
    long bytes = roundUp(ARRAY_HEADER + length * elementBytes, ALIGNMENT);
    return bytes >= REGION / 2 ? roundUp(bytes, REGION) : bytes;
  }

  private static long roundUp(long bytes, long unit) {
    return (bytes + unit - 1) / unit * unit;
  }

  static long ofString(String text) {
    return ofString(text.length(), Unicode.isLatin1(text));
  }

  /** A string takes one byte for each character if all are in Latin-1, otherwise two. */
  static long ofString(int length, boolean latin1) {
    return STRING + ofArray(length, latin1 ? Byte.BYTES : Character.BYTES);
  }

  /** The JVM shares the objects for -128 to 127. */
  static int ofInteger(int value) {
    return value == (byte) value ? 0 : INTEGER;
  }
}
