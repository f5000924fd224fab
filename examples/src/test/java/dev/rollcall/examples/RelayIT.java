package dev.rollcall.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Registration;
import dev.rollcall.RegistryException;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.View;
import dev.rollcall.discovery.Watch;
import dev.rollcall.http.client.HttpServiceRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example relay, in front of a server that gives it a key for reading alone. */
@Timeout(120)
class RelayIT {
  private static final String WRITER = "the-key-of-those-who-register";
  private static final String READER = "the-key-of-the-relay";
  private static final Query ORDERS = Query.named("orders");

  @TempDir private Path folder;

  @Test
  @SuppressWarnings("try") // The watch is open, and that is all.
  void aRelayShowsChangesOfTheOtherRegistryAndChangesNothing() throws Exception {
    Path keys = Files.writeString(folder.resolve("keys"), WRITER + "\n" + READER + " read-only\n");
    Map<String, String> none = Map.of();
    try (ServerJar server = ServerJar.start(none, "--service-key-file=" + keys, "--key-for-reads");
        ServiceRegistry registry = registryAt(server.url(), WRITER);
        RunningRelay relay = RunningRelay.start(server.url());
        ServiceRegistry relayed = HttpServiceRegistry.connect(relay.url)) {
      registry.register(order("order-1"));
      BlockingQueue<View> views = new LinkedBlockingQueue<>();
      try (Watch watch = relayed.watch(ORDERS, (view, changes) -> views.add(view))) {
        awaitView(views, "order-1");
        registry.register(order("order-2"));
        awaitView(views, "order-1", "order-2");
        registry.deregister("order-1");
        awaitView(views, "order-2");
      }
      assertThat(relayed.list(ORDERS)).extracting(Service::id).containsExactly("order-2");
      assertThatThrownBy(() -> relayed.deregister("order-2"))
          .isInstanceOf(RegistryException.class)
          .hasMessageContaining("The registry behind this server refused the request");
      assertThat(registry.find("order-2")).isPresent();
    }
  }

  @Test
  @SuppressWarnings("try") // The watch is open, and that is all.
  void aRelayKeepsWhatItKnewWhileTheOtherRegistryIsGone() throws Exception {
    Map<String, String> none = Map.of();
    ServerJar server = ServerJar.start(none);
    try (RunningRelay relay = RunningRelay.start(server.url());
        ServiceRegistry relayed = HttpServiceRegistry.connect(relay.url)) {
      try (ServiceRegistry registry = HttpServiceRegistry.connect(server.url().toString())) {
        registry.register(order("order-1"));
      }
      BlockingQueue<View> views = new LinkedBlockingQueue<>();
      try (Watch watch = relayed.watch(ORDERS, (view, changes) -> views.add(view))) {
        awaitView(views, "order-1");
        server.close();
        View stale = views.poll(60, TimeUnit.SECONDS);
        assertThat(stale).isNotNull();
        assertThat(stale.staleSince()).isPresent();
        assertThat(stale.services()).extracting(Service::id).containsExactly("order-1");
      }
    } finally {
      server.close();
    }
  }

  private static void awaitView(BlockingQueue<View> views, String... ids)
      throws InterruptedException {
    View view;
    do {
      view = views.poll(60, TimeUnit.SECONDS);
      assertThat(view).as("a view of %s", (Object) ids).isNotNull();
    } while (!view.services().stream().map(Service::id).toList().equals(List.of(ids)));
  }

  private static Registration order(String id) {
    return Registration.builder("http://" + id + ":8000").id(id).name("orders").build();
  }

  private static ServiceRegistry registryAt(URI url, String key) {
    return HttpServiceRegistry.builder(url.toString()).serviceKey(key).build();
  }

  private record RunningRelay(Process process, String url) implements AutoCloseable {

    static RunningRelay start(URI registry) throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder(
                  Programs.java(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Relay.class.getName(),
                  registry.toString(),
                  "0")
              .redirectErrorStream(true);
      builder.environment().put("SERVICEKIT_REGISTRATION_KEY", READER);
      Process process = builder.start();
      BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
      String said =
          out.lines().filter(line -> line.startsWith("Relays ")).findFirst().orElseThrow();
      return new RunningRelay(process, said.substring(said.lastIndexOf(' ') + 1));
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
