package dev.rollcall.http.client;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.ServiceRegistryContract;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.spi.AsyncRegistry;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract over two servers that share a Valkey, each call on either of them at random. */
class TwoServersRegistryTest extends ServiceRegistryContract {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  private final Random random = new Random(1);
  private final List<AutoCloseable> opened = new ArrayList<>();
  private ServiceRegistry either;

  @BeforeEach
  void open() {
    ServiceRegistry one = aServersClient();
    ServiceRegistry other = aServersClient();
    either =
        (ServiceRegistry)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ServiceRegistry.class, AsyncRegistry.class},
                (proxy, method, arguments) -> {
                  try {
                    return method.invoke(random.nextBoolean() ? one : other, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
  }

  private ServiceRegistry aServersClient() {
    TtlStore store = TtlStore.open(VALKEY.uri());
    RegistryHttpServer server = RegistryHttpServer.builder(ServiceRegistry.over(store)).start();
    ServiceRegistry client = HttpServiceRegistry.connect(server.url().toString());
    opened.addAll(0, List.of(client, server, store));
    return client;
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  @Override
  public ServiceRegistry registry() {
    return either;
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
  public boolean keepsHistory() {
    return true;
  }

  @Override
  public Set<ServiceEvent.Type> endsOfLeases() {
    return Set.of(ServiceEvent.Type.EXPIRED, ServiceEvent.Type.LOST);
  }

  @Override
  public boolean recordsEachRefusal() {
    return false;
  }

  @Override
  public int rounds() {
    return 100;
  }

  @Override
  public Duration clockTolerance() {
    return Duration.ofMillis(900);
  }
}
