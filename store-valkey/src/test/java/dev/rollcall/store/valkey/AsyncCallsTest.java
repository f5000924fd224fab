package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.contract.StoreFixture;
import dev.rollcall.spi.AsyncTtlStore;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.Renewal;
import dev.rollcall.store.valkey.harness.Renewals;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;

/** Calls that no thread waits for, where the server is well. */
@Timeout(60)
class AsyncCallsTest {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  /** More than leave in one pipeline, and more than one call of a script names. */
  private static final int MANY = 300;

  private final TtlStore store = TtlStore.open(VALKEY.uri());
  private final ServiceRegistry registry = ServiceRegistry.over(store);

  @AfterEach
  void close() {
    store.close();
  }

  private Lease register(String id, Duration ttl) {
    return registry.register(Registration.builder("http://h").id(id).ttl(ttl).build());
  }

  private void registerMany() {
    for (int i = 0; i < MANY; i++) {
      register("a" + i, Duration.ofSeconds(30));
    }
  }

  private static Fence fenceOf(Lease lease) {
    return Fence.of(lease.leaseId().orElseThrow());
  }

  /** The kinds stand side by side and out of step with what one call names. */
  private Renewal ofKind(int i) {
    String id = "a" + i;
    Lease first = register(id, ttl(i));
    return switch (i % 5) {
      case 0 -> Renewals.of(id);
      case 1 -> Renewals.of(id, fenceOf(first));
      case 2 -> {
        register(id, ttl(i));
        yield Renewals.of(id, fenceOf(first));
      }
      case 3 -> Renewals.of("no-" + id, fenceOf(first));
      default -> Renewals.of("twice");
    };
  }

  private static Duration ttl(int i) {
    return Duration.ofSeconds(60 + i % 7);
  }

  private static void assertRenewed(Renewal renewal, Duration ttl) {
    Lease lease = renewal.lease().orElseThrow();
    assertThat(lease.id()).isEqualTo(renewal.id());
    assertThat(lease.ttl()).isEqualTo(ttl);
    assertThat(lease.leaseId()).isEqualTo(renewal.fence().leaseId());
    assertThat(Duration.between(Instant.now(), lease.expiresAt()))
        .isBetween(ttl.minusSeconds(5), ttl.plusSeconds(1));
    assertThat(VALKEY.client().pttl("service:" + renewal.id()))
        .isBetween(ttl.toMillis() - 5_000, ttl.toMillis());
  }

  @Test
  void eachOfManyAtOnceGetsItsOwnAnswer() {
    Duration ttlOfTwice = Duration.ofSeconds(90);
    register("twice", ttlOfTwice);
    List<Renewal> renewals = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      renewals.add(ofKind(i));
    }
    VALKEY.elapse(Duration.ofSeconds(20));
    Renewals.make(store, renewals);

