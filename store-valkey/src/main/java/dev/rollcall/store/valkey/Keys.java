package dev.rollcall.store.valkey;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/** The keys of services: a prefix and the id. */
final class Keys {
  private final String prefix;
  private final byte[] prefixBytes;

  Keys(String prefix) {
    this.prefix = prefix;
    this.prefixBytes = prefix.getBytes(UTF_8);
  }

  byte[] keyOf(String id) {
    return (prefix + id).getBytes(UTF_8);
  }

  /** Returns the id in a key, or null if it is not a service's key. */
  @Nullable String idOf(byte[] key) {
    int length = key.length - prefixBytes.length;
    if (length < 1 || length > 128) {
      return null;
    }
    for (int i = prefixBytes.length; i < key.length; i++) {
      if (!isInIds(key[i])) {
        return null;
      }
    }
    return new String(key, prefixBytes.length, length, UTF_8);
  }

  private static boolean isInIds(byte c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '_'
        || c == '-';
  }

  /** Returns the channel on which changes are published. No id contains its last character. */
  byte[] channel() {
    return (prefix + '!').getBytes(UTF_8);
  }

  /** Returns the pattern of all keys, as {@code SCAN} takes it. */
  byte[] pattern() {
    return (prefix.replaceAll("[\\\\*?\\[\\]]", "\\\\$0") + '*').getBytes(UTF_8);
  }

  @Override
  public String toString() {
    return prefix;
  }
}
