package dev.rollcall.spi;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds the provider that answers for the scheme of a URI. */
final class Providers {
  private Providers() {}

  /**
   * Returns the first provider that answers for a scheme: one that the context class loader of this
   * thread sees, otherwise one that the loader of the interface sees. The context class loader may
   * not be the application's, as on the threads of the JVM's common pool where the application is
   * one jar with a loader of its own.
   *
   * @param type the provider's interface
   * @param what what it provides, for the message
   * @param jar which jar to add if there is no provider, for the message
   * @throws IllegalArgumentException if no provider answers
   * @throws ServiceConfigurationError if no provider answers, and one of them cannot be created
   */
  static <P> P find(
      Class<P> type,
      Function<P, Set<String>> schemesOf,
      String schemeInAnyCase,
      String what,
      String jar) {
    String scheme = schemeInAnyCase.toLowerCase(Locale.ROOT);
    var known = new TreeSet<String>();
    @Nullable ServiceConfigurationError broken = null;
    for (ClassLoader loader : loaders(type)) {
      try {
        for (P provider : ServiceLoader.load(type, loader)) {
          Set<String> schemes = schemesOf.apply(provider);
          if (schemes.contains(scheme)) {
            return provider;
          }
          known.addAll(schemes);
        }
      } catch (ServiceConfigurationError e) {
        broken = e; // such as another application's provider, of another version of the interface
      }
    }
    if (broken != null) {
      throw broken;
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

  private static Set<ClassLoader> loaders(Class<?> type) {
    Set<ClassLoader> loaders = new LinkedHashSet<>(); // may hold null, the JDK's loader
    loaders.add(Thread.currentThread().getContextClassLoader());
    loaders.add(type.getClassLoader());
    return loaders;
  }
}
