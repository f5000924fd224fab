package dev.rollcall.http.server;

import dev.rollcall.http.server.request.KeyScope;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A service key, of which only the digest is kept, and what it may do. Immutable. */
final class ServiceKey {
  private static final int MAX_LENGTH = 512;

  private final byte[] digest;
  private final KeyScope scope;

  private ServiceKey(String key, KeyScope scope) {
    this.digest = digest(checked(key));
    this.scope = scope;
  }

  /**
   * Makes a key that may do everything.
   *
   * @throws IllegalArgumentException if the text is no key; the message has nothing of it
   */
  static ServiceKey of(String key) {
    return new ServiceKey(key, KeyScope.ALL);
  }

  /**
   * Reads the line of a file: a key, and after a blank its scope.
   *
   * @throws IllegalArgumentException if it is not that; the message has nothing of it
   */
  static ServiceKey parse(String line) {
    int end = 0;
    while (end < line.length() && line.charAt(end) != ' ' && line.charAt(end) != '\t') {
      end++;
    }
    return new ServiceKey(line.substring(0, end), KeyScope.parse(line.substring(end).strip()));
  }

  private static String checked(String key) {
    boolean isPlain = key.chars().allMatch(c -> c > ' ' && c < 0x7f);
    if (key.isEmpty() || key.length() > MAX_LENGTH || !isPlain) {
      throw new IllegalArgumentException(
          "a service key is 1 to 512 characters of printable ASCII without a space; this one has "
              + (isPlain ? Integer.toString(key.length()) : "other")
              + " characters");
    }
    return key;
  }

  /** Returns what a text is compared by. */
  static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Returns whether a text has the digest of this key; takes as long if not. */
  boolean isOf(byte[] otherDigest) {
    return MessageDigest.isEqual(digest, otherDigest);
  }

  /** Returns what is the same for the same key. */
  ByteBuffer digest() {
    return ByteBuffer.wrap(digest).asReadOnlyBuffer();
  }

  KeyScope scope() {
    return scope;
  }

  /** Returns what it may do, without the key. */
  @Override
  public String toString() {
    return "ServiceKey " + scope;
  }
}
