package dev.rollcall.contract;

import static dev.rollcall.contract.RegistryFixture.aService;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.contract.Race.Outcome;
import dev.rollcall.spi.AsyncRegistry;
import dev.rollcall.spi.LeasePing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Several pings as one call: each is atomic and has an outcome of its own. A registry that is no
 * {@link AsyncRegistry} is pinged once for each.
 */
public interface PingAllContract extends RegistryFixture {
  /** More than fit into one request of the protocol. */
  int MANY = 1_500;

  private Lease registered(String id) {
    return registry().register(aService(id).build());
  }

  private static LeasePing ping(Lease lease) {
    return new LeasePing(lease.id(), Fence.of(lease.leaseId().orElseThrow()));
  }

  private static LeasePing ping(String id) {
    return new LeasePing(id, Fence.none());
  }

  private List<CompletableFuture<Optional<Lease>>> pingAll(LeasePing... pings) {
    return pingAll(List.of(pings));
  }

  private List<CompletableFuture<Optional<Lease>>> pingAll(List<LeasePing> pings) {
    if (registry() instanceof AsyncRegistry calls) {
      return calls.pingAllAsync(pings, Duration.ofSeconds(30));
    }
    List<CompletableFuture<Optional<Lease>>> answers = new ArrayList<>();
    for (LeasePing ping : pings) {
      try {
        answers.add(CompletableFuture.completedFuture(registry().ping(ping.id(), ping.fence())));
      } catch (LeaseSupersededException e) {
        answers.add(CompletableFuture.failedFuture(e));
      }
    }
    return answers;
  }

  @Test
  default void eachOfSeveralPingsHasItsOwnOutcomeInTheirOrder() {
    Lease old = registered("moved");
    Lease moved = registered("moved");
    Lease held = registered("held");

    List<CompletableFuture<Optional<Lease>>> answers =
        pingAll(ping("nobody"), ping(held), ping(old), ping(moved), ping("held"), ping("no id!"));

    assertThat(answers).hasSize(6);
    assertThat(answers.get(0).join()).isEmpty();
    assertThat(answers.get(1).join().orElseThrow().id()).isEqualTo("held");
    assertThat(answers.get(1).join().orElseThrow().leaseId()).isEqualTo(held.leaseId());
    assertThatThrownBy(() -> answers.get(2).join())
        .cause()
        .isInstanceOf(LeaseSupersededException.class)
        .hasMessageContaining("'moved'");
    assertThat(answers.get(3).join().orElseThrow().leaseId()).isEqualTo(moved.leaseId());
    assertThat(answers.get(4).join().orElseThrow().id()).isEqualTo("held");
    assertThat(answers.get(5).join()).isEmpty();
  }

  @Test
  default void severalPingsRenewEachLeaseByItsOwnTtlAndNoOther() {
    registry().register(aService("short").ttl(Duration.ofSeconds(20)).build());
    registered("long");
    registered("unpinged");
    elapse(Duration.ofSeconds(15));

    List<CompletableFuture<Optional<Lease>>> answers = pingAll(ping("short"), ping("long"));
    assertThat(answers.get(0).join().orElseThrow().ttl()).isEqualTo(Duration.ofSeconds(20));
    assertThat(answers.get(1).join().orElseThrow().ttl()).isEqualTo(TTL);

    elapse(Duration.ofSeconds(15));
    assertThat(registry().find("unpinged")).isEmpty();
    assertThat(registry().find("short")).isPresent();
    elapse(Duration.ofSeconds(5));
    assertThat(registry().find("short")).isEmpty();
    assertThat(registry().find("long")).isPresent();
    elapse(Duration.ofSeconds(10));
    assertThat(registry().find("long")).isEmpty();
  }

  @Test
  default void severalPingsReviveNothing() {
    Lease expired = registered("expired");
    elapse(TTL);
    Lease removed = registered("removed");
    registry().deregister("removed");
    registered("alive");

    List<CompletableFuture<Optional<Lease>>> answers =
        pingAll(ping(expired), ping(removed), ping("expired"), ping("removed"), ping("alive"));

    assertThat(answers.subList(0, 4)).allSatisfy(each -> assertThat(each.join()).isEmpty());
    assertThat(answers.get(4).join()).isPresent();
    assertThat(registry().list()).hasSize(1);
  }

  @Test
  default void noPingsHaveNoOutcomes() {
    assertThat(pingAll()).isEmpty();
  }

  @Test
  default void anyNumberOfPingsAreAnswered() {
    Lease first = registered("s0");
    Lease last = registered("s" + (MANY - 1));
    List<LeasePing> pings =
        new ArrayList<>(IntStream.range(0, MANY).mapToObj(i -> ping("s" + i)).toList());
    pings.set(0, ping(first));
    pings.set(MANY - 1, ping(last));

    List<CompletableFuture<Optional<Lease>>> answers = pingAll(pings);

    assertThat(answers).hasSize(MANY);
    assertThat(answers.get(0).join().orElseThrow().leaseId()).isEqualTo(first.leaseId());
    assertThat(answers.get(MANY - 1).join().orElseThrow().leaseId()).isEqualTo(last.leaseId());
    assertThat(answers.subList(1, MANY - 1)).allSatisfy(each -> assertThat(each.join()).isEmpty());
  }

  @Test
  default void severalPingsBesideADeregistrationNeverRevive() {
    try (Race race = new Race()) {
      for (int round = 0; round < rounds(); round++) {
        Lease lease = registered("a");

        List<Outcome<Object>> outcomes =
            race.run(
                () -> registry().deregister("a"),
                () ->
                    pingAll(ping("a"), ping(lease)).stream().map(CompletableFuture::join).toList());

        assertThat((Optional<?>) outcomes.get(0).get()).as("the deregistration").isPresent();
        outcomes.get(1).get();
        assertThat(registry().find("a")).as("revived in round %d", round).isEmpty();
      }
    }
  }
}
