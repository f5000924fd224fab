package dev.rollcall.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.harness.CapturedErr;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.TestCertificate;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.http.server.jdk.ServerTls;
import dev.rollcall.store.valkey.harness.Eventually;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an operator reads of clients that cannot connect by TLS. */
@Timeout(60)
class HandshakeEventsIT {
  private static final String EVENT = " level=warn event=tls.failed client=";

  private final CapturedErr err = new CapturedErr();
  @TempDir private Path folder;
  private ServiceRegistry registry;
  private RegistryHttpServer server;

  @BeforeEach
  void serve() throws Exception {
    TestCertificate made = TestCertificate.make(folder, "one", "EC");
    registry = ServiceRegistry.open("memory:");
    server =
        RegistryHttpServer.builder(registry).tls(ServerTls.pem(made.chain(), made.key())).start();
  }

  @AfterEach
  void close() {
    server.close();
    registry.close();
    err.close();
  }

  private List<String> failures() {
    return err.lines().stream().filter(line -> line.contains(EVENT)).toList();
  }

  private void awaitFailures(int count) {
    Eventually.await("it is logged", Duration.ofSeconds(20), () -> failures().size() >= count);
  }

  private void connectWithoutTrust() throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            SSLSocketFactory.getDefault()
                .createSocket(server.address().getAddress(), server.address().getPort())) {
      assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
    }
  }

  @Test
  void aClientThatDoesNotTrustTheServerIsToldOfWithItsAddressAndReason() throws Exception {
    connectWithoutTrust();
    awaitFailures(1);

    assertThat(failures()).singleElement().asString().contains("certificate_unknown");
  }

  @Test
  void aClientThatSpeaksNoTlsIsToldOf() throws Exception {
    try (var plain = new RawHttp(server.address())) {
      plain.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
      awaitFailures(1);
    }

    assertThat(failures()).singleElement().asString().contains("SSL");
  }

  @Test
  void manyClientsThatFailAreTenLines() throws Exception {
    for (int i = 0; i < 30; i++) {
      connectWithoutTrust();
    }
    awaitFailures(10);

    server.close(); // after it no handshake runs
    assertThat(failures()).hasSize(10);
  }
}
