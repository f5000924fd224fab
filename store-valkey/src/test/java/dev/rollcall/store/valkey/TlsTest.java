package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.Certificate;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.SslOptions;

/** A server that speaks TLS alone, with a certificate for 127.0.0.1. */
class TlsTest {
  private static Certificate certificate;
  private static ValkeyProcess valkey;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    certificate = Certificate.make(directory, "ip:127.0.0.1");
    int port = ValkeyProcess.freePort();
    valkey = ValkeyProcess.startOn(port, certificate.serverOptions(port));
  }

  @AfterAll
  static void stop() {
    valkey.close();
  }

  @AfterEach
  void trustAsUsual() {
    System.clearProperty("javax.net.ssl.trustStore");
    System.clearProperty("javax.net.ssl.trustStorePassword");
  }

  private static void trust(Certificate certificate) throws Exception {
    System.setProperty("javax.net.ssl.trustStore", certificate.trustStore().getPath());
    System.setProperty("javax.net.ssl.trustStorePassword", certificate.password());
  }

  private static String uri(String host) {
    return "valkeys://:no-password@" + host + ":" + valkey.port();
  }

  private static void assertServes(TtlStore store) {
    ServiceRegistry registry = ServiceRegistry.over(store);
    registry.register(Registration.builder("http://h").id("a").build());
    assertThat(registry.ping("a")).isPresent();
    assertThat(registry.list()).hasSize(1);
    assertThat(registry.deregister("a")).isPresent();
  }

  @Test
  void aCertificateThatTheJvmTrustsServes() throws Exception {
    trust(certificate);

    try (TtlStore store = TtlStore.open("valkeys://127.0.0.1:" + valkey.port())) {
      assertServes(store);
    }
  }

  @Test
  void aClientWithATrustOfItsOwnServes() throws Exception {
    SslOptions trust =
        SslOptions.builder()
            .truststore(certificate.trustStore(), certificate.password().toCharArray())
            .trustStoreType("PKCS12")
            .build();
    try (RedisClient client =
            RedisClient.builder()
                .hostAndPort("127.0.0.1", valkey.port())
                .clientConfig(DefaultJedisClientConfig.builder().sslOptions(trust).build())
                .build();
        TtlStore store = ValkeyTtlStore.builder(client).build()) {
      assertServes(store);
    }
  }

  @Test
  void aCertificateThatNobodyTrustsIsAnErrorAtOpenThatSaysSo() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TtlStore.open(uri("127.0.0.1")))
        .withMessageContaining("127.0.0.1:" + valkey.port())
        .withMessageContaining("certification path")
        .withMessageNotContaining("no-password");
  }

  @Test
  void aCertificateOfAnotherCaIsAnErrorAtOpenThatSaysSo(@TempDir Path directory) throws Exception {
    trust(Certificate.make(directory, "ip:127.0.0.1"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> TtlStore.open(uri("127.0.0.1")))
        .withMessageContaining("127.0.0.1:" + valkey.port())
        .withMessageNotContaining("no-password");
  }

  @Test
  void aCertificateForAnotherNameIsAnErrorAtOpenThatSaysSo() throws Exception {
    trust(certificate);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> TtlStore.open(uri("localhost")))
        .withMessageContaining("localhost")
        .withMessageNotContaining("no-password");
  }

  @Test
  void plainTextToATlsServerIsUnavailable() {
    assertThatThrownBy(() -> TtlStore.open("valkey://127.0.0.1:" + valkey.port()))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("127.0.0.1:" + valkey.port());
  }
}
