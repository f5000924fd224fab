package dev.rollcall.examples.springboot;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.ServiceRegistryContract;
import dev.rollcall.http.client.HttpServiceRegistry;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** The contract across a real socket: client, servlet, and a store in memory behind it. */
class ServletRegistryContractTest extends ServiceRegistryContract {
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
  public boolean keepsHistory() {
    return true;
  }

  @Override
  public int rounds() {
    return 150;
  }

  @Override
  public boolean tellsCauses() {
    return true;
  }
}
