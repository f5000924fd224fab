package dev.rollcall.http.server;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page in a browser, over a registry with real leases whose store can be made to fail. */
@Timeout(120)
abstract class PageFixture {
  @TempDir private static Path profile;
  static Chromium browser;

  final AtomicBoolean storeIsDown = new AtomicBoolean();

  /** Counted down by each call that is going to fail. */
  volatile CountDownLatch failing = new CountDownLatch(0);

  /** What such a call waits for. */
  volatile CountDownLatch mayFail = new CountDownLatch(0);

  final ServiceRegistry registry = failable(ServiceRegistry.open("memory:"));
  RegistryHttpServer server;

  @BeforeAll
  static void startBrowser() {
    browser = new Chromium(profile);
  }

  @AfterAll
  static void stopBrowser() {
    browser.close();
  }

  @BeforeEach
  void serve() {
    browser.resize(1200, 900);
    server = RegistryHttpServer.builder(registry).start();
    browser.console();
    browser.requested();
  }

  @AfterEach
  void stop() {
    browser.driver().get("about:blank"); // it polls no more
    server.close();
    registry.close();
  }

  /** A registry whose store can be made to fail. */
  private ServiceRegistry failable(ServiceRegistry real) {
    return (ServiceRegistry)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ServiceRegistry.class},
            (proxy, method, arguments) -> {
              if (storeIsDown.get() && !method.getName().equals("close")) {
                failing.countDown();
                mayFail.await();
                throw new StoreUnavailableException("down", null, null);
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  void register(String id, Map<String, Object> info) {
    registry.register(Registration.builder("http://" + id + ":8000").id(id).info(info).build());
  }

  void register(int count) {
    for (int i = 0; i < count; i++) {
      register("s%04d".formatted(i), Map.of("display_name", "Service " + i, "version", "1." + i));
    }
  }

  void open() {
    browser.driver().get(server.url() + "/");
    browser.await("performance.getEntriesByName('rollcall-listed').length === 1");
  }

  static List<String> names() {
    return browser.texts(".name");
  }
}
