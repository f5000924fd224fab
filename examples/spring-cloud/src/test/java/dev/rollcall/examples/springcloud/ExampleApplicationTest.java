package dev.rollcall.examples.springcloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.Watch;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/** Instances of the application, and one that calls them, with a registry in the same JVM. */
@Timeout(120)
class ExampleApplicationTest {
  private final ServiceRegistry registry = ServiceRegistry.open("memory:");
  private RegistryHttpServer server = serve(0);
  private final String url = server.url().toString();
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<ConfigurableApplicationContext> started = new ArrayList<>();

  private RegistryHttpServer serve(int port) {
    return RegistryHttpServer.builder(registry).port(port).start();
  }

  @AfterEach
  void close() {
    started.forEach(ConfigurableApplicationContext::close);
    server.close();
    registry.close();
  }

  private ConfigurableApplicationContext run(SpringApplicationBuilder builder, String... options) {
    ConfigurableApplicationContext context =
        builder
            .properties(
                "server.port=0",
                "server.address=127.0.0.1",
                "spring.main.banner-mode=off",
                "logging.level.root=off")
            .run(
                Stream.concat(
                        Stream.of("--rollcall.url=" + url, "--rollcall.instance.host=127.0.0.1"),
                        Stream.of(options))
                    .toArray(String[]::new));
    started.add(context);
    return context;
  }

  /** Each has threads and connections of Netty for itself, as in a JVM of its own. */
  private static SpringApplicationBuilder application() {
    var netty = new ReactorResourceFactory();
    netty.setUseGlobalResources(false);
    return new SpringApplicationBuilder(ExampleApplication.class)
        .initializers(context -> register(context, ReactorResourceFactory.class, netty));
  }

  private static <T> void register(ConfigurableApplicationContext context, Class<T> type, T bean) {
    ((GenericApplicationContext) context).registerBean(type, () -> bean);
  }

  private ConfigurableApplicationContext instance(String... options) {
    return run(application(), options);
  }

  /** Starts an application that calls others and registers nothing. */
  private ConfigurableApplicationContext caller() {
    return instance("--rollcall.instance.register=false");
  }

  private static int port(ConfigurableApplicationContext context) {
    return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  private void awaitInstances(int count) throws InterruptedException {
    CountDownLatch known = new CountDownLatch(1);
    Watch watch =
        registry.watch(
            Query.named("greetings"),
            (view, changes) -> {
              if (view.services().size() == count) {
                known.countDown();
              }
            });
    assertThat(known.await(30, TimeUnit.SECONDS)).isTrue();
    watch.close();
  }

  private static Supplier<String> restCalls(ConfigurableApplicationContext caller) {
    RestClient client = caller.getBean(RestClient.Builder.class).build();
    return () ->
        Objects.requireNonNull(
            client.get().uri("http://greetings/greeting").retrieve().body(String.class));
  }

  private static Supplier<String> webCalls(ConfigurableApplicationContext caller) {
    WebClient client = caller.getBean(WebClient.Builder.class).build();
    return () ->
        Objects.requireNonNull(
            client
                .get()
                .uri("http://greetings/greeting")
                .retrieve()
                .bodyToMono(String.class)
                .block());
  }

  private String get(ConfigurableApplicationContext context, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port(context) + path);
    var response = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    return response.statusCode() + " " + response.body();
  }

  private void awaitHealth(ConfigurableApplicationContext context, String part) throws Exception {
    while (!get(context, "/actuator/health/rollcall").contains(part)) {
      Thread.onSpinWait();
    }
  }

  @Test
  void anInstanceThatLeavesCostsNoCall() throws Exception {
    ConfigurableApplicationContext staying = instance();
    ConfigurableApplicationContext leaving = instance();
    awaitInstances(2);
    ConfigurableApplicationContext caller = caller();
    var failures = new ConcurrentLinkedQueue<RuntimeException>();
    var hasLeft = new AtomicBoolean();
    var fromLeaving = new AtomicInteger();
    var afterwards = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> calls = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Supplier<String> call = i % 2 == 0 ? restCalls(caller) : webCalls(caller);
        calls.add(
            threads.submit(
                () -> {
                  for (int left = 50; left > 0; left -= hasLeft.get() ? 1 : 0) {
                    boolean isAfterwards = hasLeft.get();
                    try {
                      boolean isLeaving = call.get().endsWith(" " + port(leaving));
                      (isAfterwards ? afterwards : fromLeaving).addAndGet(isLeaving ? 1 : 0);
                    } catch (RuntimeException e) {
                      failures.add(e);
                    }
                  }
                }));
      }
      while (fromLeaving.get() < 100 && failures.isEmpty()) {
        Thread.onSpinWait();
      }

