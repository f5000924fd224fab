package dev.rollcall.http.server.tls;

import dev.rollcall.http.wire.TlsIdentity;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Gives each handshake the identity that is there by then. A handshake asks for an alias first and
 * then for what belongs to it, so an alias stays good for a handshake that began with it.
 */
public final class ReloadingKeyManager extends X509ExtendedKeyManager {
  private final Supplier<TlsIdentity> source;
  private final ReentrantLock renaming = new ReentrantLock();
  private int renamed;
  private volatile Named named;

  /** An identity, and what handshakes call it. */
  private record Alias(String alias, TlsIdentity identity) {}

  /** The identities that handshakes which have begun may have. */
  private record Named(Alias latest, Alias former) {
    @Nullable TlsIdentity get(@Nullable String alias) {
      if (latest.alias().equals(alias)) {
        return latest.identity();
      }
      return former.alias().equals(alias) ? former.identity() : null;
    }
  }

  public ReloadingKeyManager(Supplier<TlsIdentity> source) {
    this.source = source;
    Alias first = new Alias("0", source.get());
    this.named = new Named(first, first);
  }

  private Alias current() {
    TlsIdentity now = source.get();
    renaming.lock();
    try {
      Named before = named;
      if (!now.equals(before.latest().identity())) {
        // The former comes back where a handshake looked at the files before another, and is late.
        Alias latest =
            now.equals(before.former().identity())
                ? before.former()
                : new Alias(Integer.toString(++renamed), now);
        named = new Named(latest, before.latest());
      }
      return named.latest();
    } finally {
      renaming.unlock();
    }
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    return serverAlias(keyType);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, Socket socket) {
    return serverAlias(keyType);
  }

  private @Nullable String serverAlias(String keyType) {
    Alias now = current();
    return now.identity().key().getAlgorithm().equals(keyType) ? now.alias() : null;
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    String alias = serverAlias(keyType);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    TlsIdentity identity = named.get(alias);
    return identity == null ? null : identity.chainArray();
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    TlsIdentity identity = named.get(alias);
    return identity == null ? null : identity.key();
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null; // A server never acts as a client.
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
    return null;
  }
}
