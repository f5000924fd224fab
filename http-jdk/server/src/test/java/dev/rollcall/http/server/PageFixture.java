package dev.rollcall.http.server;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreRegistry;
import dev.rollcall.contract.control.FailingStore;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.http.server.spi.StreamListener;
import dev.rollcall.store.memory.MemoryTtlStore;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.WebElement;

/** The page in a browser, over a registry with real leases whose store can be made to fail. */
@Timeout(120)
abstract class PageFixture {
  @TempDir private static Path profile;
  static Chromium browser;

  final FailingStore store = new FailingStore(MemoryTtlStore.builder().build());
  final ServiceRegistry registry =
      StoreRegistry.builder(store).reconcileInterval(Duration.ofSeconds(1)).build();
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
    browser.pointAt(0, 0);
    server = RegistryHttpServer.builder(registry).start();
    browser.console();
    browser.requested();
  }

  /** Serves anew, with these settings. */
  void serveWith(UnaryOperator<RegistryEndpoints.Builder> settings) {
    server.close();
    var endpoints = settings.apply(RegistryEndpoints.builder(registry));
    server = RegistryHttpServer.builder(endpoints.build()).start();
  }

  /** Serves anew, and counts how streams begin. */
  StreamStarts serveCountingStreams() {
    var starts = new StreamStarts();
    serveWith(endpoints -> endpoints.streamListener(starts));
    return starts;
  }

  /** How many streams began with a snapshot, and how many went on where they were. */
  static final class StreamStarts implements StreamListener {
    final AtomicInteger snapshots = new AtomicInteger();
    final AtomicInteger resumed = new AtomicInteger();
    final CountDownLatch firstResumed = new CountDownLatch(1);

    @Override
    public void snapshotSent() {
      snapshots.incrementAndGet();
    }

    @Override
    public void resumed() {
      resumed.incrementAndGet();
      firstResumed.countDown();
    }
  }

  @AfterEach
  void stop() {
    browser.forgetInitialScripts();
    browser.run("sessionStorage.clear(); localStorage.clear()");
    browser.driver().get("about:blank"); // it asks for nothing more
    server.close();
    registry.close();
    store.close();
  }

  void register(String id, Map<String, Object> info) {
    registry.register(outlasting(urlOf(id)).id(id).info(info).build());
  }

  /** Registers an instance of a name. */
  void register(String name, String id) {
    registry.register(outlasting(urlOf(id)).name(name).id(id).build());
  }

  /** Begins a registration whose lease outlasts a test. */
  private static Registration.Builder outlasting(String url) {
    return Registration.builder(url).ttl(Duration.ofHours(1));
  }

  private static String urlOf(String id) {
    return "http://" + id + ":8000";
  }

  /** Registers services, ten of each name, whose leases outlast a test. */
  void registerTens(int count) {
    for (int i = 0; i < count; i++) {
      String name = "name-" + i / 10;
      String id = name + "-" + i % 10;
      registry.register(
          outlasting(urlOf(id))
              .name(name)
              .id(id)
              .info(Map.of("display_name", "Service " + i, "version", "1." + i, "zone", "eu-" + i))
              .build());
    }
  }

  void open() {
    open("/");
  }

  /** Opens the page and waits until it shows what is registered. */
  void open(String path) {
    openAt(server.url(), path);
  }

  static void openAt(URI base, String path) {
    browser.driver().get(base + path);
    browser.await("performance.getEntriesByName('rollcall-listed').length === 1");
  }

  /** Waits until the page shows so many rows; those out of sight count if they are near. */
  static void awaitRows(int count) {
    browser.await("document.querySelectorAll('.row').length === " + count);
  }

  static void awaitText(String id, String text) {
    browser.await("document.getElementById('%s').innerText.includes('%s')".formatted(id, text));
  }

  /** Returns the titles of the rows, from the top. */
  static List<String> titles() {
    return browser.run(
        "return [...document.querySelectorAll('.row')].sort((a, b) =>"
            + " a.getBoundingClientRect().top - b.getBoundingClientRect().top)"
            + ".map(row => row.querySelector('.title').textContent)");
  }

  /** Returns the row with a title. */
  static WebElement row(String title) {
    return browser.run(
        "return [...document.querySelectorAll('.row')].find(row =>"
            + " row.querySelector('.title').textContent === '"
            + title
            + "')");
  }

  /**
   * Returns what the browser complains of: breaches of the page's policy, errors of its scripts. It
   * leaves out that this server may have no history.
   */
  static List<String> complaints() {
    return browser.console().stream()
        .filter(line -> !line.matches(".*/\\$(events|history)\\b.* (404|501) .*"))
        .toList();
  }

  static String icon() {
    return browser.find("#icon").getDomAttribute("href");
  }
}
