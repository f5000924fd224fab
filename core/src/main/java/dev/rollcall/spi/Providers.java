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
   * Returns the first that answers: of those that the context class loader of this thread sees,
   * else of those that the loader of the interface does. The context may be another's than the
   * application's, as on the threads of the JVM's common pool where the application is one jar with
   * a loader of its own.
   *
   * @param type what it provides
   * @param what the same in words, and which jar to add where there is none, for the error
   * @throws IllegalArgumentException if none does
   * @throws ServiceConfigurationError if none does, and one of them cannot be made
   */
  static <P> P find(
      Class<P> type,
      Function<ClassLoader, ServiceLoader<P>> providers,
      Function<P, Set<String>> schemesOf,
      String schemeInAnyCase,
      String what,
      String jar) {
    String scheme = schemeInAnyCase.toLowerCase(Locale.ROOT);
    var known = new TreeSet<String>();
    @Nullable ServiceConfigurationError broken = null;
    for (ClassLoader loader : loaders(type)) {
      try {
        for (P provider : providers.apply(loader)) {
          Set<String> schemes = schemesOf.apply(provider);
          if (schemes.contains(scheme)) {
            return provider;
          }
          known.addAll(schemes);
        }
      } catch (ServiceConfigurationError e) {
        broken = e; // such as a provider of another application's, which has another interface
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
    Set<ClassLoader> loaders = new LinkedHashSet<>(); // holds null, the loader of the JDK
    loaders.add(Thread.currentThread().getContextClassLoader());
    loaders.add(type.getClassLoader());
    return loaders;
  }
}
