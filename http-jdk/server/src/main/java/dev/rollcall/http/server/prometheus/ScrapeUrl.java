package dev.rollcall.http.server.prometheus;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parts of a service's url from which Prometheus makes the URL that it scrapes.
 *
 * @param scheme {@code http} or {@code https}
 * @param address the host, one of IPv6 in brackets, and the port, which is always there
 * @param basePath the path without a slash at its end; empty for the root
 */
record ScrapeUrl(String scheme, String address, String basePath) {
  /** The longest url that a service can register with. */
  private static final int MAX_LENGTH = 2_048;

  private static final int MAX_PORT = 65_535;

  private static final Pattern FORM =
      Pattern.compile(
          "(?<scheme>(?i:https?))://"
              + "(?<host>\\[[0-9A-Fa-f:.]+(?:%[\\w.-]+)?]|[^\\s/?#@:\\[\\]\\\\]+)"
              + "(?::(?<port>\\d{0,5}))?"
              + "(?<path>/[^\\s?#]*)?"
              + "(?:[?#]\\S*)?");

  /**
   * Reads a url. Another registry over the same store may have accepted a text that is not a url.
   *
   * @return its parts; empty if there is nothing to scrape at it
   */
  static Optional<ScrapeUrl> of(String url) {
    Matcher parts = FORM.matcher(url);
    if (url.length() > MAX_LENGTH || !parts.matches()) {
      return Optional.empty();
    }
    String scheme = parts.group("scheme").toLowerCase(Locale.ROOT);
    int port = port(scheme, parts.group("port"));
    if (port > MAX_PORT) {
      return Optional.empty();
    }
    return Optional.of(
        new ScrapeUrl(
            scheme, parts.group("host") + ':' + port, withoutSlashAtEnd(parts.group("path"))));
  }

  private static int port(String scheme, String digits) {
    if (digits == null || digits.isEmpty()) {
      return scheme.equals("https") ? 443 : 80;
    }
    return Integer.parseInt(digits);
  }

  private static String withoutSlashAtEnd(String path) {
    int end = path == null ? 0 : path.length();
    while (end > 0 && path.charAt(end - 1) == '/') {
      end--;
    }
    return end == 0 ? "" : path.substring(0, end);
  }
}
