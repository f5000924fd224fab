package dev.rollcall.store.valkey;

import dev.rollcall.Service;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decodes what the scripts return, and logs once each value that is not a service. */
final class StoredServiceReader {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.store.valkey");

  /** What {@code PEXPIRETIME} returns for a key without an expiry. */
  private static final long NEVER = -1;

  /** What {@code PEXPIRETIME} returns for a key that does not exist. */
  private static final long NO_KEY = -2;

  /** How many ids are remembered as logged. The oldest are forgotten, and may be logged again. */
  private static final int MAX_REMEMBERED = 1_000;

  private final Duration defaultTtl;
  private final Set<String> logged =
      Collections.synchronizedSet(
          Collections.newSetFromMap(
              new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                  return size() > MAX_REMEMBERED;
                }
              }));

  StoredServiceReader(Duration defaultTtl) {
    this.defaultTtl = defaultTtl;
  }

  Duration defaultTtl() {
    return defaultTtl;
  }

  /**
   * Returns the service of an id.
   *
   * @param value what its key holds, or null if there is no string
   * @param endMillis when its lease ends, {@link #NEVER}, or {@link #NO_KEY}
   * @param nowMillis when this was read, by the server's clock
   */
  Optional<Service> read(String id, byte @Nullable [] value, long endMillis, long nowMillis) {
    if (endMillis == NO_KEY) {
      return Optional.empty();
    }
    Optional<Service> service =
        value == null || endMillis == NEVER
            ? Optional.empty()
            : StoredService.read(id, value, endMillis, nowMillis, defaultTtl);
    if (service.isEmpty() && logged.add(id)) {
      LOG.warn("The value of '{}' is not a service with a lease; it is ignored", id);
    }
    return service;
  }
}
