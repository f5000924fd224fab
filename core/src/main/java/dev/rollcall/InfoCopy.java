package dev.rollcall;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Copies and checks what a caller gives as info, and adds up the heap that the copy takes.
 *
 * <p>The bounds are those of the protocol's readers: whatever can be registered, every reader can
 * read.
 */
final class InfoCopy {
  static final int MAX_DEPTH = 64;
  static final int MAX_NAME_LENGTH = 10_000;
  static final int MAX_TEXT_LENGTH = 20_000_000;

  /** As written in JSON, with sign, point and exponent. */
  static final int MAX_NUMBER_LENGTH = 1_000;

  /** About 900 digits, which fit with whatever is written around them: sign, zeros, exponent. */
  private static final int SAFE_BITS = 3_000;

  /** With more bits there are more digits than fit; with fewer, writing them out is cheap. */
  private static final int MAX_NUMBER_BITS = 3_322;

  /** Up to this many fields a linear search is as fast. */
  private static final int FEW_FIELDS = 8;

  private long heapBytes;

  private InfoCopy() {}

  static Info of(Map<String, ?> info) {
    return new InfoCopy().copyOf(info, Place.ROOT);
  }

  private Info copyOf(Map<?, ?> map, Place place) {
    place.checkDepth();
    long before = heapBytes;
    List<@Nullable Object> fields = new ArrayList<>(2 * map.size());
    map.forEach(
        (key, value) -> {
          if (!(key instanceof String name)) {
            throw place.refuse("has a key that is not a string: " + Place.shorten(key));
          }
          checkName(name, place);
          fields.add(name);
          fields.add(copyOf(value, place, name));
        });
    if (fields.isEmpty()) {
      return Info.empty();
    }
    Object[] namesAndValues = fields.toArray();
    int[] byName = byName(namesAndValues);
    checkDistinct(namesAndValues, byName, place);
    heapBytes += HeapSize.INFO + HeapSize.ofArray(namesAndValues.length, HeapSize.REFERENCE);
    if (byName != null) {
      heapBytes += HeapSize.ofArray(byName.length, Integer.BYTES);
    }
    return new Info(namesAndValues, byName, (int) Math.min(heapBytes - before, Integer.MAX_VALUE));
  }