      leaving.close();
      hasLeft.set(true);
      for (Future<?> each : calls) {
        each.get();
      }
    } finally {
      hasLeft.set(true);
      threads.shutdown();
    }
    assertThat(failures).isEmpty();
    assertThat(afterwards).hasValue(0);
    assertThat(registry.list(Query.named("greetings")))
        .extracting(Service::url)
        .containsExactly("http://127.0.0.1:" + port(staying));
  }

  @Test
  void callsGoOnWithoutTheRegistryAndItsOutageIsNotTheApplications() throws Exception {
    ConfigurableApplicationContext instance = instance();
    awaitInstances(1);
    awaitHealth(instance, "\"status\":\"UP\"");
    Supplier<String> restCalls = restCalls(instance);
    Supplier<String> webCalls = webCalls(instance);

    int port = server.address().getPort();
    server.close();

    awaitHealth(instance, "stale_since");
    assertThat(get(instance, "/actuator/health/rollcall")).contains("\"status\":\"UNKNOWN\"");
    assertThat(get(instance, "/actuator/health")).startsWith("200 ").contains("\"status\":\"UP\"");
    assertThat(get(instance, "/actuator/health/readiness")).startsWith("200 ");
    for (int i = 0; i < 20; i++) {
      assertThat(restCalls.get()).startsWith("Hello");
      assertThat(webCalls.get()).startsWith("Hello");
    }
    server = serve(port);
    awaitHealth(instance, "\"status\":\"UP\"");
  }

  @Test
  void itStartsWithoutTheRegistryAndRegistersWhenThatComes() throws Exception {
    int port = server.address().getPort();
    server.close();
    ConfigurableApplicationContext instance = instance("--rollcall.start-timeout=100ms");
    assertThat(get(instance, "/greeting")).startsWith("200 ");
    assertThat(get(instance, "/actuator/health/rollcall")).contains("\"status\":\"UNKNOWN\"");

    server = serve(port);

    awaitInstances(1);
  }

  @Test
  void itIsRegisteredOnceItsRunnersHaveRunAndMeasured() throws Exception {
    var atStart = new AtomicInteger(-1);
    ApplicationRunner runner = args -> atStart.set(registry.list().size());
    ConfigurableApplicationContext instance =
        run(
            application()
                .initializers(context -> register(context, ApplicationRunner.class, runner)),
            "--rollcall.instance.info.zone=eu-1");
    awaitInstances(1);

    assertThat(atStart).hasValue(0);
    MeterRegistry meters = instance.getBean(MeterRegistry.class);
    Gauge registered = meters.get("rollcall.keepalive").tag("state", "registered").gauge();
    while (registered.value() != 1) {
      Thread.onSpinWait();
    }
    assertThat(meters.get("rollcall.discovery.view.age").gauge().value()).isZero();
    DiscoveryClient client = instance.getBean(RollcallDiscoveryClient.class);
    while (client.getServices().isEmpty()) {
      Thread.onSpinWait();
    }
    assertThat(client.getServices()).containsExactly("greetings");
    ServiceInstance found = client.getInstances("greetings").get(0);
    assertThat(found.getUri()).isEqualTo(URI.create("http://127.0.0.1:" + port(instance)));
    assertThat(found.getMetadata()).containsEntry("zone", "eu-1");
    assertThat(client.getInstances("nobody")).isEmpty();
  }

  @Test
  void anInstanceWhoseUrlCannotBeCalledKeepsNoOtherFromBeingCalled() throws Exception {
    register("a", "https://secure");
    register("b", "http://[::1]:8000/base");
    register("c", "http://my_service:8000");
    register("d", "http://host:1/{brace}");
    register("e", "http://{brace}:1");
    ConfigurableApplicationContext caller = caller();

    assertThat(caller.getBean(RollcallDiscoveryClient.class).getInstances("urls"))
        .extracting(instance -> instance.getUri().toString())
        .containsExactly(
            "https://secure:443", "http://[::1]:8000", "http://my_service:8000", "http://host:1");
  }

  private void register(String id, String target) {
    registry.register(Registration.builder(target).id(id).name("urls").build());
  }

  @Test
  void aPropertyThatIsWrongSaysSo() {
    assertThatThrownBy(() -> instance("--rollcall.instance.port=70000"))
        .hasStackTraceContaining("rollcall.instance.port")
        .hasStackTraceContaining("70000");
    assertThatThrownBy(() -> instance("--rollcall.instance.name=a b"))
        .hasStackTraceContaining("rollcall.instance.name")
        .hasStackTraceContaining("the first a letter or a digit");
  }
}
