package dev.rollcall.http.client;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.spi.RegistryTarget;
import dev.rollcall.spi.ServiceRegistryProvider;
import java.util.Set;

/**
 * Opens registries at {@code http:} and {@code https:}. Found by {@link java.util.ServiceLoader}.
 */
public final class HttpRegistryProvider implements ServiceRegistryProvider {

  /** Makes the provider. */
  public HttpRegistryProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of("http", "https");
  }

  @Override
  public ServiceRegistry open(RegistryTarget target) {
    HttpServiceRegistry.Builder builder =
        HttpServiceRegistry.builder(target.url()).timeout(target.timeout());
    target.serviceKey().ifPresent(builder::serviceKey);
    target.headers().forEach(builder::header);
    target.trustedCertificates().ifPresent(builder::trustedCertificates);
    target
        .clientCertificate()
        .ifPresent(
            certificate -> builder.clientCertificate(certificate.chain(), certificate.key()));
    target.tlsContext().ifPresent(tls -> builder.sslContext(tls.context(), tls.trustManager()));
    return builder.build();
  }
}
