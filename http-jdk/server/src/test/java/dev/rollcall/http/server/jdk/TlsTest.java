package dev.rollcall.http.server.jdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.harness.TestCertificate;
import dev.rollcall.http.server.tls.ReloadingKeyManager;
import dev.rollcall.http.wire.PemFiles;
import dev.rollcall.http.wire.TlsIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS with real certificates, made by keytool. */
@Timeout(60)
class TlsTest {
  @TempDir private Path folder;

  private TestCertificate certificate(String name, String algorithm) throws Exception {
    return TestCertificate.make(folder, name, algorithm);
  }

  private static RegistryHttpServer serve(ServiceRegistry registry, ServerTls tls) {
    return RegistryHttpServer.builder(registry).tls(tls).start();
  }

  /** Asks for health; returns the name on the certificate that the server showed. */
  private static String nameShownBy(InetSocketAddress address, String protocol)
      throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustAll()}, null);
    try (SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(address.getAddress(), address.getPort())) {
      socket.setEnabledProtocols(new String[] {protocol});
      socket
          .getOutputStream()
          .write(
              "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .getBytes(UTF_8));
      InputStream in = socket.getInputStream();
      assertThat(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1))
          .startsWith("HTTP/1.1 200 ")
          .endsWith("{\"status\":\"healthy\"}");
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return shown.getSubjectX500Principal().getName();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA", "Ed25519"})
  void pemFilesServeBothVersionsOfTls(String algorithm) throws Exception {
    TestCertificate made = certificate("one", algorithm);
    try (var registry = ServiceRegistry.open("memory:");
        var server = serve(registry, ServerTls.pem(made.chain(), made.key()))) {
      assertThat(server.url()).hasScheme("https");
      assertThat(nameShownBy(server.address(), "TLSv1.3")).isEqualTo("CN=one");
      assertThat(nameShownBy(server.address(), "TLSv1.2")).isEqualTo("CN=one");
    }
  }

  @Test
  void aKeyStoreServesToo() throws Exception {
    TestCertificate made = certificate("stored", "EC");
    try (var registry = ServiceRegistry.open("memory:");
        var server = serve(registry, ServerTls.keyStore(made.keyStore(), "changeit"))) {
      assertThat(nameShownBy(server.address(), "TLSv1.3")).isEqualTo("CN=stored");
    }
  }

  @Test
  void newFilesAreServedWithinRealSecondsAndBrokenOnesAreNot() throws Exception {
    TestCertificate first = certificate("first", "EC");
    TestCertificate second = certificate("second", "RSA");
    try (var registry = ServiceRegistry.open("memory:");
        var server = serve(registry, ServerTls.pem(first.chain(), first.key()))) {
      assertThat(nameShownBy(server.address(), "TLSv1.3")).isEqualTo("CN=first");

      // Half of a renewal: the certificate is there and its key is not.
      second.copyChainTo(first.chain());
      Thread.sleep(1_100);
      assertThat(nameShownBy(server.address(), "TLSv1.3")).isEqualTo("CN=first");

      second.copyKeyTo(first.key());
      Thread.sleep(1_100);
      assertThat(nameShownBy(server.address(), "TLSv1.3")).isEqualTo("CN=second");

      Files.writeString(first.chain(), "no certificate");
      Thread.sleep(1_100);
      assertThat(nameShownBy(server.address(), "TLSv1.3")).isEqualTo("CN=second");
    }
  }

  @Test
  void aPlainClientHarmsNobody() throws Exception {
    TestCertificate made = certificate("one", "EC");
    try (var registry = ServiceRegistry.open("memory:");
        var server = serve(registry, ServerTls.pem(made.chain(), made.key()));
        var plain = new dev.rollcall.http.server.harness.RawHttp(server.address())) {
      plain.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(nameShownBy(server.address(), "TLSv1.3")).isEqualTo("CN=one");
    }
  }

  @Test
  void filesThatAreNoGoodAreRefusedAtTheStartWithWhatToDo() throws Exception {
    TestCertificate one = certificate("one", "EC");
    TestCertificate two = certificate("two", "EC");
    Path old = Files.writeString(folder.resolve("old"), "-----BEGIN EC PRIVATE KEY-----");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerTls.pem(one.chain(), two.key()))
        .withMessageContaining("not that of the first certificate");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerTls.pem(one.chain(), old))
        .withMessageContaining("openssl pkcs8 -topk8 -nodes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerTls.pem(one.key(), one.key()))
        .withMessageContaining(one.key().toString());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerTls.keyStore(one.keyStore(), "wrong-password"))
        .withMessageContaining(one.keyStore().toString())
        .withMessageNotContaining("wrong-password");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerTls.pem(folder.resolve("none"), one.key()))
        .withMessageContaining("none");
  }

  @Test
  void anAliasStaysGoodForAHandshakeThatBeganWithIt() throws Exception {
    TestCertificate first = certificate("first", "EC");
    TestCertificate second = certificate("second", "EC");
    var current = new Object[] {PemFiles.read(first.chain(), first.key())};
    var keys = new ReloadingKeyManager(() -> (TlsIdentity) current[0]);
    String alias = Optional.ofNullable(keys.chooseServerAlias("EC", null, null)).orElseThrow();

    current[0] = PemFiles.read(second.chain(), second.key());
    String newer = Optional.ofNullable(keys.chooseServerAlias("EC", null, null)).orElseThrow();

    assertThat(newer).isNotEqualTo(alias);
    assertThat(keys.getPrivateKey(alias))
        .isEqualTo(PemFiles.read(first.chain(), first.key()).key());
    assertThat(keys.getPrivateKey(newer))
        .isEqualTo(PemFiles.read(second.chain(), second.key()).key());
    assertThat(keys.chooseServerAlias("RSA", null, null)).isNull();
  }

  /** As of a handshake that looked at the files before another, and is slower. */
  @Test
  void anAliasStaysGoodWhereAnotherHandshakeComesLateWithTheFormerIdentity() throws Exception {
    TestCertificate first = certificate("first", "EC");
    TestCertificate second = certificate("second", "EC");
    TlsIdentity former = PemFiles.read(first.chain(), first.key());
    TlsIdentity renewed = PemFiles.read(second.chain(), second.key());
    var current = new TlsIdentity[] {former};
    var keys = new ReloadingKeyManager(() -> current[0]);
    current[0] = renewed;
    String alias = Optional.ofNullable(keys.chooseServerAlias("EC", null, null)).orElseThrow();

    for (TlsIdentity seen : new TlsIdentity[] {former, renewed, former, renewed}) {
      current[0] = seen;
      String chosen = Optional.ofNullable(keys.chooseServerAlias("EC", null, null)).orElseThrow();
      assertThat(keys.getPrivateKey(chosen)).isEqualTo(seen.key());
    }

    assertThat(keys.getPrivateKey(alias)).isEqualTo(renewed.key());
  }

  private static final class TrustAll implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
