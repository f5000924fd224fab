package dev.rollcall.http.client.transport;

import dev.rollcall.http.wire.TlsIdentity;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a client whose authorities and certificate may be replaced: they are created anew
 * when one of the two has been.
 *
 * <p>Safe for use by any number of threads.
 */
final class ReloadingTls implements Supplier<ClientTls> {
  private static final System.Logger LOGGER = System.getLogger("dev.rollcall.http.client");

  private final @Nullable Supplier<List<X509Certificate>> authorities;
  private final @Nullable Supplier<TlsIdentity> identity;
  private volatile Created latest;

  /** Settings, and what they were created from. */
  private record Created(
      @Nullable List<X509Certificate> authorities,
      @Nullable TlsIdentity identity,
      ClientTls settings) {}

  /**
   * Creates the settings.
   *
   * @param authorities returns the same list until it is replaced; null for those of the JVM
   * @param identity the same; null for none
   * @throws IllegalArgumentException if the JVM cannot use them
   */
  ReloadingTls(
      @Nullable Supplier<List<X509Certificate>> authorities,
      @Nullable Supplier<TlsIdentity> identity) {
    this.authorities = authorities;
    this.identity = identity;
    this.latest = create(valueOf(authorities), valueOf(identity));
  }

  private static <T> @Nullable T valueOf(@Nullable Supplier<T> supplier) {
    return supplier == null ? null : supplier.get();
  }

  private static Created create(
      @Nullable List<X509Certificate> authorities, @Nullable TlsIdentity identity) {
    try {
      return new Created(authorities, identity, ClientTls.of(authorities, identity));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException("the certificates cannot be used: " + e, e);
    }
  }

  /** Returns the settings by what is there now, or the former ones if the JVM cannot use it. */
  @Override
  @SuppressWarnings("ReferenceEquality") // What has been replaced is another object.
  public ClientTls get() {
    Created former = latest;
    List<X509Certificate> trusted = valueOf(authorities);
    TlsIdentity shown = valueOf(identity);
    if (trusted == former.authorities() && shown == former.identity()) {
      return former.settings();
    }
    Created created;
    try {
      created = create(trusted, shown);
    } catch (IllegalArgumentException e) {
      LOGGER.log(Level.WARNING, () -> e.getMessage() + "; those before stay in use");
      created = new Created(trusted, shown, former.settings());
    }
    latest = created;
    return created.settings();
  }
}
