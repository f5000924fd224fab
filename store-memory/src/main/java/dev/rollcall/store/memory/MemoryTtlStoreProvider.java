package dev.rollcall.store.memory;

import dev.rollcall.spi.TtlStore;
import dev.rollcall.spi.TtlStoreProvider;
import java.net.URI;
import java.util.Set;

/** Answers for {@code memory:} and {@code memory:?max-services=N}. */
public final class MemoryTtlStoreProvider implements TtlStoreProvider {
  private static final String MAX_SERVICES = "max-services=";

  /** Made by {@link java.util.ServiceLoader}. */
  public MemoryTtlStoreProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of("memory");
  }

  @Override
  public TtlStore open(URI uri) {
    String rest = uri.getRawSchemeSpecificPart().replaceFirst("^/{1,3}", "");
    if (rest.isEmpty()) {
      return MemoryTtlStore.builder().build();
    }
    if (rest.startsWith("?" + MAX_SERVICES)) {
      return MemoryTtlStore.builder()
          .maxServices(count(rest.substring(1 + MAX_SERVICES.length())))
          .build();
    }
    throw new IllegalArgumentException(
        "a memory store is opened by memory: or memory:?" + MAX_SERVICES + "N, by nothing else");
  }

  private static int count(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          MAX_SERVICES + " takes a whole number from 1 to 2147483647, not '" + text + "'", e);
    }
  }
}
