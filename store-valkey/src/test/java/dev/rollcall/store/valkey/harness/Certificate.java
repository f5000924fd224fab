package dev.rollcall.store.valkey.harness;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/** A self-signed certificate and its key, made by the JDK's {@code keytool}. */
public final class Certificate {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final String ALIAS = "server";

  private final Path directory;
  private final KeyStore keys;

  private Certificate(Path directory, KeyStore keys) {
    this.directory = directory;
    this.keys = keys;
  }

  /**
   * Makes one.
   *
   * @param directory an empty one, to hold the files
   * @param name what it is for, as in {@code ip:127.0.0.1} or {@code dns:example.org}
   */
  public static Certificate make(Path directory, String name) {
    Path store = directory.resolve("keys.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    String[] command = {
      keytool,
      "-genkeypair",
      "-alias",
      ALIAS,
      "-keyalg",
      "EC",
      "-validity",
      "2",
      "-dname",
      "CN=test",
      "-ext",
      "san=" + name,
      "-storetype",
      "PKCS12",
      "-storepass",
      new String(PASSWORD),
      "-keystore",
      store.toString()
    };
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException("keytool said: " + said);
      }
      KeyStore keys = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(store)) {
        keys.load(in, PASSWORD);
      }
      return new Certificate(directory, keys);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Returns the options of a server that listens with it on a port, and on no other. */
  public String[] serverOptions(int port) throws IOException, GeneralSecurityException {
    byte[] certificate = keys.getCertificate(ALIAS).getEncoded();
    byte[] key = keys.getKey(ALIAS, PASSWORD).getEncoded();
    Path certificateFile = write("CERTIFICATE", certificate);
    Path keyFile = write("PRIVATE KEY", key);
    return new String[] {
      "--port", "0",
      "--tls-port", Integer.toString(port),
      "--tls-cert-file", certificateFile.toString(),
      "--tls-key-file", keyFile.toString(),
      "--tls-ca-cert-file", certificateFile.toString(),
      "--tls-auth-clients", "no"
    };
  }

  private Path write(String what, byte[] bytes) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    Path file = directory.resolve(what.replace(' ', '-') + ".pem");
    String pem = "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n";
    return Files.writeString(file, pem);
  }

  /** Returns a file of the type PKCS12 with this certificate alone, to trust. */
  public File trustStore() throws GeneralSecurityException, IOException {
    Path file = directory.resolve("trust.p12");
    try (OutputStream out = Files.newOutputStream(file)) {
      trusted().store(out, PASSWORD);
    }
    return file.toFile();
  }

  /** Returns the password of the trust store. */
  public String password() {
    return new String(PASSWORD);
  }

  private KeyStore trusted() throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(ALIAS, keys.getCertificate(ALIAS));
    return trusted;
  }
}
