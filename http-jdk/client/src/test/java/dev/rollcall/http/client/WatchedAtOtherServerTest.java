package dev.rollcall.http.client;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.QueryContract;
import dev.rollcall.contract.WatchContract;
import dev.rollcall.contract.control.ForwardingRegistry;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two servers that share a Valkey: all is written at one, and read and watched at the other. */
class WatchedAtOtherServerTest implements WatchContract, QueryContract {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  private OverHttp written;
  private OverHttp watched;
  private ServiceRegistry registry;

  @BeforeEach
  void open() {
    written = new OverHttp(VALKEY.uri());
    watched = new OverHttp(VALKEY.uri());
    registry = new WrittenHereReadThere(written.client(), watched.client());
  }

  @AfterEach
  void close() {
    watched.close();
    written.close();
  }

  @Override
  public ServiceRegistry registry() {
    return registry;
  }

  @Override
  public boolean tellsCauses() {
    return true;
  }

  @Override
  public void elapse(Duration time) {
    VALKEY.elapse(time);
  }

  @Override
  public int rounds() {
    return 100;
  }

  @Override
  public Duration clockTolerance() {
    return Duration.ofMillis(900);
  }

  /** Reads and watches at one registry, and writes at another. */
  private static final class WrittenHereReadThere extends ForwardingRegistry {
    private final ServiceRegistry here;

    WrittenHereReadThere(ServiceRegistry here, ServiceRegistry there) {
      super(there);
      this.here = here;
    }

    @Override
    public Lease register(Registration registration) {
      return here.register(registration);
    }

    @Override
    public Optional<Lease> ping(String id, Fence fence) {
      return here.ping(id, fence);
    }

    @Override
    public Optional<Service> deregister(String id, Fence fence) {
      return here.deregister(id, fence);
    }

    @Override
    public void close() {
      here.close();
      super.close();
    }
  }
}
