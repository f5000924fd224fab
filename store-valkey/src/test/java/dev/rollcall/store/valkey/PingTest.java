package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.params.SetParams;

/** Which lease id a ping is let through with, and for how long. */
class PingTest {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  private final TtlStore store = TtlStore.open(VALKEY.uri());
  private final ServiceRegistry registry = ServiceRegistry.over(store);

  @AfterEach
  void close() {
    store.close();
  }

  private Lease register(String id, Duration ttl) {
    return registry.register(Registration.builder("http://h").id(id).ttl(ttl).build());
  }

  private Duration ping(Lease lease) {
    return registry.ping(lease.id(), lease.leaseId().orElseThrow()).orElseThrow().ttl();
  }

  /** As if it came from a writer that is neither Python nor ours. */
  private static void put(String id, String leaseId) {
    String value =
        "{\"lease_id\":\"%s\",\"ttl_seconds\":30,\"registered_at\":\"2026-11-23T18:01:33+00:00\","
            + "\"last_updated\":\"2026-11-23T18:01:33+00:00\","
            + "\"id\":\"%s\",\"url\":\"http://h\",\"info\":{}}";
    VALKEY
        .client()
        .set("service:" + id, value.formatted(leaseId, id), SetParams.setParams().ex(30));
  }

  @Test
  void eachIsRenewedForItsOwnTtlWhateverThoseBeforeItHad() {
    List<Duration> ttls =
        List.of(
            Duration.ofSeconds(10),
            Duration.ofSeconds(100), // It begins like the one before.
            Duration.ofSeconds(30),
            Duration.ofMillis(30_500), // So does this.
            Duration.ofHours(24));
    List<Lease> leases = ttls.stream().map(ttl -> register("ttl" + ttl.toMillis(), ttl)).toList();

    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < ttls.size(); i++) {
        Lease lease = leases.get(i);
        assertThat(ping(lease)).isEqualTo(ttls.get(i));
        assertThat(ping(lease)).isEqualTo(ttls.get(i));
        assertThat(VALKEY.client().pttl("service:" + lease.id()))
            .isBetween(ttls.get(i).toMillis() - 5_000, ttls.get(i).toMillis());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "\"", "\\", "\n", "01HZ", "A\",\"x\":\"B", "\",\"ttl_seconds\":30,\"", "é😀"})
  void noOtherTextThanTheLeaseIdIsLetThrough(String fence) {
    register("a", Duration.ofSeconds(30));
    put("b", "A\",\"x\":\"B");

    for (String id : List.of("a", "b")) {
      assertThatThrownBy(() -> registry.ping(id, fence))
          .as(id)
          .isInstanceOf(LeaseSupersededException.class);
    }
  }

  @Test
  void whatIsNotEvenTextIsNotLetThrough() {
    register("a", Duration.ofSeconds(30));

    for (String half : List.of("\ud83d", "\ude00", "\ude00\ud83d", "\0")) {
      assertThatThrownBy(() -> registry.ping("a", half))
          .isInstanceOf(LeaseSupersededException.class);
      assertThatThrownBy(() -> registry.deregister("a", half))
          .isInstanceOf(LeaseSupersededException.class);
    }
  }

  @Test
  void aPartOfTheLeaseIdIsNotLetThrough() {
    String lease = register("a", Duration.ofSeconds(30)).leaseId().orElseThrow();

    for (String part : List.of(lease.substring(1), lease.substring(0, 25), lease + "0")) {
      assertThatThrownBy(() -> registry.ping("a", part))
          .isInstanceOf(LeaseSupersededException.class);
    }
    assertThat(registry.ping("a", lease)).isPresent();
  }

  @Test
  void aLeaseIdOfAnotherWriterIsComparedAsTheTextItIs() {
    put("a", "one \\\"\\u00e9\\\" / \\\\ more");

    assertThat(registry.ping("a", "one \"é\" / \\ more")).isPresent();
    assertThatThrownBy(() -> registry.ping("a", "one \\\"\\u00e9\\\" / \\\\ more"))
        .isInstanceOf(LeaseSupersededException.class);
  }

  @Test
  void aValueThatIsForEverGetsNoLease() {
    String lease = register("a", Duration.ofSeconds(30)).leaseId().orElseThrow();
    VALKEY.client().persist("service:a");

    assertThat(registry.ping("a", lease)).isEmpty();
    assertThat(VALKEY.client().ttl("service:a")).isEqualTo(-1);
  }
}
