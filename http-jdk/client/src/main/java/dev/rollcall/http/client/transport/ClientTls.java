package dev.rollcall.http.client.transport;

import dev.rollcall.http.wire.PemFiles;
import dev.rollcall.http.wire.TlsIdentity;
import dev.rollcall.http.wire.WatchedFiles;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What a client trusts, and what it shows of itself.
 *
 * @param context creates its connections
 * @param trustManager the one that the context has
 */
public record ClientTls(SSLContext context, X509TrustManager trustManager) {
  private static final System.Logger LOGGER = System.getLogger("dev.rollcall.http.client");

  /**
   * Reads the authorities that a file holds, and again whenever they are asked for after it has
   * changed, once a second at most. While a new file cannot be used the former authorities stay,
   * and that is logged once.
   *
   * @throws IllegalArgumentException if it cannot be read now, or holds something else
   */
  public static Supplier<List<X509Certificate>> authorities(Path pem) {
    return new WatchedFiles<>(List.of(pem), () -> PemFiles.certificates(pem), new FileLog());
  }

  /**
   * Reads a certificate and its key in the same way, such as a certificate whose key has not been
   * written yet.
   */
  public static Supplier<TlsIdentity> identity(Path chain, Path key) {
    return new WatchedFiles<>(List.of(chain, key), () -> PemFiles.read(chain, key), new FileLog());
  }

  private static final class FileLog implements WatchedFiles.Listener {
    @Override
    public void reloaded(List<Path> files) {
      LOGGER.log(Level.INFO, () -> files + " have changed; new connections use what they hold now");
    }

    @Override
    public void kept(String reason) {
      LOGGER.log(Level.WARNING, () -> reason + "; what they held before stays in use");
    }
  }

  /**
   * Creates the settings of one that trusts some authorities and shows a certificate.
   *
   * @param authorities null for those of the JVM
   * @param identity null for none
   */
  public static ClientTls of(
      @Nullable List<X509Certificate> authorities, @Nullable TlsIdentity identity)
      throws IOException, GeneralSecurityException {
    KeyStore trusted = null;
    if (authorities != null) {
      trusted = emptyStore();
      for (X509Certificate certificate : authorities) {
        trusted.setCertificateEntry(Integer.toString(trusted.size()), certificate);
      }
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    X509TrustManager trustManager =
        Stream.of(trust.getTrustManagers())
            .filter(X509TrustManager.class::isInstance)
            .map(X509TrustManager.class::cast)
            .findFirst()
            .orElseThrow(() -> new GeneralSecurityException("the JVM has no X.509 trust manager"));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers(identity), new TrustManager[] {trustManager}, null);
    return new ClientTls(context, trustManager);
  }

  private static KeyManager @Nullable [] keyManagers(@Nullable TlsIdentity identity)
      throws IOException, GeneralSecurityException {
    if (identity == null) {
      return null;
    }
    char[] none = new char[0];
    KeyStore store = emptyStore();
    store.setKeyEntry("client", identity.key(), none, identity.chainArray());
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, none);
    return keys.getKeyManagers();
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    return store;
  }
}
