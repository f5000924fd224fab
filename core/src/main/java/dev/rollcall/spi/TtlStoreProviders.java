package dev.rollcall.spi;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the provider for a URI. */
final class TtlStoreProviders {
  private static final Pattern SEVERAL_HOSTS =
      Pattern.compile("([^:/?#]+://)([^/?#]*,[^/?#]*)(.*)", Pattern.DOTALL);

  private TtlStoreProviders() {}

  static TtlStore open(String text) {
    URI uri = parse(text);
    return Providers.find(
            TtlStoreProvider.class,
            TtlStoreProvider::schemes,
            uri.getScheme(),
            "store",
            "rollcall-store-memory")
        .open(uri);
  }

  private static URI parse(String text) {
    try {
      // RFC 3986 allows a scheme alone; java.net.URI does not.
      URI uri = new URI(withBracketsEscaped(isSchemeAlone(text) ? text + '/' : text));
      if (uri.getScheme() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Neither the text nor this error, which repeats it, is shown: it may hold a password.
      throw new IllegalArgumentException(
          "the store is not a URI: " + e.getReason() + " at character " + (e.getIndex() + 1));
    }
    throw new IllegalArgumentException(
        "a store URI starts with a scheme, as in memory: ; this one has no scheme");
  }

  private static boolean isSchemeAlone(String text) {
    return text.indexOf(':') == text.length() - 1;
  }

  /** Escapes the brackets of IPv6 addresses among several hosts: a URI allows them for one only. */
  private static String withBracketsEscaped(String text) {
    Matcher parts = SEVERAL_HOSTS.matcher(text);
    return parts.matches()
        ? parts.group(1) + parts.group(2).replace("[", "%5B").replace("]", "%5D") + parts.group(3)
        : text;
  }
}