  private static int @Nullable [] byName(@Nullable Object[] namesAndValues) {
    int count = namesAndValues.length / 2;
    if (count <= FEW_FIELDS) {
      return null;
    }
    return IntStream.range(0, count)
        .boxed()
        .sorted(Comparator.comparing(field -> (String) namesAndValues[2 * field]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** A map with its own kind of equality may hold a name twice, which JSON's readers refuse. */
  private static void checkDistinct(
      @Nullable Object[] namesAndValues, int @Nullable [] byName, Place place) {
    for (int field = 1; field < namesAndValues.length / 2; field++) {
      // If sorted, equal names are neighbours; otherwise there are few enough to compare them all.
      for (int other = byName == null ? 0 : field - 1; other < field; other++) {
        Object name = namesAndValues[2 * (byName == null ? field : byName[field])];
        if (name.equals(namesAndValues[2 * (byName == null ? other : byName[other])])) {
          throw place.at(name).refuse("appears twice");
        }
      }
    }
  }

  private Info.ValueList copyOf(List<?> list, Place place) {
    place.checkDepth();
    List<@Nullable Object> values = new ArrayList<>(list.size());
    for (Object value : list) {
      values.add(copyOf(value, place, values.size()));
    }
    if (!values.isEmpty()) {
      heapBytes += HeapSize.LIST + HeapSize.ofArray(values.size(), HeapSize.REFERENCE);
    }
    return Info.ValueList.of(values.toArray());
  }

  private @Nullable Object copyOf(@Nullable Object value, Place parent, Object step) {
    if (value == null || value instanceof Boolean) {
      return value;
    }
    if (value instanceof String text) {
      if (text.length() > MAX_TEXT_LENGTH) {
        throw parent.at(step).refuse("has more than " + MAX_TEXT_LENGTH + " characters");
      }
      if (!addText(text)) {
        throw parent.at(step).refuse("holds half of a surrogate pair");
      }
      return text;
    }
    if (value instanceof Number number) {
      return copyOf(number, parent, step);
    }
    if (value instanceof Map<?, ?> map) {
      return copyOf(map, parent.at(step));
    }
    if (value instanceof List<?> list) {
      return copyOf(list, parent.at(step));
    }
    throw unsupported(value, parent.at(step));
  }

  private void checkName(String name, Place place) {
    if (name.length() > MAX_NAME_LENGTH) {
      throw place.at(name).refuse("has a name of more than " + MAX_NAME_LENGTH + " characters");
    }
    if (!addText(name)) {
      throw place.refuse("has a key that holds half of a surrogate pair");
    }
  }

  /** Counts a text, and returns whether it is well-formed Unicode. */
  private boolean addText(String text) {
    boolean latin1 = Unicode.isLatin1(text);
    heapBytes += HeapSize.ofString(text.length(), latin1);
    return latin1 || !Unicode.hasLoneSurrogate(text);
  }

  private Number copyOf(Number number, Place parent, Object step) {
    if (number instanceof Integer || number instanceof Short || number instanceof Byte) {
      return addInteger(number.intValue());
    }
    if (number instanceof Long) {
      return addLong(number.longValue());
    }
    if (number instanceof BigInteger big) {
      return addBigInteger(big, parent, step);
    }
    if (number instanceof BigDecimal decimal) {
      // Digits without a point or an exponent are read back as a whole number.
      return decimal.scale() == 0
          ? addBigInteger(decimal.unscaledValue(), parent, step)
          : addDecimal(decimal, parent, step);
    }
    if (number instanceof Double || number instanceof Float) {
      if (!Double.isFinite(number.doubleValue())) {
        throw parent.at(step).refuse("is " + number + ", which JSON cannot hold");
      }
      return addDecimal(new BigDecimal(number.toString()), parent, step);
    }
    throw unsupported(number, parent.at(step));
  }

  private Integer addInteger(int value) {
    heapBytes += HeapSize.ofInteger(value);
    return value;
  }

  private Number addLong(long value) {
    int narrow = (int) value;
    if (narrow == value) {
      return addInteger(narrow);
    }
    heapBytes += HeapSize.LONG;
    return value;
  }

  private Number addBigInteger(BigInteger value, Place parent, Object step) {
    int bits = value.bitLength();
    if (bits < Long.SIZE) {
      return addLong(value.longValue());
    }
    checkLength(value, bits, parent, step);
    addBigInteger(bits);
    return value;
  }

  private void addBigInteger(int bits) {
    heapBytes += HeapSize.BIG_INTEGER + HeapSize.ofArray(bits / Integer.SIZE + 1L, Integer.BYTES);
  }

  private BigDecimal addDecimal(BigDecimal value, Place parent, Object step) {
    int bits = value.unscaledValue().bitLength();
    checkLength(value, bits, parent, step);
    long exponent = value.precision() - 1L - value.scale();
    if (exponent != (int) exponent) {
      throw parent.at(step).refuse("is a number with an exponent of more than 32 bits");
    }
    if (bits >= Long.SIZE) {
      addBigInteger(bits);
    }
    // It caches its text once it was written, as the first list does.
    heapBytes += HeapSize.BIG_DECIMAL + HeapSize.ofString(value.precision() + 8, true);
    return value;
  }

  private static void checkLength(Number value, int bits, Place parent, Object step) {
    if (bits <= SAFE_BITS) {
      return;
    }
    if (bits > MAX_NUMBER_BITS || value.toString().length() > MAX_NUMBER_LENGTH) {
      throw parent
          .at(step)
          .refuse("is a number that takes more than " + MAX_NUMBER_LENGTH + " characters to write");
    }
  }

  private static IllegalArgumentException unsupported(Object value, Place place) {
    return place.refuse(
        "is a "
            + value.getClass().getName()
            + "; info holds strings, numbers, booleans, nulls, lists and maps");
  }

  /**
   * Where a value is, for messages. The text is built only for a message: with long names, the
   * texts of all places would take more memory than the info.
   */
  private record Place(@Nullable Place parent, Object step, int depth) {
    static final Place ROOT = new Place(null, "info", 1);

    private static final int MAX_STEP_LENGTH = 60;
    private static final int MAX_LENGTH = 300;
    private static final Pattern HALF_A_PAIR = Pattern.compile("\\p{Cs}");

    Place at(Object nextStep) {
      return new Place(this, nextStep, depth + 1);
    }

    void checkDepth() {
      if (depth > MAX_DEPTH) {
        throw new IllegalArgumentException("info is nested deeper than " + MAX_DEPTH + " levels");
      }
    }

    IllegalArgumentException refuse(String reason) {
      return new IllegalArgumentException(this + " " + reason);
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder();
      append(text);
      if (text.length() > MAX_LENGTH) {
        text.replace(MAX_LENGTH / 2, text.length() - MAX_LENGTH / 2, "…");
      }
      return HALF_A_PAIR.matcher(text).replaceAll("\ufffd"); // names were cut
    }

    private void append(StringBuilder text) {
      if (parent != null) {
        parent.append(text);
      }
      if (step instanceof Integer index) {
        text.append('[').append(index.intValue()).append(']');
      } else {
        text.append(parent == null ? "" : ".").append(shorten(step));
      }
    }

    static String shorten(@Nullable Object value) {
      String text = String.valueOf(value);
      return text.length() <= MAX_STEP_LENGTH ? text : text.substring(0, MAX_STEP_LENGTH) + "…";
    }
  }
}
