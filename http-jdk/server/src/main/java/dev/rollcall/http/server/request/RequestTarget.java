package dev.rollcall.http.server.request;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The target of a request (RFC 9112, section 3.2) in its parts, with the escapes that they were
 * sent with.
 *
 * @param authority the host of a target in absolute form; null in origin form
 * @param path the path, or the whole target if it has no path
 * @param query what follows the question mark; null if there is no question mark
 */
public record RequestTarget(@Nullable String authority, String path, @Nullable String query) {

  /** Reads a target, which may be anything at all. */
  public static RequestTarget of(String target) {
    if (target.startsWith("/") && !target.startsWith("//")) {
      int hash = target.indexOf('#');
      String origin = hash < 0 ? target : target.substring(0, hash);
      int mark = origin.indexOf('?');
      return mark < 0
          ? new RequestTarget(null, origin, null)
          : new RequestTarget(null, origin.substring(0, mark), origin.substring(mark + 1));
    }
    try {
      URI uri = new URI(target);
      return new RequestTarget(
          uri.getRawAuthority(),
          Objects.requireNonNullElse(uri.getRawPath(), target),
          uri.getRawQuery());
    } catch (URISyntaxException e) {
      return new RequestTarget(null, target, null);
    }
  }

  /**
   * Returns the decoded segments below a base path, one slash at the end left out; null if the path
   * is not below it.
   *
   * @throws IllegalArgumentException if an escape is malformed
   */
  public String @Nullable [] segmentsBelow(String base) {
    if (!path.startsWith(base)
        || path.length() == base.length()
        || path.charAt(base.length()) != '/') {
      return null;
    }
    int start = base.length() + 1;
    int end = path.length() > start + 1 && path.endsWith("/") ? path.length() - 1 : path.length();
    String[] segments = new String[1 + slashesIn(start, end)];
    // Split first and decode then: an encoded slash divides nothing.
    for (int i = 0, from = start; i < segments.length; i++) {
      int slash = i == segments.length - 1 ? end : path.indexOf('/', from);
      segments[i] = decode(path.substring(from, slash));
      from = slash + 1;
    }
    return segments;
  }

  private int slashesIn(int start, int end) {
    int count = 0;
    for (int i = start; i < end; i++) {
      count += path.charAt(i) == '/' ? 1 : 0;
    }
    return count;
  }

  /**
   * Returns a part without its escapes.
   *
   * @throws IllegalArgumentException if one is malformed
   */
  static String decode(String text) {
    return decode(text, StandardCharsets.UTF_8);
  }

  /**
   * Returns a part without its escapes, which are in a given encoding.
   *
   * @throws IllegalArgumentException if one is malformed
   */
  static String decode(String text, Charset charset) {
    // URLDecoder is for forms, where a plus is a space.
    return text.indexOf('%') < 0 ? text : URLDecoder.decode(text.replace("+", "%2B"), charset);
  }
}
