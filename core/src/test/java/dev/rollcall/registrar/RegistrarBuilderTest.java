package dev.rollcall.registrar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.entry;

import dev.rollcall.Registration;
import dev.rollcall.ServiceId;
import dev.rollcall.ServiceInfo;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.spi.RegistryTarget;
import dev.rollcall.spi.ServiceRegistryProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where the settings of a registrar come from, and which are refused. */
@Timeout(60)
class RegistrarBuilderTest {
  private static final Map<String, String> EMPTY = Map.of();

  private final Thread thread = Thread.currentThread();
  private final ClassLoader before = thread.getContextClassLoader();

  /** Opens registries that note what is registered. */
  public static final class TestProvider implements ServiceRegistryProvider {
    static RegistryTarget target;
    static Registration registration;
    static boolean closed;

    /** Made by the service loader. */
    public TestProvider() {}

    @Override
    public Set<String> schemes() {
      return Set.of("testing");
    }

    @Override
    public ServiceRegistry open(RegistryTarget which) {
      target = which;
      closed = false;
      return new StubRegistry() {
        @Override
        void noteRegistration(Registration what) {
          registration = what;
        }

        @Override
        public void close() {
          closed = true;
        }
      };
    }
  }

  @BeforeEach
  void putTheProviderOnTheClassPath(@TempDir Path directory) throws IOException {
    Path services = Files.createDirectories(directory.resolve("META-INF/services"));
    Files.writeString(
        services.resolve(ServiceRegistryProvider.class.getName()), TestProvider.class.getName());
    thread.setContextClassLoader(new URLClassLoader(new URL[] {directory.toUri().toURL()}, before));
  }

  @AfterEach
  void takeItOff() throws IOException {
    ((URLClassLoader) thread.getContextClassLoader()).close();
    thread.setContextClassLoader(before);
  }

  private static Registrar.Builder builder(Map<String, String> environment) {
    return Registrar.builder().environment(environment);
  }

  private static Registration registered(Registrar.Builder builder) {
    try (Registrar registrar = builder.build()) {
      registrar.start();
      assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
    }
    assertThat(TestProvider.closed).isTrue();
    return TestProvider.registration;
  }

