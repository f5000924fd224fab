package dev.rollcall.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.discovery.Query;
import dev.rollcall.http.client.HttpServiceRegistry;
import dev.rollcall.http.server.harness.RawStream;
import dev.rollcall.http.server.harness.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.support.GenericApplicationContext;

/** The application as it stands, on a Tomcat of its own. */
class RegistryApplicationTest {
  private static final String NAME = "spring-boot-example";

  private final BeforeTheWebServer beforeTheWebServer = new BeforeTheWebServer();
  private final ConfigurableApplicationContext application =
      new SpringApplicationBuilder(RegistryApplication.class)
          .initializers(
              context ->
                  ((GenericApplicationContext) context)
                      .registerBean(BeforeTheWebServer.class, () -> beforeTheWebServer))
          .run("--server.port=0", "--server.address=127.0.0.1", "--spring.main.banner-mode=off");
  private final int port =
      application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  private final Wire wire = new Wire(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));

  @AfterEach
  void close() {
    application.close();
  }

  /** Runs when the application stops, while its web server still serves. */
  private static final class BeforeTheWebServer implements SmartLifecycle {
    private final AtomicReference<Runnable> action = new AtomicReference<>(() -> {});
    private boolean isRunning;

    @Override
    public void start() {
      isRunning = true;
    }

    @Override
    public void stop() {
      isRunning = false;
      action.get().run();
    }

    @Override
    public boolean isRunning() {
      return isRunning;
    }
  }

  @Test
  void itIsRegisteredOnceItIsReady() {
    try (ServiceRegistry registry =
        HttpServiceRegistry.connect("http://127.0.0.1:" + port + "/registry")) {
      assertThat(registry.list())
          .extracting(Service::name, Service::url)
          .containsExactly(tuple(NAME, "http://localhost:" + port));
    }
  }

  @Test
  void othersRegisterUnderItsPath() {
    try (ServiceRegistry registry =
        HttpServiceRegistry.connect("http://127.0.0.1:" + port + "/registry")) {
      var lease = registry.register(Registration.builder("http://other:8000").id("other").build());

      assertThat(registry.ping(lease.id())).isPresent();
      assertThat(application.getBean(ServiceRegistry.class).find("other")).isPresent();
    }
    assertThat(wire.get("/registry/health/ready").status()).isEqualTo(200);
    assertThat(wire.get("/registry").header("Location")).isEqualTo("registry/");
  }

  @Test
  @Timeout(20) // The web server would wait for 30 seconds.
  void aStreamIsToldWhereToGoOnAndEndsBeforeTheWebServerStops() throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (RawStream stream = RawStream.open(address, "/registry/services")) {
      stream.untilSync();

      application.close();

      assertThat(stream.untilEnd()).endsWith("sync", "retry");
    }
  }

  @Test
  void itIsDeregisteredBeforeItsWebServerStops() {
    String path =
        "/registry/services/"
            + application.getBean(ServiceRegistry.class).list(Query.named(NAME)).get(0).id();
    AtomicReference<Integer> find = new AtomicReference<>();
    AtomicReference<Integer> ready = new AtomicReference<>();
    beforeTheWebServer.action.set(
        () -> {
          find.set(wire.get(path).status());
          ready.set(wire.get("/registry/health/ready").status());
        });
    assertThat(wire.get(path).status()).isEqualTo(200);

    application.close();

    assertThat(find).hasValue(404);
    assertThat(ready).hasValue(503);
  }
}
