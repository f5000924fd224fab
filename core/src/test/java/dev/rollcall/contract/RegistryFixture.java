package dev.rollcall.contract;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import java.util.Map;

/**
 * What a subclass gives to the contract: a registry, empty at each test, and a hand on its time.
 */
public interface RegistryFixture extends TimeFixture {

  /** Returns the registry under test, the same throughout one test. */
  ServiceRegistry registry();

  /** Starts an ordinary registration, without an id. */
  static Registration.Builder aService() {
    return Registration.builder("http://my-service:8000")
        .info(Map.of("display_name", "My Service"))
        .ttl(TTL);
  }

  /** Starts an ordinary registration with an id. */
  static Registration.Builder aService(String id) {
    return aService().id(id);
  }
}
