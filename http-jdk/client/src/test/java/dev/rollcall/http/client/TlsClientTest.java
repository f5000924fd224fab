package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.http.server.harness.TestCertificate;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the client offers a server by TLS. */
@Timeout(120)
class TlsClientTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

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
}
