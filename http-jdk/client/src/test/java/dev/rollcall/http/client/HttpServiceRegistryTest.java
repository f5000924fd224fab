package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.rollcall.Fence;
import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.http.client.harness.FakeRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings of the client, and what it sends for them. */
class HttpServiceRegistryTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final FakeRegistry fake = FakeRegistry.hung().then(FakeRegistry.well());

  @AfterEach
  void close() {
    fake.close();
  }

  private Set<String> targets(String url) {
    try (var registry = HttpServiceRegistry.connect(url)) {
      registry.register(Registration.builder("http://h").id("a.b_c-1").build());
      registry.ping("a.b_c-1");
      registry.deregister("a.b_c-1");
      assertThat(registry.find("a.b_c-1")).isPresent();
      assertThat(registry.list()).isEmpty();
    }
    return fake.asked().stream()
        .map(asked -> asked.method() + " " + asked.target())
        .collect(Collectors.toSet());
  }

  private static Set<String> targetsUnder(String base) {
    return Set.of(
        "POST " + base + "/services/$register",
        "PUT " + base + "/services/a.b_c-1/$ping",
        "DELETE " + base + "/services/a.b_c-1",
        "GET " + base + "/services/a.b_c-1",
        "GET " + base + "/services");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "//",
        "/services",
        "/services/",
        "/services/$register",
        "/services/%24register/"
      })
  void aUrlMayBeTheRootOrTheServicesOrTheRegistration(String path) {
    assertThat(targets(fake.url() + path)).isEqualTo(targetsUnder(""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v2/x", "/v2/x/", "/v2/x/services", "/v2/x/services/$register"})
  void aUrlMayHaveABasePath(String path) {
    assertThat(targets(fake.url() + path)).isEqualTo(targetsUnder("/v2/x"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://my_registry:9000",
        "HTTPS://registry",
        "http://[::1]:9000/v2",
        "http://127.0.0.1",
        "https://registry.example:8443/a/b/services/$register"
      })
  void anyHostDoes(String url) {
    HttpServiceRegistry.connect(url).close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "registry:9000",
        "/services",
        "//registry",
        "ftp://registry",
        "http:",
        "http:registry",
        "http:/registry",
        "http://",
        "http:///services",
        "http://:9000",
        "http://registry:65536",
        "http://registry:x",
        "http://registry:0",
        " http://registry",
        "http://registry\n",
        "http://reg istry",
        "http://h\\x"
      })
  void aUrlThatIsNoneIsRefusedAtOnce(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HttpServiceRegistry.connect(url))
        .withMessageContaining("as in http://registry:9000");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://user:hunter2@registry:9000",
        "http://hunter2@registry",
        "http://registry?key=hunter2",
        "http://registry#hunter2",
        "http://hunter2:0",
        "http://registry/hunter2/$register"
      })
  void aRefusedUrlIsNotShown(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HttpServiceRegistry.connect(url))
        .withMessageStartingWith("a registry's url")
        .withMessageNotContaining("hunter2");
  }

  @Test
  void settingsAreCheckedAtOnce() {
    var builder = HttpServiceRegistry.builder("http://registry");

    for (Duration bad :
        new Duration[] {
          Duration.ZERO, Duration.ofSeconds(-1), Duration.ofNanos(1), Duration.ofDays(1)
        }) {
      assertThatIllegalArgumentException().isThrownBy(() -> builder.timeout(bad));
    }
    for (String bad : new String[] {"", " ", "hunter2 ", "hunter2\n", "hunter2\u0000", "hünter2"}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> builder.serviceKey(bad))
          .withMessageNotContaining("nter2");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.serviceKey("k".repeat(513)))
        .withMessageContaining("at most 512 characters long")
        .withMessageEndingWith("has 513");
    builder.serviceKey("k".repeat(512));
    assertThatNullPointerException().isThrownBy(() -> builder.serviceKey((String) null));
    assertThatNullPointerException().isThrownBy(() -> builder.serviceKey(() -> null));
    assertThatNullPointerException().isThrownBy(() -> builder.timeout(null));
    assertThatNullPointerException().isThrownBy(() -> builder.wallClock(null));
    assertThatNullPointerException().isThrownBy(() -> HttpServiceRegistry.connect(null));
    builder.timeout(Duration.ofMillis(1)).timeout(Duration.ofHours(1)).build().close();
  }

  @Test
  void theKeyGoesWithEachRequestAndIsNeverShown() {
    String key = "hunter2 & more";
    String problem = "{\"detail\":\"The key 'hunter2 & more' is wrong\"}";
    try (var refusing = FakeRegistry.answering(400, problem);
        var registry = HttpServiceRegistry.builder(refusing.url()).serviceKey(key).build()) {
      for (Throwable refused :
          new Throwable[] {
            catchThrowable(() -> registry.register(Registration.builder("http://h").build())),
            catchThrowable(() -> registry.ping("a")),
            catchThrowable(() -> registry.deregister("a")),
            catchThrowable(() -> registry.find("a")),
            catchThrowable(registry::list)
          }) {
        assertThat(refused).hasStackTraceContaining("The key '***' is wrong");
        assertThat(refused).message().doesNotContain("hunter2");
      }
      assertThat(registry).hasToString("HttpServiceRegistry[" + refusing.url() + "]");
      assertThat(refusing.asked())
          .hasSize(5)
          .allSatisfy(asked -> assertThat(asked.headers()).containsEntry("x-service-key", key));
    }
  }

  @Test
  void aKeyIsAskedForBeforeEachRequestAndTheFormerOneIsNotShownEither() {
    var key = new AtomicReference<>("hunter2");
    try (var refusing =
            FakeRegistry.answering(400, "{\"detail\":\"neither hunter2 nor hunter3\"}");
        var registry = HttpServiceRegistry.builder(refusing.url()).serviceKey(key::get).build()) {
      assertThat(catchThrowable(registry::list)).hasMessageContaining("neither *** nor hunter3");
      key.set("hunter3");

      assertThat(catchThrowable(registry::list)).hasMessageContaining("neither *** nor ***");
      assertThat(catchThrowable(() -> registry.pingAsync("a", Fence.none(), TIMEOUT).join()))
          .hasMessageContaining("neither *** nor ***");
      assertThat(refusing.asked())
          .extracting(asked -> asked.headers().get("x-service-key"))
          .containsExactly("hunter2", "hunter3", "hunter3");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "two\nlines", "h\u00fcnter2", "hunter2 "})
  void whileThereIsNoKeyNothingIsSentAndTheCallIsWorthAnotherTry(String none) {
    var key = new AtomicReference<>("hunter2");
    try (var registry = HttpServiceRegistry.builder(fake.url()).serviceKey(key::get).build()) {
      key.set(none);

      assertThat(catchThrowable(registry::list))
          .isInstanceOf(RegistryUnavailableException.class)
          .hasMessageContaining("there is no service key to send: a service key is one or more")
          .hasMessageNotContaining("nter2");
      assertThat(catchThrowable(() -> registry.pingAsync("a", Fence.none(), TIMEOUT).join()))
          .hasCauseInstanceOf(RegistryUnavailableException.class);
      assertThat(fake.asked()).isEmpty();
      key.set("hunter3");
      registry.ping("a");
      assertThat(fake.asked()).hasSize(1);
    }
  }

  @Test
  void aSupplierThatThrowsFailsTheCallAlone() {
    var failure = new AtomicReference<RuntimeException>();
    Supplier<String> key =
        () -> {
          if (failure.get() != null) {
            throw failure.get();
          }
          return "hunter2";
        };
    try (var registry = HttpServiceRegistry.builder(fake.url()).serviceKey(key).build()) {
      failure.set(new UncheckedIOException("no hunter2 there", new IOException("x")));

      assertThat(catchThrowable(registry::list))
          .isInstanceOf(RegistryUnavailableException.class)
          .hasMessageContaining("there is no service key to send: no *** there");
      failure.set(null);
      registry.ping("a");
      assertThat(fake.asked()).hasSize(1);
    }
  }

  @Test
  void aSupplierOfNoKeyIsRefusedAtOnce() {
    var builder = HttpServiceRegistry.builder(fake.url());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.serviceKey(() -> "hunter2\n"))
        .withMessageNotContaining("nter2");
  }

  @Test
  void withoutAKeyNoneIsSent() {
    try (var registry = HttpServiceRegistry.connect(fake.url())) {
      registry.ping("a");
    }
    assertThat(fake.lastAsked().headers()).doesNotContainKey("x-service-key");
  }

  @Test
  void anIdThatNoneCanBeIsNotAskedFor() {
    try (var registry = HttpServiceRegistry.connect(fake.url())) {
      for (String id : new String[] {"", "..", "a/b", "$register", "a?lease=x", "x".repeat(129)}) {
        assertThat(registry.ping(id)).isEmpty();
        assertThat(registry.ping(id, "L")).isEmpty();
        assertThat(registry.find(id)).isEmpty();
        assertThat(registry.deregister(id)).isEmpty();
      }
    }
    assertThat(fake.asked()).isEmpty();
  }
}
