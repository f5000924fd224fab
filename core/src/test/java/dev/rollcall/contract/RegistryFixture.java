package dev.rollcall.contract;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import java.time.Duration;
import java.util.Map;

/**
 * What a subclass gives to the contract: a registry, empty at each test, and a hand on its time.
 */
public interface RegistryFixture {
  /** The ttl of {@link #aService()}. */
  Duration TTL = Duration.ofSeconds(30);

  /** Returns the registry under test, the same throughout one test. */
  ServiceRegistry registry();

  /** Lets time pass for every lease in the registry, to the millisecond. */
  void elapse(Duration time);

  /** Returns how often a race is run; each has failed a naive store well within this. */
  default int rounds() {
    return 2_000;
  }

  /** Returns how much later than stated a lease may end, where the clock cannot be held still. */
  default Duration clockTolerance() {
    return Duration.ZERO;
  }

  /** Starts an ordinary registration, without an id. */
  static Registration.Builder aService() {
    return Registration.of("http://my-service:8000")
        .info(Map.of("display_name", "My Service"))
        .ttl(TTL);
  }

  /** Starts an ordinary registration with an id. */
  static Registration.Builder aService(String id) {
    return aService().id(id);
  }
}