  @Test
  void theBuilderComesBeforeTheEnvironment() {
    Registration registration =
        registered(
            builder(
                    Map.of(
                        "SERVICEKIT_ORCHESTRATOR_URL", "testing://environment",
                        "SERVICEKIT_HOST", "environment",
                        "SERVICEKIT_PORT", "1",
                        "SERVICEKIT_REGISTRATION_KEY", "environment"))
                .orchestratorUrl("testing://builder")
                .host("builder")
                .port(2)
                .serviceKey("builder")
                .header("X-Gateway", "replaced")
                .header("x-gateway", "builder")
                .id("a")
                .ttl(Duration.ofMinutes(1))
                .info(ServiceInfo.builder("b").displayName("B").build())
                .timeout(Duration.ofSeconds(3)));

    assertThat(registration.url()).isEqualTo("http://builder:2");
    assertThat(registration.id()).contains("a");
    assertThat(registration.ttl()).contains(Duration.ofMinutes(1));
    assertThat(registration.info()).isEqualTo(Map.of("id", "b", "display_name", "B"));
    assertThat(TestProvider.target.url()).isEqualTo("testing://builder");
    assertThat(TestProvider.target.serviceKey()).contains("builder");
    assertThat(TestProvider.target.headers()).containsExactly(entry("X-Gateway", "builder"));
    assertThat(TestProvider.target.timeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(TestProvider.target.toString()).doesNotContain("builder");
  }

  @Test
  void theEnvironmentComesBeforeWhatIsDetected() {
    Registration registration =
        registered(
            builder(
                Map.of(
                    "SERVICEKIT_ORCHESTRATOR_URL", " testing://environment ",
                    "SERVICEKIT_HOST", "fe80::1",
                    "SERVICEKIT_PORT", "81",
                    "SERVICEKIT_REGISTRATION_KEY", "k")));

    assertThat(registration.url()).isEqualTo("http://[fe80::1]:81");
    assertThat(TestProvider.target.url()).isEqualTo("testing://environment");
    assertThat(TestProvider.target.serviceKey()).contains("k");
  }

  @Test
  void withNeitherItIsTheHostsNameAndPort8000() throws IOException {
    Registration registration =
        registered(builder(Map.of("SERVICEKIT_HOST", " ")).orchestratorUrl("testing:"));

    assertThat(registration.url())
        .isEqualTo("http://" + InetAddress.getLocalHost().getHostName() + ":8000");
    assertThat(TestProvider.target.serviceKey()).isEmpty();
    assertThat(registration.id()).isPresent();
  }

  @Test
  void whatKubernetesSetsForAServiceOfThatNameIsIgnored() throws IOException {
    Registration registration =
        registered(
            builder(
                    Map.of(
                        "SERVICEKIT_HOST", "tcp://10.0.0.1:80",
                        "SERVICEKIT_PORT", "tcp://10.0.0.1:80"))
                .orchestratorUrl("testing:"));

    assertThat(registration.url())
        .isEqualTo("http://" + InetAddress.getLocalHost().getHostName() + ":8000");
  }

  @Test
  void aHostMayBeANetworkInWhichThisHostHasAnAddress() {
    assertThat(registered(builder(EMPTY).orchestratorUrl("testing:").host("127.0.0.0/8")).url())
        .isEqualTo("http://127.0.0.1:8000");
    assertThat(
            registered(
                    builder(Map.of("SERVICEKIT_HOST", "127.0.0.0/8")).orchestratorUrl("testing:"))
                .url())
        .isEqualTo("http://127.0.0.1:8000");
    assertRefused(builder(EMPTY).host("203.0.113.0/24"), "no address in 203.0.113.0/24");
    assertRefused(builder(EMPTY).host("10.0.0.0/33"), "'10.0.0.0/33' is not a network");
  }

  @Test
  void aHostMayHaveAnUnderscore() {
    Registration registration =
        registered(builder(EMPTY).orchestratorUrl("testing:").host("my_service"));

    assertThat(registration.url()).isEqualTo("http://my_service:8000");
  }

  @Test
  void theNamesOfTheEnvironmentMayBeOthers() {
    Registration registration =
        registered(
            builder(Map.of("REGISTRY", "testing:", "MY_HOST", "h", "MY_PORT", "9"))
                .environmentName(EnvironmentVariable.ORCHESTRATOR_URL, "REGISTRY")
                .environmentName(EnvironmentVariable.HOST, "MY_HOST")
                .environmentName(EnvironmentVariable.PORT, "MY_PORT"));

    assertThat(registration.url()).isEqualTo("http://h:9");
  }

  private static void assertRefused(Registrar.Builder builder, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(builder::build)
        .withMessageContaining(message)
        .withMessageNotContaining("hunter2");
  }

  @Test
  void whatCannotWorkIsRefusedWhenItIsBuilt() {
    assertRefused(builder(EMPTY), "set orchestratorUrl(), registry() or SERVICEKIT_ORCHESTRATOR");
    assertRefused(builder(EMPTY).orchestratorUrl("hunter2"), "starts with a scheme");
    assertRefused(builder(EMPTY).orchestratorUrl("1:hunter2"), "starts with a scheme");
    assertRefused(builder(EMPTY).orchestratorUrl("floppy://hunter2"), "those there answer for");
    assertRefused(builder(EMPTY).host("a b"), "'a b' is not a host");
    assertRefused(builder(EMPTY).host("http://h"), "'http://h' is not a host");
    assertRefused(builder(EMPTY).host("user:hunter2@h"), "'***@h' is not a host");
    assertRefused(builder(Map.of("SERVICEKIT_HOST", "user:hunter2@h")), "'***@h' is not a host");
    assertRefused(builder(Map.of("SERVICEKIT_PORT", "hunter2@1")), "SERVICEKIT_PORT is a port");
    assertRefused(builder(Map.of("SERVICEKIT_PORT", "99999")), "SERVICEKIT_PORT is a port");
    assertRefused(builder(Map.of("SERVICEKIT_PORT", "x")), "SERVICEKIT_PORT is a port");
    assertRefused(
        builder(EMPTY).keepaliveInterval(Duration.ofSeconds(5)).ttl(Duration.ofSeconds(5)),
        "shorter than the ttl of PT5S");
  }

  @Test
  void twoSettingsThatStandForEachOtherAreRefused() throws GeneralSecurityException {
    SSLContext context = SSLContext.getDefault();
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    X509TrustManager trust = (X509TrustManager) factory.getTrustManagers()[0];
    Path pem = Path.of("ca.pem");
    ServiceRegistry registry = new StubRegistry();
    var executor = new ScheduledThreadPoolExecutor(1);
    try (Keepalive keepalive = Keepalive.create()) {
      assertRefused(builder(EMPTY).registry(registry).orchestratorUrl("testing:"), "both set");
      assertRefused(builder(EMPTY).registry(registry).serviceKey("hunter2"), "both set");
      assertRefused(builder(EMPTY).registry(registry).header("X", "hunter2"), "both set");
      assertRefused(builder(EMPTY).registry(registry).sslContext(context, trust), "both set");
      assertRefused(
          builder(EMPTY).sslContext(context, trust).trustedCertificates(pem),
          "sslContext and trustedCertificates are both set");
      assertRefused(
          builder(EMPTY).sslContext(context, trust).clientCertificate(pem, pem),
          "sslContext and clientCertificate are both set");
      assertRefused(builder(EMPTY).url("http://h").host("h"), "url and host are both set");
      assertRefused(builder(EMPTY).url("http://h").port(1), "url and port are both set");
      assertRefused(builder(EMPTY).keepalive(keepalive).executor(executor), "both set");
      assertRefused(builder(EMPTY).nanoTime(new ManualClock()), "nanoTime needs an executor");
    } finally {
      executor.shutdown();
    }
  }

  @Test
  void aSettingOutOfBoundsIsRefusedAtOnce() {
    Registrar.Builder builder = builder(EMPTY);
    for (Duration bad :
        new Duration[] {Duration.ZERO, Duration.ofNanos(-1), Duration.ofDays(1).plusNanos(1)}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> builder.keepaliveInterval(bad))
          .withMessageContaining("keepaliveInterval is more than zero");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> builder.retryDelay(bad))
          .withMessageContaining("retryDelay is more than zero");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> builder.startTimeout(bad))
          .withMessageContaining("startTimeout is more than zero");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> builder.timeout(bad))
          .withMessageContaining("timeout is 1 ms to 1 h");
    }
    for (int bad : new int[] {0, -1, 65_536}) {
      assertThatIllegalArgumentException().isThrownBy(() -> builder.port(bad));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> builder.maxRetries(0));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.url("h"));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.id("$"));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.ttl(Duration.ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.info(Map.of("a", new Object())));
    assertThatNullPointerException().isThrownBy(() -> builder.keepalive(null));
    assertThatNullPointerException().isThrownBy(() -> builder.registry(null));
    assertThatNullPointerException().isThrownBy(() -> builder.listener(null));
    assertThatNullPointerException().isThrownBy(() -> Keepalive.on(null));
  }

  @Test
  void aRegistrarWithANameAndNoIdHasAnIdThatBeginsWithTheName() {
    String first = builtId(Registrar.builder().name("orders"));
    String second = builtId(Registrar.builder().info(Map.of("name", "orders")));

    assertThat(List.of(first, second)).allMatch(id -> id.matches("orders-[0-9a-hjkmnp-tv-z]{26}"));
    assertThat(first).isNotEqualTo(second);
    assertThat(builtId(Registrar.builder().name("n".repeat(128))))
        .matches("n{101}-.{26}")
        .satisfies(ServiceId::check);
  }

  @Test
  void aRegistrarWithAnIdKeepsIt() {
    assertThat(builtId(Registrar.builder().name("orders").id("orders-1"))).isEqualTo("orders-1");
    assertThat(builtId(Registrar.builder().name("orders").info(Map.of("id", "by-info"))))
        .isEqualTo("by-info");
    assertThat(builtId(Registrar.builder().info(Map.of("name", "no name"))))
        .matches("[0-9A-Z]{26}");
  }

  private static String builtId(Registrar.Builder builder) {
    try (Registrar registrar = builder.registry(new StubRegistry()).url("http://h").build()) {
      String id = registrar.id();
      assertThat(registrar.id()).isEqualTo(id);
      return id;
    }
  }

  @Test
  void theNameIsRegistered() {
    try (Registrar registrar =
        Registrar.builder().orchestratorUrl("testing://x").name("orders").url("http://h").build()) {
      registrar.start();

      assertThat(TestProvider.registration.name()).contains("orders");
      assertThat(TestProvider.registration.id()).contains(registrar.id());
    }
  }
}
