package dev.rollcall.store.memory;

import dev.rollcall.spi.TtlStore;
import dev.rollcall.spi.TtlStoreProvider;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Opens {@code memory:}, with up to three parameters: {@code memory:?max-services=N} bounds the
 * number of services, {@code memory:?max-bytes=64m} the heap that they take, and {@code
 * memory:?max-services=N&max-bytes=64m} both; {@code keep-history-seconds} says how long the
 * history of a service is kept that is gone: 86400 by default, 2592000 at most, 0 for no history at
 * all. A size is a whole number of bytes, or of KiB, MiB or GiB if {@code k}, {@code m} or {@code
 * g} follows it. The default of {@code max-bytes} is a quarter of the JVM's heap.
 */
public final class MemoryTtlStoreProvider implements TtlStoreProvider {
  private static final String MAX_SERVICES = "max-services";
  private static final String MAX_BYTES = "max-bytes";
  private static final String KEEP_HISTORY = "keep-history-seconds";
  private static final int MAX_KEEP_HISTORY_SECONDS = 30 * 86_400;
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,7}");
  private static final String UNITS = "kmg";
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,19})([kmgKMG]?)");
  private static final int BITS_A_UNIT = 10;

  /** Called by {@link java.util.ServiceLoader}. */
  public MemoryTtlStoreProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of("memory");
  }

  @Override
  public TtlStore open(URI uri) {
    if (uri.getRawFragment() != null) {
      throw unknown(); // A # would cut off what follows it, without a word.
    }
    String rest = uri.getRawSchemeSpecificPart().replaceFirst("^/{1,3}", "");
    MemoryTtlStore.Builder store = MemoryTtlStore.builder();
    if (rest.isEmpty()) {
      return store.build();
    }
    if (!rest.startsWith("?")) {
      throw unknown();
    }
    Set<String> seen = new HashSet<>();
    for (String parameter : rest.substring(1).split("&", -1)) {
      int equals = parameter.indexOf('=');
      String name = parameter.substring(0, Math.max(0, equals));
      String value = parameter.substring(equals + 1);
      switch (name) {
        case MAX_SERVICES -> store.maxServices(count(value));
        case MAX_BYTES -> store.maxBytes(size(value));
        case KEEP_HISTORY -> store.keepHistory(keepHistory(value));
        default -> throw unknown();
      }
      if (!seen.add(name)) {
        throw new IllegalArgumentException("a memory store's URI has " + name + " twice");
      }
    }
    return store.build();
  }

  private static IllegalArgumentException unknown() {
    return new IllegalArgumentException(
        "a memory store is opened by memory: alone or with max-services, max-bytes and"
            + " keep-history-seconds as in memory:?max-services=N&max-bytes=64m, by nothing else");
  }

  private static Duration keepHistory(String text) {
    if (SECONDS.matcher(text).matches() && Integer.parseInt(text) <= MAX_KEEP_HISTORY_SECONDS) {
      return Duration.ofSeconds(Integer.parseInt(text));
    }
    throw new IllegalArgumentException(
        KEEP_HISTORY
            + " takes a whole number from 0 to "
            + MAX_KEEP_HISTORY_SECONDS
            + ", not '"
            + text
            + "'");
  }

  private static int count(String text) {
    try {
      int count = Integer.parseInt(text);
      if (count > 0) {
        return count;
      }
    } catch (NumberFormatException e) {
      // Refused below.
    }
    throw new IllegalArgumentException(
        MAX_SERVICES + " takes a whole number from 1 to 2147483647, not '" + text + "'");
  }

  private static long size(String text) {
    Matcher parts = SIZE.matcher(text);
    if (parts.matches()) {
      String unit = parts.group(2).toLowerCase(Locale.ROOT);
      int shift = unit.isEmpty() ? 0 : BITS_A_UNIT * (1 + UNITS.indexOf(unit));
      try {
        long bytes = Math.multiplyExact(Long.parseLong(parts.group(1)), 1L << shift);
        if (bytes > 0) {
          return bytes;
        }
      } catch (ArithmeticException | NumberFormatException e) {
        // Refused below.
      }
    }
    throw new IllegalArgumentException(
        MAX_BYTES + " takes a size of 1 or more, such as 500000, 64m or 2g, not '" + text + "'");
  }
}
