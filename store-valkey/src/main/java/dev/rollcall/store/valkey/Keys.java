package dev.rollcall.store.valkey;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The keys of services: a prefix and the id. */
final class Keys {
  private static final String HISTORY = "history:";

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

  /**
   * Returns with what the key of a history starts; the key of its service follows, and a closing
   * brace if there is an opening one. So both keys are in the same slot of a cluster: by the hash
   * tag of the prefix, otherwise by one that is the whole key of the service.
   *
   * @return the start; empty if no key can be in the same slot, since the prefix has a brace that
   *     would end the tag
   */
  Optional<String> startOfHistories() {
    int open = prefix.indexOf('{');
    boolean hasTag = open >= 0 && prefix.indexOf('}', open) > open + 1;
    if (hasTag) {
      return Optional.of(HISTORY);
    }
    return prefix.indexOf('}') < 0 ? Optional.of(HISTORY + '{') : Optional.empty();
  }

  /** Returns the key of the history of an id; there is a {@linkplain #startOfHistories start}. */
  byte[] historyOf(String id) {
    return historyOf(prefix, id).getBytes(UTF_8);
  }

  private String historyOf(String before, String id) {
    String start = startOfHistories().orElseThrow();
    return start + before + id + (start.endsWith("{") ? "}" : "");
  }

  /** Returns the pattern of the keys of histories, as {@code SCAN} takes it. */
  byte[] patternOfHistories() {
    return historyOf(escaped(), "*").getBytes(UTF_8);
  }

  /** Returns the id in the key of a history, or null if it is not such a key. */
  @Nullable String idOfHistory(byte[] key) {
    int start = startOfHistories().orElseThrow().length();
    int end = key.length - (startOfHistories().orElseThrow().endsWith("{") ? 1 : 0);
    return end <= start ? null : idOf(Arrays.copyOfRange(key, start, end));
  }

  /** Returns the channel on which changes are published. No id contains its last character. */
  byte[] channel() {
    return (prefix + '!').getBytes(UTF_8);
  }

  /** Returns the pattern of all keys, as {@code SCAN} takes it. */
  byte[] pattern() {
    return (escaped() + '*').getBytes(UTF_8);
  }

  private String escaped() {
    return prefix.replaceAll("[\\\\*?\\[\\]]", "\\\\$0");
  }

  @Override
  public String toString() {
    return prefix;
  }
}
