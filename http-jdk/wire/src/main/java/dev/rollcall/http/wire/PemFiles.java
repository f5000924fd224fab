package dev.rollcall.http.wire;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Reads certificates and keys as most tools write them. */
public final class PemFiles {
  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";

  private PemFiles() {}

  /**
   * Reads a certificate, with what it was signed by, and its key.
   *
   * @param chain the file of the certificate, and what it was signed by
   * @param key the file of its private key, PKCS#8 and not encrypted
   * @return both
   * @throws IOException if a file cannot be read
   * @throws GeneralSecurityException if they are not what they should be, or do not belong together
   */
  public static TlsIdentity read(Path chain, Path key)
      throws IOException, GeneralSecurityException {
    return TlsIdentity.of(certificates(chain), privateKey(key));
  }

  /**
   * Reads the certificates of a file, one or more.
   *
   * @param file the file
   * @return the certificates, in the order of the file
   * @throws IOException if it cannot be read
   * @throws GeneralSecurityException if it has no certificate, or one that is malformed
   */
  public static List<X509Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    List<X509Certificate> result = new ArrayList<>();
    // Read first: the JDK takes a file that cannot be read for one that is malformed.
    var content = new ByteArrayInputStream(Files.readAllBytes(file));
    for (Certificate certificate :
        CertificateFactory.getInstance("X.509").generateCertificates(content)) {
      result.add((X509Certificate) certificate);
    }
    if (result.isEmpty()) {
      throw new GeneralSecurityException("there is no certificate in " + file);
    }
    return result;
  }

  private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    String text = Files.readString(file);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new GeneralSecurityException(
          "there is no unencrypted PKCS#8 key in "
              + file
              + "; make one of another by openssl pkcs8 -topk8 -nodes -in KEY -out NEW_KEY");
    }
    byte[] encoded;
    try {
      encoded = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
    } catch (IllegalArgumentException e) {
      // Its message shows a part of the key.
      throw new GeneralSecurityException("the content of " + file + " is not base64");
    }
    for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      } catch (InvalidKeySpecException e) {
        // It is of another algorithm.
      }
    }
    throw new GeneralSecurityException("the key in " + file + " is not an EC, RSA or EdDSA key");
  }
}
