package dev.rollcall.http.wire;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A certificate with what it was signed by, and the key that belongs to it.
 *
 * @param chain the own certificate first
 * @param key of the first certificate
 */
public record TlsIdentity(List<X509Certificate> chain, PrivateKey key) {
  private static final int PROOF_BYTES = 32;

  /**
   * Returns the identity, after checking that key and certificate belong together.
   *
   * @param chain the own certificate first
   * @param key of the first certificate
   * @return the identity
   * @throws GeneralSecurityException if they do not
   */
  public static TlsIdentity of(List<X509Certificate> chain, PrivateKey key)
      throws GeneralSecurityException {
    PublicKey publicKey = chain.get(0).getPublicKey();
    String algorithm =
        switch (publicKey.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> publicKey.getAlgorithm();
        };
    byte[] proof = new byte[PROOF_BYTES];
    new SecureRandom().nextBytes(proof);
    Signature signature = Signature.getInstance(algorithm);
    if (publicKey.getAlgorithm().equals(key.getAlgorithm())) {
      signature.initSign(key);
      signature.update(proof);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(proof);
      if (signature.verify(signed)) {
        return new TlsIdentity(List.copyOf(chain), key);
      }
    }
    throw new GeneralSecurityException("the private key is not that of the first certificate");
  }

  /**
   * Returns the chain as key managers take it.
   *
   * @return a new array, the own certificate first
   */
  public X509Certificate[] chainArray() {
    return chain.toArray(X509Certificate[]::new);
  }
}
