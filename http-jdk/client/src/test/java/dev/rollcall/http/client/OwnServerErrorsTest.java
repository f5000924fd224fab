package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Registration;
import dev.rollcall.RegistryException;
import dev.rollcall.RegistryFullException;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.RejectedException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.http.client.log.TextSanitizer;
import dev.rollcall.http.client.protocol.CallDescription;
import dev.rollcall.http.client.protocol.Endpoints;
import dev.rollcall.http.client.protocol.ErrorDecoder;
import dev.rollcall.http.client.protocol.Operation;
import dev.rollcall.http.client.protocol.ProtocolRequests;
import dev.rollcall.http.client.transport.Transport;
import dev.rollcall.http.client.transport.TransportSettings;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.RequestLimits;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.spi.TtlStore;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Rollcall's own server answers to bad input is what the caller of the client reads. */
class OwnServerErrorsTest {
  private static final int MAX_BODY = 2_000;

  private final ServiceRegistry behind = ServiceRegistry.open("memory:?max-services=1");
  private final RegistryHttpServer server = serve(behind);
  private final HttpServiceRegistry registry = HttpServiceRegistry.connect(server.url().toString());

  private static RegistryHttpServer serve(ServiceRegistry registry) {
    return RegistryHttpServer.builder(
            RegistryEndpoints.builder(registry)
                .limits(RequestLimits.builder().maxBodyBytes(MAX_BODY).build())
                .build())
        .start();
  }

  @AfterEach
  void close() {
    registry.close();
    server.close();
    behind.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json|{|400: The body is not valid JSON at line 1",
        "application/json|[]|422: The body must be an object",
        "application/json|{\"id\":\"/\"}|422: 3 fields are invalid; see errors; /url: is required;"
            + " /info: is required; /id: an id starts with",
        "application/json|{\"url\":\"http://h\",\"info\":{},\"ttl_seconds\":0}|"
            + "422: /ttl_seconds: a ttl is 1 to 86400 seconds",
        "text/plain|{}|415: 'text/plain' is not possible; send application/json",
      })
  void aBadBodyIsRejectedWithTheServersDetail(String type, String body, String message) {
    Endpoints endpoints = Endpoints.of(server.url().toString());
    RequestBody bad =
        RequestBody.create(body.getBytes(StandardCharsets.UTF_8), MediaType.get(type));

    assertRejected(new Request.Builder().url(endpoints.register()).post(bad), message);
  }

  @Test
  void aBadPathOrMethodIsAFailedCallWithTheServersDetail() {
    HttpUrl root = HttpUrl.get(server.url());

    assertFails(
        RegistryUnavailableException.class,
        new Request.Builder().url(root.resolve("/nope")),
        "404: There is nothing at '/nope'; asked for the path '/nope': check the base path");
    assertFails(
        RegistryUnavailableException.class,
        new Request.Builder().url(root.resolve("/services")).delete(),
        "405: 'DELETE' is not possible here; possible: GET, HEAD");
  }

  private void assertRejected(Request.Builder request, String message) {
    assertFails(RejectedException.class, request, message);
  }

  private void assertFails(
      Class<? extends RegistryException> failure, Request.Builder http, String message) {
    Endpoints endpoints = Endpoints.of(server.url().toString());
    CallDescription description = new CallDescription(Operation.REGISTER, "a", endpoints);
    InstantSource wallClock = InstantSource.system();
    ProtocolRequests requests =
        new ProtocolRequests(
            endpoints,
            new ErrorDecoder(wallClock, new TextSanitizer()),
            wallClock,
            System::nanoTime);
    try (Transport transport =
        new Transport(
            new TransportSettings(Endpoints.of(server.url().toString())), requests::probe)) {
      var request = requests.expectSuccess(description, http, response -> "a success");
      assertThatThrownBy(() -> transport.call(request))
          .isExactlyInstanceOf(failure)
          .hasMessageContaining("register 'a' at " + server.url() + ": the registry answered")
          .hasMessageContaining(message);
    }
  }

  @Test
  void aTooLargeRegistrationIsRejectedWithTheServersDetail() {
    for (int size : new int[] {MAX_BODY, 10 * MAX_BODY, 500 * MAX_BODY}) {
      Registration large =
          Registration.builder("http://h").id("a").info(Map.of("x", "y".repeat(size))).build();

      assertThatThrownBy(() -> registry.register(large))
          .isExactlyInstanceOf(RejectedException.class)
          .hasMessageContaining("413: The body is larger than the limit of 2000 bytes");
    }
    assertThat(registry.list()).isEmpty();
  }

  @Test
  void aFullRegistryIsFull() {
    registry.register(Registration.builder("http://h").id("a").build());

    assertThatThrownBy(() -> registry.register(Registration.builder("http://h").id("b").build()))
        .isInstanceOf(RegistryFullException.class)
        .hasMessageContaining("as many services as it may");
  }

  @Test
  void aStoreThatIsDownIsUnavailableAndNotEmpty() {
    TtlStore down =
        (TtlStore)
            Proxy.newProxyInstance(
                TtlStore.class.getClassLoader(),
                new Class<?>[] {TtlStore.class},
                (proxy, method, arguments) -> {
                  if (method.isDefault()) {
                    return InvocationHandler.invokeDefault(proxy, method, arguments);
                  }
                  throw new StoreUnavailableException("the store's own secret", null, null);
                });
    try (var broken = serve(ServiceRegistry.over(down));
        var client = HttpServiceRegistry.connect(broken.url().toString())) {
      assertThatThrownBy(() -> client.find("a"))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("could not ask its store")
          .hasMessageNotContaining("secret");
      assertThatThrownBy(() -> client.ping("a")).isInstanceOf(StoreUnavailableException.class);
      assertThatThrownBy(client::list).isInstanceOf(StoreUnavailableException.class);
    }
  }
}
