package dev.rollcall;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A service's info in the one form that it has everywhere, in memory and behind any wire: JSON's
 * values, deeply immutable, each number in the narrowest type that holds it exactly.
 *
 * <p>Being of this class says that the copy has been made, so records pass it on as it is.
 */
final class Info extends AbstractMap<String, Object> {
  static final int MAX_DEPTH = 64;

  private static final Info EMPTY = new Info(Map.of());

  private final Map<String, Object> entries;

  private Info(Map<String, Object> entries) {
    this.entries = entries;
  }

  /**
   * Returns an immutable copy in the common form, or the map itself if it is one.
   *
   * @throws IllegalArgumentException if a value is none of JSON's, saying which
   */
  static Map<String, Object> copyOf(Map<String, ?> info) {
    if (info instanceof Info copy) {
      return copy;
    }
    return info.isEmpty() ? EMPTY : new Info(copyOfMap(info, "info", 1));
  }

  private static Map<String, Object> copyOfMap(Map<?, ?> map, String path, int depth) {
    checkDepth(depth);
    Map<String, Object> copy = new LinkedHashMap<>(Math.max(4, map.size() * 4 / 3 + 1));
    map.forEach(
        (key, value) -> {
          if (!(key instanceof String name)) {
            throw new IllegalArgumentException(path + " has a key that is no string: " + key);
          }
          checkText(name, path);
          copy.put(name, copyOfValue(value, path + '.' + name, depth));
        });
    return Collections.unmodifiableMap(copy);
  }

  private static List<Object> copyOfList(List<?> list, String path, int depth) {
    checkDepth(depth);
    List<Object> copy = new ArrayList<>(list.size());
    for (Object value : list) {
      copy.add(copyOfValue(value, path + '[' + copy.size() + ']', depth));
    }
    return Collections.unmodifiableList(copy);
  }

  private static @Nullable Object copyOfValue(@Nullable Object value, String path, int depth) {
    if (value == null || value instanceof Boolean) {
      return value;
    }
    if (value instanceof String text) {
      checkText(text, path);
      return text;
    }
    if (value instanceof Number number) {
      return numberOf(number, path);
    }
    if (value instanceof Map<?, ?> map) {
      return copyOfMap(map, path, depth + 1);
    }
    if (value instanceof List<?> list) {
      return copyOfList(list, path, depth + 1);
    }
    throw unsupported(value, path);
  }

  private static Number numberOf(Number number, String path) {
    if (number instanceof Integer || number instanceof Short || number instanceof Byte) {
      return number.intValue();
    }
    if (number instanceof Long) {
      return narrow(number.longValue());
    }
    if (number instanceof BigInteger big) {
      return big.bitLength() < Long.SIZE ? narrow(big.longValue()) : big;
    }
    if (number instanceof BigDecimal decimal) {
      // Digits without a point or an exponent are read back as a whole number.
      return decimal.scale() == 0 ? numberOf(decimal.unscaledValue(), path) : decimal;
    }
    if (number instanceof Double || number instanceof Float) {
      if (!Double.isFinite(number.doubleValue())) {
        throw new IllegalArgumentException(path + " is " + number + ", which JSON cannot hold");
      }
      return new BigDecimal(number.toString());
    }
    throw unsupported(number, path);
  }

  private static Number narrow(long value) {
    int narrow = (int) value;
    if (narrow == value) {
      return narrow;
    }
    return value;
  }

  private static void checkDepth(int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("info is nested deeper than " + MAX_DEPTH + " levels");
    }
  }

  private static void checkText(String text, String path) {
    if (Unicode.hasLoneSurrogate(text)) {
      throw new IllegalArgumentException(path + " holds half of a surrogate pair");
    }
  }

  private static IllegalArgumentException unsupported(Object value, String path) {
    return new IllegalArgumentException(
        path
            + " is a "
            + value.getClass().getName()
            + "; info holds strings, numbers, booleans, nulls, lists and maps");
  }

  @Override
  public Set<Entry<String, Object>> entrySet() {
    return entries.entrySet();
  }

  @Override
  public @Nullable Object get(@Nullable Object key) {
    return entries.get(key);
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return entries.containsKey(key);
  }
}
