package dev.rollcall.http.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rollcall.StoreRegistry;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.store.memory.MemoryTtlStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.openqa.selenium.OutputType;

/**
 * Takes the pictures of the documents: a fleet of services registers and pings over HTTP, one of
 * them is late, one flaps, one crashes, one is replaced by a new version. Each lease, mark and
 * event in the pictures is what the registry made of that.
 *
 * <p>It runs if {@code -Drollcall.page.pictures} names the folder for them.
 */
@EnabledIfSystemProperty(named = "rollcall.page.pictures", matches = ".+")
class PagePicturesTest extends PageFixture {
  private static final Path FOLDER =
      Path.of(System.getProperty("rollcall.page.pictures", "")).toAbsolutePath();
  private static final Duration TTL = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofSeconds(3);

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final List<Member> fleet = new ArrayList<>();
  private StoreRegistry withHistory;

  @BeforeEach
  void serveWithHistory() {
    server.close();
    withHistory = StoreRegistry.builder(MemoryTtlStore.builder().build()).build();
    server =
        RegistryHttpServer.builder(
                RegistryEndpoints.builder(withHistory).storeKind("memory").build())
            .port(9000)
            .start();
  }

  @AfterEach
  void stopFleet() {
    timer.shutdownNow();
    withHistory.close();
  }

  @Test
  void picturesOfAFleetThatRuns() throws Exception {
    for (int i = 1; i <= 3; i++) {
      add("gateway", i, "3.0.2", "eu-" + (i % 2 + 1), TTL);
    }
    for (int i = 1; i <= 6; i++) {
      add("orders", i, "2.4.1", "eu-" + (i % 2 + 1), TTL);
    }
    for (int i = 1; i <= 3; i++) {
      add("payments", i, "1.9.0", "eu-1", TTL);
    }
    add("invoices", 1, "0.8.3", "eu-2", TTL);
    add("search", 1, "5.1.0", "eu-1", TTL);
    add("search", 2, "5.1.0", "eu-2", TTL);
    fleet.forEach(member -> member.pingEach(Duration.ofSeconds(10)));
    open("/?service=payments-2");
    browser.resize(1500, 940);

    Member crashing = add("invoices", 2, "0.8.3", "eu-1", SHORT);
    crashing.pingOnce();
    Member flapping = add("search", 3, "5.1.0", "eu-1", SHORT);
    for (int i = 0; i < 3; i++) { // it crashes, its lease ends, it comes back
      awaitListed("search-3", true);
      awaitListed("search-3", false);
      flapping.register();
    }
    flapping.lastFor(TTL);
    flapping.pingEach(Duration.ofSeconds(10));
    for (int i = 1; i <= 2; i++) { // a new version is rolled out
      Member old = member("orders-" + i);
      old.stop();
      add("orders", i, "2.5.0", "eu-" + (i % 2 + 1), TTL).pingEach(Duration.ofSeconds(10));
    }
    Member late = member("payments-2");
    late.stopPings();
    late.lastFor(SHORT.multipliedBy(3));
    late.update("1.9.1");
    late.pingEach(Duration.ofMillis(7_500)); // of 9 s
    awaitText("history", "updated");
    browser.await("document.querySelector('#late').innerText === '1 late'");
    browser.await("document.querySelector('#flapping').innerText === '1 flapping'");
    awaitText("server", "memory, up");
    browser.await("document.querySelectorAll('#feed .event').length > 15");

    take("page.png");
    browser.resize(1120, 620);
    browser.emulate("prefers-color-scheme", "dark");
    open("/?names=");
    browser.await("document.querySelector('#late').innerText === '1 late'");
    take("page-dark.png");
    browser.emulate("prefers-color-scheme", "light");
    browser.resize(390, 780);
    open("/?q=orders");
    take("page-phone.png");
  }

  private static void awaitListed(String id, boolean isListed) {
    browser.await(
        "[...document.querySelectorAll('.row .title')].some(title => title.textContent === '%s') === %s"
            .formatted(id, isListed));
  }

  private static void take(String name) throws Exception {
    Files.createDirectories(FOLDER);
    Files.write(FOLDER.resolve(name), browser.driver().getScreenshotAs(OutputType.BYTES));
  }

  private Member add(String name, int number, String version, String zone, Duration ttl) {
    var member = new Member(name, name + "-" + number, zone, ttl);
    member.version = version;
    fleet.removeIf(other -> other.id.equals(member.id));
    fleet.add(member);
    member.register();
    return member;
  }

  private Member member(String id) {
    return fleet.stream().filter(each -> each.id.equals(id)).findFirst().orElseThrow();
  }

  /** A service as another process would be: it knows the registry by HTTP alone. */
  private final class Member {
    private final HttpClient http = HttpClient.newHttpClient();
    private final String name;
    private final String id;
    private final String zone;
    private Duration ttl;
    private String version = "";
    private String pingUrl = "";
    private ScheduledFuture<?> pings = timer.schedule(() -> {}, 0, MILLISECONDS);

    Member(String name, String id, String zone, Duration ttl) {
      this.name = name;
      this.id = id;
      this.zone = zone;
      this.ttl = ttl;
    }

    void register() {
      register(Map.of());
    }

    private void register(Map<String, Object> more) {
      var body = new LinkedHashMap<String, Object>(more);
      body.put("id", id);
      body.put("name", name);
      body.put("url", "http://" + id + ".internal:8080");
      body.put("info", Map.of("version", version, "zone", zone, "team", "shop"));
      body.put("ttl_seconds", ttl.toSeconds());
      try {
        var request = HttpRequest.newBuilder(server.url().resolve("/services/$register"));
        String json = new ObjectMapper().writeValueAsString(body);
        request
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json, UTF_8));
        String answer = send(request);
        pingUrl = new ObjectMapper().readTree(answer).path("ping_url").textValue();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void lastFor(Duration ttl) {
      this.ttl = ttl;
      register();
    }

    void update(String version) {
      this.version = version;
      register(
          Map.of("lease_id", pingUrl.substring(pingUrl.indexOf("lease=") + "lease=".length())));
    }

    void pingOnce() {
      send(HttpRequest.newBuilder(URI.create(pingUrl)).PUT(BodyPublishers.noBody()));
    }

    void pingEach(Duration interval) {
      pings =
          timer.scheduleAtFixedRate(
              this::pingOnce, interval.toMillis(), interval.toMillis(), MILLISECONDS);
    }

    void stopPings() {
      pings.cancel(false);
    }

    void stop() {
      stopPings();
      URI url = URI.create(pingUrl.replace("/$ping", ""));
      send(HttpRequest.newBuilder(url).DELETE());
    }

    private String send(HttpRequest.Builder request) {
      HttpResponse<String> answer = http.sendAsync(request.build(), BodyHandlers.ofString()).join();
      assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
      return answer.body();
    }
  }
}
