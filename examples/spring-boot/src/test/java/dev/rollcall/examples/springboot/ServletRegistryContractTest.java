package dev.rollcall.examples.springboot;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.BoundsContract;
import dev.rollcall.contract.ExpiryRaceContract;
import dev.rollcall.contract.FenceContract;
import dev.rollcall.contract.InfoContract;
import dev.rollcall.contract.LeaseContract;
import dev.rollcall.contract.QueryContract;
import dev.rollcall.contract.RaceContract;
import dev.rollcall.contract.RegistrationContract;
import dev.rollcall.contract.WatchProbe;
import dev.rollcall.discovery.Query;
import dev.rollcall.http.client.HttpServiceRegistry;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The contract across a real socket: client, servlet, and a store in memory behind it. The servlet
 * keeps no response open, so the client polls where it watches: one test of that takes long enough.
 */
class ServletRegistryContractTest
    implements RegistrationContract,
        QueryContract,
        LeaseContract,
        FenceContract,
        BoundsContract,
        InfoContract,
        RaceContract,
        ExpiryRaceContract {
  private final TomcatRegistry served = new TomcatRegistry(endpoints -> endpoints);
  private final ServiceRegistry registry =
      HttpServiceRegistry.builder("http://127.0.0.1:" + served.address().getPort())
          .wallClock(served.clock())
          .build();

  @AfterEach
  void close() {
    registry.close();
    served.close();
  }

  @Override
  public ServiceRegistry registry() {
    return registry;
  }

  @Override
  public void elapse(Duration time) {
    served.clock().advance(time);
  }

  @Override
  public int rounds() {
    return 150;
  }

  @Test
  void aWatchIsToldOfWhatAPollFinds() {
    try (WatchProbe probe = WatchProbe.open(registry, Query.all())) {
      probe.awaitIds();
      registry.register(Registration.builder("http://h:8000").id("a").build());

      probe.awaitIds("a");
    }
  }
}
