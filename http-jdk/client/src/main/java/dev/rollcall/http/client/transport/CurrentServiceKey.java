package dev.rollcall.http.client.transport;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The service key of requests, which may change between two of them. It remembers the last two
 * keys: an answer to a request with the former one may repeat it after the change.
 *
 * <p>Safe for use by any number of threads.
 */
final class CurrentServiceKey {
  private static final int MAX_LENGTH = 512;
  private static final Pattern FORM = Pattern.compile("[!-~]([ -~]*[!-~])?");

  private final Supplier<String> source;
  private final AtomicReference<List<String>> used;

  /**
   * Asks for the key for the first time.
   *
   * @throws IllegalArgumentException if it is not valid; the message has no key
   */
  CurrentServiceKey(Supplier<String> source) {
    this.source = source;
    this.used = new AtomicReference<>(List.of(checked(source.get())));
  }

  private static String checked(String key) {
    if (key.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "a service key is at most "
              + MAX_LENGTH
              + " characters long, as servers have it; this one has "
              + key.length());
    }
    if (!FORM.matcher(key).matches()) {
      throw new IllegalArgumentException(
          "a service key is one or more visible characters of ASCII, without spaces around them");
    }
    return key;
  }

  /**
   * Returns the key for the next request.
   *
   * @throws IOException if the supplier fails, or returns what is not a key
   */
  String next() throws IOException {
    try {
      String key = checked(source.get());
      used.updateAndGet(keys -> key.equals(keys.get(0)) ? keys : List.of(key, keys.get(0)));
      return key;
    } catch (RuntimeException e) {
      String reason = Objects.toString(e.getMessage(), e.getClass().getSimpleName());
      throw new IOException("there is no service key to send: " + reason, e);
    }
  }

  /** Returns the keys that no message may show. */
  List<String> used() {
    return used.get();
  }

  /** Returns what it is, without a key. */
  @Override
  public String toString() {
    return "CurrentServiceKey";
  }
}
