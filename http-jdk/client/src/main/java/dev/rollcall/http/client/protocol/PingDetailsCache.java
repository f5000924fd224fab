package dev.rollcall.http.client.protocol;

import dev.rollcall.http.client.json.ResponseFields;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import okhttp3.HttpUrl;

/**
 * What the registry said about the services that were registered through this client, for later
 * pings. Bounded: beyond the bound the oldest are forgotten, and pinged as unknown services are.
 *
 * <p>Safe for use by any number of threads.
 */
final class PingDetailsCache {
  private static final int MAX_SERVICES = 100_000;

  private final Map<String, PingDetails> services = new LinkedHashMap<>();

  /**
   * How to ping a service.
   *
   * @param ttl how long a ping keeps it alive
   * @param pingUrl where to ping it; empty for the usual URL
   */
  record PingDetails(Duration ttl, Optional<HttpUrl> pingUrl) {
    private boolean isUsual() {
      return pingUrl.isEmpty() && ttl.equals(ResponseFields.DEFAULT_TTL);
    }
  }

  private static final PingDetails DEFAULT =
      new PingDetails(ResponseFields.DEFAULT_TTL, Optional.empty());

  synchronized PingDetails of(String id) {
    return services.getOrDefault(id, DEFAULT);
  }

  synchronized void remember(String id, PingDetails details) {
    services.remove(id); // otherwise it would keep its place in the order
    if (details.isUsual()) {
      return;
    }
    services.put(id, details);
    if (services.size() > MAX_SERVICES) {
      Iterator<String> oldest = services.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  /**
   * Forgets a service, unless it has registered again since these details were read. They are
   * compared by identity: a record's {@code equals} keeps its class, and with it the class loader
   * of everything here, in a cache of the JDK for ever.
   */
  @SuppressWarnings("ReferenceEquality")
  synchronized void forget(String id, PingDetails details) {
    if (services.get(id) == details) {
      services.remove(id);
    }
  }
}
