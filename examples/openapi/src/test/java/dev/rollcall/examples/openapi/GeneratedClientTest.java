package dev.rollcall.examples.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.ServiceKeys;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.math.BigDecimal;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.example.rollcall.ApiClient;
import org.example.rollcall.ApiException;
import org.example.rollcall.api.ServerApi;
import org.example.rollcall.api.ServicesApi;
import org.example.rollcall.model.Alive;
import org.example.rollcall.model.Info;
import org.example.rollcall.model.LeaseToPing;
import org.example.rollcall.model.PingBatch;
import org.example.rollcall.model.PingOutcome;
import org.example.rollcall.model.Registered;
import org.example.rollcall.model.Registration;
import org.example.rollcall.model.Service;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client that was generated from the OpenAPI document, at a server. */
class GeneratedClientTest {
  private static final String KEY = "a-service-key";

  private final ServiceRegistry registry = ServiceRegistry.open("memory:");
  private RegistryHttpServer server;
  private ServicesApi services;

  @BeforeEach
  void start() {
    RegistryEndpoints endpoints =
        RegistryEndpoints.builder(registry).serviceKeys(ServiceKeys.of(List.of(KEY))).build();
    server = RegistryHttpServer.builder(endpoints).start();
    services = new ServicesApi(clientWith(KEY));
  }

  private ApiClient clientWith(String key) {
    ApiClient client = new ApiClient();
    client.updateBaseUri(server.url().toString());
    return client.setRequestInterceptor(request -> request.header("X-Service-Key", key));
  }

  @AfterEach
  void stop() {
    server.close();
    registry.close();
  }

  private Registered register(String id) throws ApiException {
    return services.register(
        new Registration()
            .id(id)
            .name("orders")
            .url(URI.create("http://orders:8000"))
            .ttlSeconds(new BigDecimal("60"))
            .info(new Info().version("1.0.0").putAdditionalProperty("tags", List.of("blue"))));
  }

  @Test
  void itTakesAServiceThroughItsLife() throws ApiException {
    Registered lease = register("orders-1");
    assertThat(lease.getStatus().getValue()).isEqualTo("registered");
    assertThat(lease.getTtlSeconds()).isEqualByComparingTo("60");

    Alive alive = services.ping("orders-1", lease.getLeaseId());
    assertThat(alive.getExpiresAt()).isEqualTo(alive.getLastPingAt().plusSeconds(60));

    List<Service> listed =
        services.listServices(List.of("orders"), 10, null, null, null, null).getServices();
    assertThat(listed).extracting(Service::getId).containsExactly("orders-1");

    Service found = services.find("orders-1");
    assertThat(found.getUrl()).isEqualTo(URI.create("http://orders:8000"));
    assertThat(found.getInfo().getVersion()).isEqualTo("1.0.0");
    assertThat(found.getInfo().getAdditionalProperties())
        .isEqualTo(Map.of("tags", List.of("blue")));

    assertThat(services.deregister("orders-1", lease.getLeaseId()).getService().getId())
        .isEqualTo("orders-1");
    assertThat(registry.list()).isEmpty();
  }

  @Test
  void itPingsManyServicesInOneRequest() throws ApiException {
    Registered lease = register("orders-1");
    PingBatch batch =
        new PingBatch()
            .addLeasesItem(new LeaseToPing().id("orders-1").leaseId(lease.getLeaseId()))
            .addLeasesItem(new LeaseToPing().id("nobody"));

    assertThat(services.pingBatch(batch).getOutcomes())
        .extracting(PingOutcome::getStatus)
        .containsExactly(200, 404);
  }

  @Test
  void itIsToldWhatIsWrong() throws ApiException {
    register("orders-1");

    assertProblem(404, "not-found", () -> services.find("nobody"));
    assertProblem(404, "not-found", () -> services.ping("nobody", null));
    assertProblem(409, "superseded", () -> services.ping("orders-1", "01M84S401H4R260E75QAS22SQ3"));
    assertProblem(422, "invalid", () -> register("-"));
    assertProblem(
        401,
        "unauthorized",
        () -> new ServicesApi(clientWith("another-key")).deregister("orders-1", null));
    assertThat(registry.list()).hasSize(1);
  }

  private interface Call {
    void run() throws ApiException;
  }

  private static void assertProblem(int status, String type, Call call) {
    ApiException problem = catchThrowableOfType(ApiException.class, call::run);
    assertThat(problem.getCode()).isEqualTo(status);
    assertThat(problem.getResponseBody()).contains("urn:rollcall:error:" + type);
  }

  @Test
  void itAsksForTheHealthOfTheServer() throws ApiException {
    assertThat(new ServerApi(clientWith(KEY)).ready().getStatus().getValue()).isEqualTo("ready");
  }
}
