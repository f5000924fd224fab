package dev.rollcall.http.client;

import dev.rollcall.http.wire.TlsIdentity;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
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
record ClientTls(SSLContext context, X509TrustManager trustManager) {

  /** Reads PEM files. */
  @FunctionalInterface
  interface PemReader<T> {
    T read() throws IOException, GeneralSecurityException;
  }

  /**
   * Returns what PEM files hold.
   *
   * @throws IllegalArgumentException if they cannot be read, or hold something else
   */
  static <T> T read(PemReader<T> files) {
    try {
      return files.read();
    } catch (IOException e) {
      throw new IllegalArgumentException("a PEM file cannot be read: " + e, e);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("PEM files are not as they should be: " + e, e);
    }
  }

  /**
   * Creates the settings of one that trusts some authorities and shows a certificate.
   *
   * @param authorities null for those of the JVM
   * @param identity null for none
   */
  static ClientTls of(@Nullable List<X509Certificate> authorities, @Nullable TlsIdentity identity)
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
