package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.client.transport.ClientTls;
import dev.rollcall.http.server.harness.CapturedLog;
import dev.rollcall.http.server.harness.TestCertificate;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.http.server.jdk.ServerTls;
import dev.rollcall.http.wire.PemFiles;
import dev.rollcall.registrar.Registrar;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What the client offers a server by TLS. */
@Timeout(120)
class TlsClientTest {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  @TempDir private Path folder;

  private SSLContext context() throws Exception {
    Path keyStore = TestCertificate.make(folder, "untrusted", "EC").keyStore();
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(KeyStore.getInstance(keyStore.toFile(), PASSWORD), PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  /** Over HTTP/2 all calls would share one connection, and with it its death. */
  @Test
  void itOffersHttp11AloneAndTrustsNoCertificateThatNobodySigned() throws Exception {
    CompletableFuture<List<String>> offered = new CompletableFuture<>();
    try (SSLServerSocket server =
            (SSLServerSocket) context().getServerSocketFactory().createServerSocket(0);
        HttpServiceRegistry registry =
            HttpServiceRegistry.connect("https://localhost:" + server.getLocalPort())) {
      CompletableFuture<Void> served = CompletableFuture.runAsync(() -> shake(server, offered));

      assertThatExceptionOfType(RegistryUnavailableException.class)
          .isThrownBy(() -> registry.ping("a"))
          .withMessageContaining("unable to find valid certification path");
      assertThat(offered.join()).containsExactly("http/1.1");
      served.join();
    }
  }

  /** Begins to speak with a client, and tells what that offers to speak. */
  private static void shake(SSLServerSocket server, CompletableFuture<List<String>> offered) {
    try (SSLSocket socket = (SSLSocket) server.accept()) {
      socket.setHandshakeApplicationProtocolSelector(
          (to, protocols) -> {
            offered.complete(protocols);
            return "http/1.1";
          });
      socket.startHandshake();
    } catch (IOException e) {
      // the client has gone, for it does not trust
    }
  }

  @Test
  void itTrustsTheAuthoritiesOfAPemFileAndNoOthers() throws Exception {
    TestCertificate own = TestCertificate.make(folder, "own", "EC");
    TestCertificate other = TestCertificate.make(folder, "other", "RSA");
    try (ServiceRegistry served = ServiceRegistry.open("memory:");
        RegistryHttpServer server =
            RegistryHttpServer.builder(served).tls(ServerTls.pem(own.chain(), own.key())).start()) {
      String url = "https://localhost:" + server.address().getPort();
      try (HttpServiceRegistry registry =
          HttpServiceRegistry.builder(url).trustedCertificates(own.chain()).build()) {
        assertThat(registry.list()).isEmpty();
      }
      try (HttpServiceRegistry registry =
          HttpServiceRegistry.builder(url).trustedCertificates(other.chain()).build()) {
        assertThatExceptionOfType(RegistryUnavailableException.class)
            .isThrownBy(registry::list)
            .withMessageStartingWith("list at " + url)
            .withMessageContaining("PKIX path");
      }
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no mkfifo")
  void aKeyMayComeFromAPipeWhichIsReadOnce() throws Exception {
    TestCertificate ofServer = TestCertificate.make(folder, "server", "EC");
    TestCertificate ofClient = TestCertificate.make(folder, "client", "EC");
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Process writer =
        new ProcessBuilder(
                "sh", "-c", "cat \"$0\" > \"$1\"", ofClient.key().toString(), pipe.toString())
            .start();
    try (ServiceRegistry served = ServiceRegistry.open("memory:");
        RegistryHttpServer server =
            RegistryHttpServer.builder(served)
                .tls(ServerTls.pem(ofServer.chain(), ofServer.key()))
                .start();
        HttpServiceRegistry registry =
            HttpServiceRegistry.builder("https://localhost:" + server.address().getPort())
                .trustedCertificates(ofServer.chain())
                .clientCertificate(ofClient.chain(), pipe)
                .build()) {
      assertThat(registry.list()).isEmpty();
    } finally {
      writer.destroyForcibly();
    }
  }

  @Test
  void aRegistrarTrustsAndShowsCertificates() throws Exception {
    TestCertificate ofServer = TestCertificate.make(folder, "server", "EC");
    TestCertificate ofClient = TestCertificate.make(folder, "client", "EC");
    try (ServiceRegistry served = ServiceRegistry.open("memory:");
        RegistryHttpServer server =
            RegistryHttpServer.builder(served)
                .tls(ServerTls.pem(ofServer.chain(), ofServer.key()))
                .start()) {
      Registrar.Builder builder =
          Registrar.builder()
              .orchestratorUrl("https://localhost:" + server.address().getPort())
              .host("h")
              .failOnError(true)
              .startTimeout(Duration.ofMinutes(1));
      try (Registrar registrar =
          builder
              .trustedCertificates(ofServer.chain())
              .clientCertificate(ofClient.chain(), ofClient.key())
              .build()) {
        registrar.start();
        assertThat(served.find(registrar.id())).isPresent();
      }
      ClientTls same = ClientTls.of(PemFiles.certificates(ofServer.chain()), null);
      try (Registrar registrar =
          Registrar.builder()
              .orchestratorUrl("https://localhost:" + server.address().getPort())
              .host("h")
              .failOnError(true)
              .startTimeout(Duration.ofMinutes(1))
              .sslContext(same.context(), same.trustManager())
              .build()) {
        registrar.start();
        assertThat(served.find(registrar.id())).isPresent();
      }
      assertThatIllegalArgumentException()
          .isThrownBy(() -> builder.clientCertificate(ofClient.chain(), ofServer.key()).build())
          .withMessageContaining("not that of the first certificate");
      try (Registrar registrar =
          builder
              .clientCertificate(ofClient.chain(), ofClient.key())
              .trustedCertificates(ofClient.chain())
              .maxRetries(1)
              .build()) {
        assertThatExceptionOfType(RegistryUnavailableException.class)
            .isThrownBy(registrar::start)
            .withMessageContaining("PKIX path");
      }
    }
  }

  @Test
  void itShowsItsCertificateToAServerThatAsksForOne() throws Exception {
    TestCertificate ofServer = TestCertificate.make(folder, "server", "EC");
    TestCertificate ofClient = TestCertificate.make(folder, "client", "RSA");
    List<String> names = new CopyOnWriteArrayList<>();
    HttpsServer server = askingForCertificates(ofServer, ofClient.chain(), names);
    String url = "https://localhost:" + server.getAddress().getPort();
    ClientTls same =
        ClientTls.of(
            PemFiles.certificates(ofServer.chain()),
            PemFiles.read(ofClient.chain(), ofClient.key()));
    HttpServiceRegistry.Builder without =
        HttpServiceRegistry.builder(url).trustedCertificates(ofServer.chain());
    try (HttpServiceRegistry stranger = without.build();
        HttpServiceRegistry byPem =
            without.clientCertificate(ofClient.chain(), ofClient.key()).build();
        HttpServiceRegistry byContext =
            HttpServiceRegistry.builder(url)
                .sslContext(same.context(), same.trustManager())
                .build()) {
      assertThatExceptionOfType(RegistryUnavailableException.class)
          .isThrownBy(stranger::list)
          .withMessageStartingWith("list at " + url);
      assertThat(byPem.list()).isEmpty();
      assertThat(byContext.list()).isEmpty();
      assertThat(names).containsExactly("CN=client", "CN=client");
    } finally {
      server.stop(0);
    }
  }

  /** Starts a server that notes whose certificate it was shown, and ends each connection. */
  private static HttpsServer askingForCertificates(
      TestCertificate own, Path trusted, List<String> names) throws Exception {
    HttpsServer server = HttpsServer.create(new InetSocketAddress("localhost", 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(
            ClientTls.of(PemFiles.certificates(trusted), PemFiles.read(own.chain(), own.key()))
                .context()) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters needed = getSSLContext().getDefaultSSLParameters();
            needed.setNeedClientAuth(true);
            parameters.setSSLParameters(needed);
          }
        });
    server.createContext(
        "/",
        exchange -> {
          names.add(((HttpsExchange) exchange).getSSLSession().getPeerPrincipal().getName());
          exchange.getResponseHeaders().set("Connection", "close");
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream body = exchange.getResponseBody()) {
            body.write("{\"services\":[]}".getBytes(StandardCharsets.UTF_8));
          }
        });
    server.start();
    return server;
  }

  @Test
  void itShowsARenewedCertificateWithinRealSecondsOnceItsKeyIsThereToo() throws Exception {
    TestCertificate ofServer = TestCertificate.make(folder, "server", "EC");
    TestCertificate first = TestCertificate.make(folder, "first", "EC");
    TestCertificate second = TestCertificate.make(folder, "second", "RSA");
    Path trusted =
        Files.writeString(
            folder.resolve("both.crt"),
            Files.readString(first.chain()) + Files.readString(second.chain()));
    List<String> names = new CopyOnWriteArrayList<>();
    HttpsServer server = askingForCertificates(ofServer, trusted, names);
    try (CapturedLog log = new CapturedLog("dev.rollcall.http.client", Level.INFO);
        HttpServiceRegistry registry =
            HttpServiceRegistry.builder("https://localhost:" + server.getAddress().getPort())
                .trustedCertificates(ofServer.chain())
                .clientCertificate(first.chain(), first.key())
                .build()) {
      assertThat(registry.list()).isEmpty();

      second.copyChainTo(first.chain());
      until(registry, () -> said(log, "not that of the first certificate"));
      assertThat(names).containsOnly("CN=first");

      second.copyKeyTo(first.key());
      until(registry, () -> names.contains("CN=second"));
      assertThat(registry.list()).isEmpty();
      assertThat(names).last().isEqualTo("CN=second");
      assertThat(said(log, "new connections use what they hold now")).isTrue();
    } finally {
      server.stop(0);
    }
  }

  @Test
  void itTrustsNewAuthoritiesWithinRealSeconds() throws Exception {
    TestCertificate own = TestCertificate.make(folder, "own", "EC");
    TestCertificate other = TestCertificate.make(folder, "other", "EC");
    try (ServiceRegistry served = ServiceRegistry.open("memory:");
        RegistryHttpServer server =
            RegistryHttpServer.builder(served).tls(ServerTls.pem(own.chain(), own.key())).start();
        HttpServiceRegistry registry =
            HttpServiceRegistry.builder("https://localhost:" + server.address().getPort())
                .trustedCertificates(other.chain())
                .build()) {
      assertThat(isTrusted(registry)).isFalse();

      own.copyChainTo(other.chain());

      while (!isTrusted(registry)) {
        LockSupport.parkNanos(STEP_NANOS);
      }
    }
  }

  private static boolean isTrusted(HttpServiceRegistry registry) {
    try {
      return registry.list().isEmpty();
    } catch (RegistryUnavailableException e) {
      assertThat(e).hasMessageContaining("PKIX path");
      return false;
    }
  }

  private static boolean said(CapturedLog log, String text) {
    return log.lines().stream().anyMatch(line -> line.contains(text));
  }

  /** Makes calls, each by a connection of its own, until something is so. */
  private static void until(HttpServiceRegistry registry, BooleanSupplier isSo) {
    while (!isSo.getAsBoolean()) {
      LockSupport.parkNanos(STEP_NANOS);
      assertThat(registry.list()).isEmpty();
    }
  }
}
