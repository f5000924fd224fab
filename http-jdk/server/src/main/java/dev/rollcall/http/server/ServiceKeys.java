package dev.rollcall.http.server;

import dev.rollcall.http.server.files.WatchedFiles;
import dev.rollcall.http.server.request.RequestKind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/**
 * The keys that clients may send as {@code X-Service-Key}. Several are valid at once, so that a key
 * can be changed: add the new one, give it to the clients, take the old one away.
 *
 * <pre>{@code
 * RegistryEndpoints.builder(registry)
 *     .serviceKeys(ServiceKeys.inFile(Path.of("/run/secrets/registry-keys")))
 *     .build();
 * }</pre>
 *
 * <p>A key is compared by its SHA-256 digest in constant time, and with all of them, so that the
 * time of a refusal tells nothing. No key ever stands in a message, nor in {@link #toString()}.
 *
 * <p>Immutable, except for the content of files, and safe for use by any number of threads.
 */
public final class ServiceKeys {
  private static final int MAX_LENGTH = 512;

  private final List<Supplier<List<byte[]>>> sources;
  private final boolean requiredForReads;

  private ServiceKeys(List<Supplier<List<byte[]>>> sources, boolean requiredForReads) {
    this.sources = sources;
    this.requiredForReads = requiredForReads;
  }

  /**
   * Makes keys.
   *
   * @param keys one or more, each of 1 to 512 characters of printable ASCII without a space
   * @return the keys
   * @throws IllegalArgumentException if there is no key, or one is invalid; the message has no key
   */
  public static ServiceKeys of(Collection<String> keys) {
    List<byte[]> digests = digests(keys);
    return new ServiceKeys(List.of(() -> digests), false);
  }

  /**
   * Reads keys from a file, and reads it again when it has changed: a key that was added or removed
   * counts as soon as nobody has written to the file for a second. If it cannot be read then, holds
   * no key, or one that is invalid, a warning is logged and the former keys stay.
   *
   * <p>No part of a key that is being written is ever valid: the last line of a file that is
   * written to or created in place must end with a line break. One that another file was renamed to
   * after it was written, as orchestrators replace their secrets, may end without, if the file
   * system tells so: by another real path, or by an inode that changed later than its content. A
   * first reading waits for up to five seconds if the file ends without and was written to just
   * now.
   *
   * @param file a key a line; lines of nothing but spaces are passed over
   * @return the keys
   * @throws IllegalArgumentException if it cannot be read, holds no key, or one that is not 1 to
   *     512 characters of printable ASCII without a space; the message has the line, and no key
   */
  public static ServiceKeys inFile(Path file) {
    var keys = new KeyFile(file);
    return new ServiceKeys(
        List.of(new WatchedFiles<>(List.of(file), () -> digests(keys.read()))), false);
  }

  /**
   * Adds others.
   *
   * @param others valid beside these
   * @return keys of which any is valid; required for reads if either were
   */
  public ServiceKeys and(ServiceKeys others) {
    List<Supplier<List<byte[]>>> all = new ArrayList<>(sources);
    all.addAll(others.sources);
    return new ServiceKeys(List.copyOf(all), requiredForReads || others.requiredForReads);
  }

  /**
   * Requires a key for reads as well, health checks excepted. Without this, only what registers,
   * pings and deregisters needs one.
   *
   * @return the same keys, required for reads
   */
  public ServiceKeys requiredForReads() {
    return new ServiceKeys(sources, true);
  }

  /** Says whether a request of a kind needs a key. */
  boolean isRequiredFor(RequestKind kind) {
    return switch (kind) {
      case PING, WRITE -> true;
      case READ, LIST, WATCH -> requiredForReads;
      case PROBE, NONE -> false;
    };
  }

  /** Says whether a text is one of the keys; takes as long whichever it is, if any. */
  boolean accept(String text) {
    byte[] digest = digest(text);
    boolean isKey = false;
    for (Supplier<List<byte[]>> source : sources) {
      for (byte[] key : source.get()) {
        isKey |= MessageDigest.isEqual(key, digest);
      }
    }
    return isKey;
  }

  private static List<byte[]> digests(Collection<String> keys) {
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("there is no service key in it");
    }
    return keys.stream().map(key -> digest(checked(key))).toList();
  }

  /** Returns a key if it is one; the message of the refusal has nothing of it but its length. */
  static String checked(String key) {
    boolean isPlain = key.chars().allMatch(c -> c > ' ' && c < 0x7f);
    if (key.isEmpty() || key.length() > MAX_LENGTH || !isPlain) {
      throw new IllegalArgumentException(
          "a service key is 1 to 512 characters of printable ASCII without a space; this one has "
              + (isPlain ? Integer.toString(key.length()) : "other")
              + " characters");
    }
    return key;
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Returns what they are, without any of them. */
  @Override
  public String toString() {
    return "ServiceKeys" + (requiredForReads ? " for reads too" : "");
  }
}
