package dev.rollcall.spi;

import java.util.Locale;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Finds the provider that answers for the scheme of a URI. */
final class Providers {
  private Providers() {}

  /**
   * Returns the first that answers.
   *
   * @param what it provides, and which jar to add where there is none, for the error
   * @throws IllegalArgumentException if none does
   */
  static <P> P find(
      ServiceLoader<P> providers,
      Function<P, Set<String>> schemesOf,
      String schemeInAnyCase,
      String what,
      String jar) {
    String scheme = schemeInAnyCase.toLowerCase(Locale.ROOT);
    var known = new TreeSet<String>();
    for (P provider : providers) {
      Set<String> schemes = schemesOf.apply(provider);
      if (schemes.contains(scheme)) {
        return provider;
      }
      known.addAll(schemes);
    }
    throw new IllegalArgumentException(
        "no "
            + what
            + " on the class path answers for '"
            + scheme
            + ":'; "
            + (known.isEmpty()
                ? "add a " + what + "'s jar, such as " + jar
                : "those there answer for " + String.join(", ", known)));
  }
}
