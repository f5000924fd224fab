package dev.rollcall;

import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.RandomAccess;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A service's info, or an object in it, in the form that it has everywhere, in memory and after any
 * transport: JSON's values, deeply immutable, each number in the narrowest type that holds it
 * exactly.
 *
 * <p>An object of this class is already a checked copy, so records pass it on as it is.
 *
 * <p>One array holds names and values in the order given, which takes a third of the memory of a
 * {@link java.util.LinkedHashMap}. A registry in memory consists mostly of these, and one
 * registration may hold a hundred thousand of them.
 */
final class Info extends AbstractMap<String, Object> {
  private static final Info EMPTY = new Info(new Object[0], null, 0);

  private final @Nullable Object[] namesAndValues;

  /**
   * The indexes of the fields, sorted by name; null if there are too few to need it. Sorted rather
   * than hashed: names that collide cannot make a look-up slow.
   */
  private final int @Nullable [] byName;

  private final int heapBytes;

  Info(@Nullable Object[] namesAndValues, int @Nullable [] byName, int heapBytes) {
    this.namesAndValues = namesAndValues;
    this.byName = byName;
    this.heapBytes = heapBytes;
  }

  /**
   * Returns a deeply immutable copy, or the map itself if it is one already.
   *
   * @throws IllegalArgumentException if a value is not one of JSON's, or is beyond the bounds of
   *     {@link InfoCopy}; the message says where
   */
  static Info copyOf(Map<String, ?> info) {
    if (info instanceof Info copy) {
      return copy;
    }
    return info.isEmpty() ? EMPTY : InfoCopy.of(info);
  }

  static Info empty() {
    return EMPTY;
  }

  /** Returns about how many bytes of heap it takes with everything it holds, 2^31 - 1 at most. */
  int heapBytes() {
    return heapBytes;
  }

  private String name(int field) {
    return (String) namesAndValues[2 * field];
  }

  private @Nullable Object value(int field) {
    return namesAndValues[2 * field + 1];
  }

  private int fieldOf(@Nullable Object key) {
    if (!(key instanceof String name)) {
      return -1;
    }
    if (byName != null) {
      return search(byName, name);
    }
    for (int field = 0; field < size(); field++) {
      if (name(field).equals(name)) {
        return field;
      }
    }
    return -1;
  }

  private int search(int[] sorted, String name) {
    int low = 0;
    int high = sorted.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = name(sorted[middle]).compareTo(name);
      if (order == 0) {
        return sorted[middle];
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  @Override
  public int size() {
    return namesAndValues.length / 2;
  }

  @Override
  public @Nullable Object get(@Nullable Object key) {
    int field = fieldOf(key);
    return field < 0 ? null : value(field);
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return fieldOf(key) >= 0;
  }

  @Override
  public Set<Entry<String, Object>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return Info.this.size();
      }

      @Override
      public Iterator<Entry<String, Object>> iterator() {
        return new Fields();
      }
    };
  }

  @Override // the inherited method would accept the call on an empty map
  public void clear() {
    throw new UnsupportedOperationException();
  }

  private final class Fields implements Iterator<Entry<String, Object>> {
    private int next;

    @Override
    public boolean hasNext() {
      return next < size();
    }

    @Override
    public Entry<String, Object> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      int field = next++;
      return new SimpleImmutableEntry<>(name(field), value(field));
    }
  }

  /** A list in an info. Immutable; takes 48 bytes less than an unmodifiable ArrayList. */
  static final class ValueList extends AbstractList<@Nullable Object> implements RandomAccess {
    private static final ValueList EMPTY = new ValueList(new Object[0]);

    private final @Nullable Object[] values;

    private ValueList(@Nullable Object[] values) {
      this.values = values;
    }

    /** Returns a list of these values. It owns the array from now on. */
    static ValueList of(@Nullable Object[] values) {
      return values.length == 0 ? EMPTY : new ValueList(values);
    }

    @Override
    public @Nullable Object get(int index) {
      return values[index];
    }

    @Override
    public int size() {
      return values.length;
    }

    @Override // the inherited method would accept the call on an empty list
    public void clear() {
      throw new UnsupportedOperationException();
    }
  }
}
