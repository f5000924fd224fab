package dev.rollcall.http.server.jdk;

import com.sun.net.httpserver.HttpsConfigurator;
import dev.rollcall.http.server.log.FileLog;
import dev.rollcall.http.server.tls.ReloadingKeyManager;
import dev.rollcall.http.server.tls.ReportingContext;
import dev.rollcall.http.wire.PemFiles;
import dev.rollcall.http.wire.TlsIdentity;
import dev.rollcall.http.wire.WatchedFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;

/**
 * The certificate and key of a server that speaks TLS.
 *
 * <p>The files are looked at again at most once a second, when a client connects. Once they have
 * changed, new handshakes get the new certificate, and open connections stay as they are. If the
 * new files are invalid, such as a certificate whose key has not been written yet, a warning is
 * logged and the former certificate stays in use. The protocols and ciphers are those of the JDK.
 *
 * <p>A handshake that fails is logged as {@code tls.failed}, at most ten times a minute.
 *
 * <p>Safe for use by any number of threads and servers.
 */
public final class ServerTls {
  private final SSLContext context;

  private ServerTls(Supplier<TlsIdentity> identity) {
    try {
      SSLContext plain = SSLContext.getInstance("TLS");
      plain.init(new KeyManager[] {new ReloadingKeyManager(identity)}, null, null);
      context = ReportingContext.of(plain);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has TLS", e);
    }
  }

  /**
   * Takes PEM files, as ACME clients and most authorities write them.
   *
   * @param chain the server's certificate, then those between it and the root
   * @param key its key: EC, RSA or EdDSA, in PKCS#8 ({@code BEGIN PRIVATE KEY}), not encrypted
   * @return the certificate and key
   * @throws IllegalArgumentException if a file cannot be read or holds no such thing, or they do
   *     not belong together
   */
  public static ServerTls pem(Path chain, Path key) {
    return new ServerTls(
        new WatchedFiles<>(List.of(chain, key), () -> PemFiles.read(chain, key), new FileLog()));
  }

  /**
   * Takes the first key of a key store, PKCS#12 or JKS.
   *
   * @param file the key store
   * @param password of the store and of its key
   * @return the certificate and key
   * @throws IllegalArgumentException if it cannot be read, has another password, or holds no key
   */
  public static ServerTls keyStore(Path file, String password) {
    return new ServerTls(
        new WatchedFiles<>(
            List.of(file), () -> readKeyStore(file, password.toCharArray()), new FileLog()));
  }

  /**
   * Takes the first key of a key store, PKCS#12 or JKS, whose password stands in a file. Both files
   * are read again when they change, so a new key store may have a new password.
   *
   * @param file the key store
   * @param passwordFile UTF-8; its first line is the password of the store and of its key
   * @return the certificate and key
   * @throws IllegalArgumentException if one cannot be read, the store has another password, or it
   *     holds no key
   */
  public static ServerTls keyStore(Path file, Path passwordFile) {
    return new ServerTls(
        new WatchedFiles<>(
            List.of(file, passwordFile),
            () -> readKeyStore(file, firstLineOf(passwordFile).toCharArray()),
            new FileLog()));
  }

  private static String firstLineOf(Path file) throws IOException {
    return Files.readString(file).lines().findFirst().orElse("");
  }

  private static TlsIdentity readKeyStore(Path file, char[] password)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12"); // which reads JKS as well
    var content = new ByteArrayInputStream(Files.readAllBytes(file));
    try {
      store.load(content, password);
    } catch (IOException e) { // as of a password that is wrong; the file has been read
      throw new GeneralSecurityException(e.getMessage(), e);
    }
    for (String alias : Collections.list(store.aliases())) {
      Key key = store.isKeyEntry(alias) ? store.getKey(alias, password) : null;
      if (key instanceof PrivateKey privateKey) {
        List<X509Certificate> chain = new ArrayList<>();
        for (Certificate certificate : store.getCertificateChain(alias)) {
          chain.add((X509Certificate) certificate);
        }
        return TlsIdentity.of(chain, privateKey);
      }
    }
    throw new GeneralSecurityException("there is no private key in it");
  }

  HttpsConfigurator configurator() {
    return new HttpsConfigurator(context);
  }
}
