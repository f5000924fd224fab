package dev.rollcall.spi;

import dev.rollcall.ServiceRegistry;
import java.util.ServiceLoader;
import java.util.Set;

/**
 * Opens registries by URL, for a {@link dev.rollcall.registrar.Registrar} that is given one. Named
 * in {@code META-INF/services/dev.rollcall.spi.ServiceRegistryProvider} and in the module's {@code
 * provides}, it is found where its jar is.
 */
public interface ServiceRegistryProvider {

  /**
   * Returns the URL schemes that it answers for, in lower case.
   *
   * @return the schemes, such as {@code http}
   */
  Set<String> schemes();

  /**
   * Opens a registry. Nothing is sent before its first call.
   *
   * @param target its url has one of the schemes
   * @return the registry, the caller's to close; preferably an {@link AsyncRegistry}, too
   * @throws IllegalArgumentException if it cannot open this; the message says which part is wrong
   *     and what is possible, and shows no key and no password
   */
  ServiceRegistry open(RegistryTarget target);

  /**
   * Finds the first provider that answers for the scheme of a URL.
   *
   * <p>Providers are found by {@link ServiceLoader}, through the context class loader of the
   * calling thread, then through the loader of this interface.
   *
   * @param url starts with a scheme and a colon
   * @return the provider
   * @throws IllegalArgumentException if the URL has no scheme, or no provider answers for it
   */
  static ServiceRegistryProvider forUrl(String url) {
    int colon = url.indexOf(':');
    if (colon <= 0 || !url.substring(0, colon).matches("[A-Za-z][A-Za-z0-9+.-]*")) {
      throw new IllegalArgumentException(
          "a registry's url starts with a scheme, as in http://registry:9000 ; this one has no scheme");
    }
    return Providers.find(
        ServiceRegistryProvider.class,
        ServiceRegistryProvider::schemes,
        url.substring(0, colon),
        "registry client",
        "rollcall-http-client");
  }
}
