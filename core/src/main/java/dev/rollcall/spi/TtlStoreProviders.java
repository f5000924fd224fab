package dev.rollcall.spi;

import java.net.URI;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.TreeSet;

/** Finds the provider for a URI. */
final class TtlStoreProviders {
  private TtlStoreProviders() {}

  static TtlStore open(URI uri) {
    if (uri.getScheme() == null) {
      throw new IllegalArgumentException(
          "a store URI starts with a scheme, as in memory: ; this one has none");
    }
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
}