    for (int i = 0; i < MANY; i++) {
      Renewal renewal = renewals.get(i);
      switch (i % 5) {
        case 2 ->
            assertThatThrownBy(renewal::lease)
                .isInstanceOf(LeaseSupersededException.class)
                .hasMessageContaining("'a" + i + "'");
        case 3 -> assertThat(renewal.lease()).isEmpty();
        default -> assertRenewed(renewal, i % 5 == 4 ? ttlOfTwice : ttl(i));
      }
    }
  }

  @Test
  void manyCostTheServerFewCalls() {
    registerMany();
    var unused =
        VALKEY.client().executeCommand(new CommandArguments(Command.CONFIG).add("RESETSTAT"));
    List<Renewal> renewals = Renewals.many(MANY);
    Renewals.make(store, renewals);

    assertThat(renewals).allSatisfy(each -> assertThat(each.lease()).isPresent());
    assertThat(commands("pexpireat")).isEqualTo(MANY);
    assertThat(commands("evalsha")).isBetween(1, MANY / 30);
  }

  private static int commands(String name) {
    String info = VALKEY.client().info("commandstats");
    String start = "cmdstat_" + name + ":calls=";
    return Integer.parseInt(
        info.substring(info.indexOf(start) + start.length()).split("[^0-9]", 2)[0]);
  }

  @Test
  void whatIsNotPermittedForOneKeyFailsForThatKeyAlone() {
    registerMany();
    register("b", Duration.ofSeconds(30));
    CommandArguments acl = new CommandArguments(Command.ACL);
    for (String word : "SETUSER some on >p resetkeys ~service:a* ~service: +@all".split(" ", -1)) {
      acl.add(word);
    }
    var unused = VALKEY.client().executeCommand(acl);
    Renewal forbidden = Renewals.of("b");
    List<Renewal> permitted = Renewals.many(MANY);
    String address = VALKEY.server().host() + ":" + VALKEY.server().port();
    try (TtlStore some = TtlStore.open("valkey://some:p@" + address)) {
      Renewals.make(some, Renewals.amid(permitted, forbidden));
    }

    assertThatThrownBy(forbidden::lease)
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("'b' was not renewed")
        .hasMessageContaining("NOPERM");
    assertThat(permitted)
        .allSatisfy(each -> assertThat(each.lease().orElseThrow().id()).isEqualTo(each.id()));
  }

  @Test
  void aKeyOfAnotherTypeHarmsNoneBesideIt() {
    registerMany();
    VALKEY.client().lpush("service:list", "x");
    Renewal list = Renewals.of("list");
    List<Renewal> services = Renewals.many(MANY);
    Renewals.make(store, Renewals.amid(services, list));

    assertThat(list.lease()).isEmpty();
    assertThat(services).allSatisfy(each -> assertThat(each.lease()).isPresent());
  }

  @Test
  void scriptsThatWereFlushedAreMissedByNobody() {
    registerMany();
    VALKEY.client().scriptFlush();
    List<Renewal> renewals = Renewals.many(MANY);
    Renewals.make(store, renewals);

    assertThat(renewals).allSatisfy(each -> assertThat(each.lease()).isPresent());
  }

  @Test
  void besideCallsOfOtherThreadsEachIsToldItsOwn() throws Exception {
    registerMany();
    ExecutorService threads = Executors.newFixedThreadPool(6);
    List<Future<?>> all = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      String id = "b" + t;
      all.add(threads.submit(() -> comeAndGo(id)));
    }
    for (int t = 0; t < 2; t++) {
      all.add(threads.submit(this::renewOften));
    }
    try {
      for (Future<?> each : all) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private void comeAndGo(String id) {
    for (int i = 0; i < 300; i++) {
      Lease lease = register(id, Duration.ofSeconds(30));
      String leaseId = lease.leaseId().orElseThrow();
      assertThat(registry.ping(id, leaseId).orElseThrow().id()).isEqualTo(id);
      assertThat(registry.deregister(id, leaseId).orElseThrow().id()).isEqualTo(id);
      assertThat(registry.ping(id)).isEmpty();
    }
  }

  private void renewOften() {
    for (int i = 0; i < 50; i++) {
      Renewal nobody = Renewals.of("nobody");
      List<Renewal> renewals = Renewals.many(MANY);
      Renewals.make(store, Renewals.amid(renewals, nobody));
      assertThat(nobody.lease()).isEmpty();
      for (Renewal each : renewals) {
        assertThat(each.lease().orElseThrow().id()).isEqualTo(each.id());
      }
    }
  }

  @Test
  void noneAtAllAskNothing() {
    var unused =
        VALKEY.client().executeCommand(new CommandArguments(Command.CONFIG).add("RESETSTAT"));
    assertThatCode(() -> Renewals.make(store, List.of())).doesNotThrowAnyException();

    assertThat(VALKEY.client().info("commandstats")).doesNotContain("evalsha");
  }

  @Test
  void aClosedStoreAsksNothing() {
    AsyncTtlStore closed = (AsyncTtlStore) store;
    Lease lease = register("a", Duration.ofSeconds(30));
    store.close();

    for (CompletableFuture<?> each :
        List.of(
            closed.putAsync(StoreFixture.aClaim("a"), Duration.ofSeconds(1)),
            closed.renewAsync("a", fenceOf(lease), Duration.ofSeconds(1)),
            closed.removeAsync("a", fenceOf(lease), Duration.ofSeconds(1)))) {
      assertThatThrownBy(each::join)
          .hasCauseInstanceOf(IllegalStateException.class)
          .hasMessageContaining("closed");
    }
    assertThat(VALKEY.client().exists("service:a")).isTrue();
  }

  @Test
  void whoCancelsIsAskedForNoMore() {
    registerMany();
    List<Renewal> renewals = Renewals.many(MANY);
    Renewals.start(store, renewals);
    renewals.forEach(each -> each.answer().cancel(true));
    List<Renewal> next = Renewals.many(MANY);
    Renewals.make(store, next);

    assertThat(next).allSatisfy(each -> assertThat(each.lease()).isPresent());
  }

  @Test
  void threadsOfTheStoreEndWithIt() {
    try (TtlStore own = TtlStore.open(VALKEY.uri())) {
      Renewals.make(own, Renewals.many(10));
      assertThat(threads()).isNotEmpty();
    }
    store.close();
    Eventually.await("threads end", Duration.ofSeconds(20), () -> threads().isEmpty());
  }

  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("rollcall-valkey"))
        .toList();
  }
}
