package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;

/** Calls that share a pipeline, and one among them that fails. */
class NeighbourTest {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  private static final int THREADS = 8;
  private static final int ROUNDS = 300;

  private final ExecutorService threads = Executors.newFixedThreadPool(2 * THREADS);

  @AfterEach
  void close() {
    threads.shutdownNow();
  }

  private static Registration service(String id) {
    return Registration.builder("http://h").id(id).build();
  }

  @Test
  void whatIsNotPermittedForOneKeyFailsForThatKeyAlone() throws Exception {
    VALKEY.client().set("service:b", "x");
    CommandArguments acl = new CommandArguments(Command.ACL);
    for (String word : "SETUSER some on >p resetkeys ~service:a* ~service: +@all".split(" ", -1)) {
      acl.add(word);
    }
    var unused = VALKEY.client().executeCommand(acl);
    String uri = "valkey://some:p@" + VALKEY.server().host() + ":" + VALKEY.server().port();
    try (TtlStore store = TtlStore.open(uri)) {
      ServiceRegistry registry = ServiceRegistry.over(store);
      sideBySide(
          thread -> {
            registry.register(service("a" + thread));
            for (int i = 0; i < ROUNDS; i++) {
              assertThat(registry.ping("a" + thread)).isPresent();
            }
          },
          thread -> {
            for (int i = 0; i < ROUNDS; i++) {
              assertThatThrownBy(() -> registry.ping("b"))
                  .isInstanceOf(StoreUnavailableException.class)
                  .hasMessageContaining("NOPERM");
            }
          });
    }
  }

  @Test
  void keysOfAnotherTypeAndMissingOnesHarmNoPingBesideThem() throws Exception {
    VALKEY.client().lpush("service:list", "x");
    try (TtlStore store = TtlStore.open(VALKEY.uri())) {
      ServiceRegistry registry = ServiceRegistry.over(store);
      sideBySide(
          thread -> {
            String lease = registry.register(service("a" + thread)).leaseId().orElseThrow();
            for (int i = 0; i < ROUNDS; i++) {
              assertThat(registry.ping("a" + thread, lease).orElseThrow().id())
                  .isEqualTo("a" + thread);
            }
          },
          thread -> {
            for (int i = 0; i < ROUNDS; i++) {
              assertThat(registry.ping("list")).isEmpty();
              assertThat(registry.ping("nobody")).isEmpty();
            }
          });
    }
  }

  @Test
  void eachOfManyPingsAtOnceGetsItsOwnAnswer() throws Exception {
    try (TtlStore store = TtlStore.open(VALKEY.uri())) {
      ServiceRegistry registry = ServiceRegistry.over(store);
      sideBySide(
          thread -> {
            Duration ttl = Duration.ofSeconds(10 + thread / 2);
            Lease lease =
                registry.register(
                    Registration.builder("http://h").id("a" + thread).ttl(ttl).build());
            for (int i = 0; i < ROUNDS; i++) {
              Lease renewed =
                  registry.ping(lease.id(), lease.leaseId().orElseThrow()).orElseThrow();
              assertThat(renewed.id()).isEqualTo(lease.id());
              assertThat(renewed.ttl()).isEqualTo(ttl);
              assertThat(Duration.between(Instant.now(), renewed.expiresAt()))
                  .isBetween(ttl.minusSeconds(5), ttl.plusSeconds(1));
            }
          },
          thread -> {
            registry.register(service("b" + thread));
            for (int i = 0; i < ROUNDS; i++) {
              switch (thread % 3) {
                case 0 ->
                    assertThatThrownBy(() -> registry.ping("b" + thread, "another's"))
                        .isInstanceOf(LeaseSupersededException.class);
                case 1 -> assertThat(registry.ping("nobody", "another's")).isEmpty();
                default -> assertThat(registry.ping("b" + thread)).isPresent();
              }
            }
          });
    }
  }

  @Test
  void scriptsThatAreFlushedUnderLoadAreMissedByNobody() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    try (TtlStore store = TtlStore.open(VALKEY.uri())) {
      ServiceRegistry registry = ServiceRegistry.over(store);
      Future<?> flushes =
          threads.submit(
              () -> {
                while (!done.get()) {
                  VALKEY.client().scriptFlush();
                }
              });
      sideBySide(
          thread -> {
            for (int i = 0; i < ROUNDS; i++) {
              registry.register(service("a" + thread));
              assertThat(registry.ping("a" + thread)).isPresent();
              assertThat(registry.deregister("a" + thread)).isPresent();
              assertThat(registry.ping("a" + thread)).isEmpty();
            }
          });
      done.set(true);
      flushes.get();
    }
  }

  /** What one thread does. */
  private interface Work {
    void run(int thread) throws Exception;
  }

  private void sideBySide(Work... works) throws Exception {
    List<Future<?>> all = new ArrayList<>();
    for (Work work : works) {
      for (int t = 0; t < THREADS; t++) {
        int thread = t;
        all.add(
            threads.submit(
                () -> {
                  work.run(thread);
                  return null;
                }));
      }
    }
    for (Future<?> each : all) {
      each.get();
    }
  }
}
