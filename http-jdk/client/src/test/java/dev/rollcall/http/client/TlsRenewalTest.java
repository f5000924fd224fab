package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.harness.ChildJvm;
import dev.rollcall.http.server.harness.TestCertificate;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.http.server.jdk.ServerTls;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A registrar in a JVM of its own that pings by TLS while the server's certificate changes. */
@Timeout(
    value = 120,
    threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a read of a child heeds no interrupt
class TlsRenewalTest {
  private static final String PASSWORD = "changeit";

  @TempDir private Path folder;

  private final ServiceRegistry registry = ServiceRegistry.open("memory:");
  private TestCertificate first;
  private TestCertificate second;
  private TestCertificate untrusted;
  private RegistryHttpServer server;
  private ChildJvm service;

  @BeforeEach
  void register() throws Exception {
    first = TestCertificate.make(folder, "first", "EC");
    second = TestCertificate.make(folder, "second", "EC");
    untrusted = TestCertificate.make(folder, "untrusted", "EC");
    server = serve(0, first);
    service =
        ChildJvm.start(
            List.of(
                "-Djavax.net.ssl.trustStore=" + trustStore(),
                "-Djavax.net.ssl.trustStorePassword=" + PASSWORD,
                "-cp",
                ChildJvm.classPath(),
                "dev.rollcall.http.client.harness.RegistrarProgram",
                server.url().toString(),
                "a",
                "500",
                "10000"));
    service.readLineWith("state REGISTERED");
  }

  @AfterEach
  void close() {
    service.close();
    server.close();
    registry.close();
  }

  /** Writes a store that trusts two of the three certificates. */
  private Path trustStore() throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    for (TestCertificate certificate : List.of(first, second)) {
      KeyStore own = KeyStore.getInstance(certificate.keyStore().toFile(), PASSWORD.toCharArray());
      String alias = own.aliases().nextElement();
      trusted.setCertificateEntry(alias, own.getCertificate(alias));
    }
    Path file = folder.resolve("trusted.p12");
    try (OutputStream out = Files.newOutputStream(file)) {
      trusted.store(out, PASSWORD.toCharArray());
    }
    return file;
  }

  private RegistryHttpServer serve(int port, TestCertificate shown) {
    return RegistryHttpServer.builder(registry)
        .port(port)
        .tls(ServerTls.pem(shown.chain(), shown.key()))
        .start();
  }

  /** Serves the same services anew, so that all connections have to be made again. */
  private void restart(TestCertificate shown) {
    int port = server.address().getPort();
    server.close();
    server = serve(port, shown);
  }

  private Service registered() {
    return registry.find("a").orElseThrow();
  }

  @Test
  void renewedFilesCostNoLeaseOverRealSecondsWhetherConnectionsLastOrAreMadeAnew()
      throws Exception {
    Instant registeredAt = registered().registeredAt();
    second.copyChainTo(first.chain());
    second.copyKeyTo(first.key());
    awaitPing(Instant.now().plusMillis(1_500)); // the server looks at its files each second
    restart(first);
    awaitPing(Instant.now());

    assertThat(registered().registeredAt()).isEqualTo(registeredAt);
    service.terminate();
    assertThat(service.readRest()).doesNotContain("LOST", "SUPERSEDED");
  }

  private void awaitPing(Instant atThisTimeOrLater) throws InterruptedException {
    while (registered().lastPingAt().isBefore(atThisTimeOrLater)) {
      Thread.sleep(10);
    }
  }

  @Test
  void aCertificateThatIsNotTrustedIsFoundAtOnceAndSoIsItsSuccessor() throws Exception {
    Instant registeredAt = registered().registeredAt();
    restart(untrusted);
    service.readLineWith("state RETRYING");
    restart(second);
    service.readLineWith("state REGISTERED");

    assertThat(registered().registeredAt()).isEqualTo(registeredAt);
  }
}
