package dev.rollcall.http.server.harness;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A certificate that signed itself, in the forms that a server takes.
 *
 * @param keyStore PKCS#12 with the password {@code changeit}
 * @param chain PEM
 * @param key PEM
 */
public record TestCertificate(Path keyStore, Path chain, Path key) {
  private static final String PASSWORD = "changeit";

  public static TestCertificate make(Path folder, String name, String algorithm) throws Exception {
    Path keyStore = folder.resolve(name + ".p12");
    run(
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-genkeypair",
        "-alias",
        name,
        "-keyalg",
        algorithm,
        "-dname",
        "CN=" + name,
        "-ext",
        "san=dns:localhost,ip:127.0.0.1",
        "-storetype",
        "PKCS12",
        "-keystore",
        keyStore.toString(),
        "-storepass",
        PASSWORD);
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keyStore)) {
      store.load(in, PASSWORD.toCharArray());
    }
    Path chain = folder.resolve(name + ".crt");
    Files.writeString(chain, pem("CERTIFICATE", store.getCertificate(name).getEncoded()));
    Path key = folder.resolve(name + ".key");
    byte[] encoded = store.getKey(name, PASSWORD.toCharArray()).getEncoded();
    Files.writeString(key, pem("PRIVATE KEY", encoded));
    return new TestCertificate(keyStore, chain, key);
  }

  private static String pem(String kind, byte[] encoded) {
    String body = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(encoded);
    return "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n".formatted(kind, body);
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), US_ASCII);
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException(said);
    }
  }

  public void copyChainTo(Path file) throws IOException {
    Files.writeString(file, Files.readString(chain));
  }

  public void copyKeyTo(Path file) throws IOException {
    Files.writeString(file, Files.readString(key));
  }
}
