package dev.rollcall.examples;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.client.HttpServiceRegistry;
import dev.rollcall.http.server.jdk.RegistryHttpServer;

/**
 * A server that has no services of its own: it shows those of another registry. All its event
 * streams together are one stream at that registry. So relays let many clients watch one registry,
 * and let the clients of one region watch the registry of another.
 *
 * <p>While the other registry cannot be reached, streams go on with what was known, and say since
 * when; other reads get 503. Give the relay a read-only key of the other registry: then that
 * registry refuses what clients of the relay want to change.
 */
public final class Relay {
  private Relay() {}

  /**
   * Serves until the process is stopped.
   *
   * @param args the URL of the other registry, and the port to serve at; {@code
   *     SERVICEKIT_REGISTRATION_KEY} in the environment has the key
   * @throws Exception if it cannot listen
   */
  public static void main(String[] args) throws Exception {
    HttpServiceRegistry.Builder other = HttpServiceRegistry.builder(args[0]);
    String key = System.getenv("SERVICEKIT_REGISTRATION_KEY");
    if (key != null) {
      other.serviceKey(key);
    }
    ServiceRegistry registry = other.build();
    RegistryHttpServer server =
        RegistryHttpServer.builder(registry).port(Integer.parseInt(args[1])).start();
    System.out.println("Relays " + args[0] + " at " + server.url());
  }
}
