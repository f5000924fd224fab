package dev.rollcall.spi;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.TreeSet;

/** Finds the provider for a URI. */
final class TtlStoreProviders {
  private TtlStoreProviders() {}

  static TtlStore open(String text) {
    URI uri = parse(text);
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    var known = new TreeSet<String>();
    for (TtlStoreProvider provider : ServiceLoader.load(TtlStoreProvider.class)) {
      if (provider.schemes().contains(scheme)) {
        return provider.open(uri);
      }
      known.addAll(provider.schemes());
    }
    throw new IllegalArgumentException(
        "no store on the class path answers for '"
            + scheme
            + ":'; "
            + (known.isEmpty()
                ? "add a store's jar, such as rollcall-store-memory"
                : "those there answer for " + String.join(", ", known)));
  }

  private static URI parse(String text) {
    try {
      // RFC 3986 knows a scheme alone; java.net.URI does not.
      URI uri = new URI(text.endsWith(":") ? text + '/' : text);
      if (uri.getScheme() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Neither the text nor this error, which repeats it, is shown: it may hold a password.
      throw new IllegalArgumentException(
          "the store is no URI: " + e.getReason() + " at character " + (e.getIndex() + 1));
    }
    throw new IllegalArgumentException(
        "a store URI starts with a scheme, as in memory: ; this one has none");
  }
}
