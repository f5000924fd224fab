package dev.rollcall.spi;

import java.net.URI;
import java.util.Set;

/**
 * Opens stores by URI. Named in {@code META-INF/services/dev.rollcall.spi.TtlStoreProvider} and in
 * the module's {@code provides}, it is found where its jar is.
 */
public interface TtlStoreProvider {

  /**
   * Returns the URI schemes that it answers for, in lower case.
   *
   * @return the schemes, such as {@code memory}
   */
  Set<String> schemes();

  /**
   * Opens a store.
   *
   * @param uri has one of the schemes; a scheme alone, such as {@code memory:}, comes with the path
   *     {@code /}
   * @return the store, the caller's to close
   * @throws IllegalArgumentException if the store does not support what the URI asks for; the
   *     message says which part is wrong and what is possible, and shows no password
   * @throws dev.rollcall.StoreUnavailableException if the store could not be reached
   */
  TtlStore open(URI uri);
}
