package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.FaultProxy;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What 30 callers leave behind, and what they take up meanwhile, when the server fails them. */
class LeakTest {
  private static final int CALLERS = 30;
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** The pipelines', a list's, and some on their way out, each with two ends in the proxy. */
  private static final int MAX_SOCKETS = 2 * 16;

  private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
  private final AtomicBoolean done = new AtomicBoolean();
  private final AtomicInteger outages = new AtomicInteger();
  private final AtomicInteger pings = new AtomicInteger();
  private final AtomicInteger reportedGone = new AtomicInteger();

  @AfterEach
  void close() {
    done.set(true);
    callers.shutdownNow();
  }

  @Test
  void faultsOfTheConnectionLeaveNoThreadAndNoConnection() {
    leavesNothing((valkey, proxy) -> proxy.reset(), (valkey, proxy) -> {}, false);
    leavesNothing((valkey, proxy) -> proxy.cut(), (valkey, proxy) -> {}, false);
    leavesNothing((valkey, proxy) -> proxy.forget(), (valkey, proxy) -> {}, false);
    leavesNothing(
        (valkey, proxy) -> proxy.dropReplies(true),
        (valkey, proxy) -> proxy.dropReplies(false),
        true);
    assertThat(reportedGone).hasValue(0);
  }

  @Test
  void aServerThatHangsLeavesNoThreadAndNoConnection() {
    leavesNothing((valkey, proxy) -> valkey.suspend(), (valkey, proxy) -> valkey.resume(), true);
    assertThat(reportedGone).hasValue(0);
  }

  @Test
  void aServerThatIsKilledAndComesBackEmptyLeavesNoThreadAndNoConnection() {
    leavesNothing(
        (valkey, proxy) -> valkey.kill(),
        (valkey, proxy) -> {
          assertThat(reportedGone).as("as long as the server is away").hasValue(0);
          valkey.restart();
          awaitMore("the service is gone", reportedGone, 1);
          register(valkey);
        },
        true);
  }

  private void leavesNothing(
      BiConsumer<ValkeyProcess, FaultProxy> fault,
      BiConsumer<ValkeyProcess, FaultProxy> mend,
      boolean felt) {
    done.set(false);
    Set<Thread> before = threads();
    try (ValkeyProcess valkey = ValkeyProcess.start();
        FaultProxy proxy = new FaultProxy(valkey)) {
      try (TtlStore store = TtlStore.open(proxy.uri() + "?timeout-ms=600&connect-timeout-ms=300")) {
        ServiceRegistry registry = ServiceRegistry.over(store);
        register(registry);
        List<Future<?>> started = startCallers(registry);
        awaitMore("pings", pings, CALLERS);
        fault.accept(valkey, proxy);
        if (felt) {
          awaitMore("an outage", outages, 1);
        }
        assertThat(proxy.openSockets()).isLessThanOrEqualTo(MAX_SOCKETS);
        assertThat(newThreads(before)).as("threads of the store").isEmpty();
        mend.accept(valkey, proxy);
        awaitMore("pings", pings, CALLERS);
        done.set(true);
        Eventually.await("all callers end", LIMIT, () -> started.stream().allMatch(Future::isDone));

        Eventually.await("a ping", LIMIT, () -> registry.ping("a").isPresent());
        assertThat(started).allSatisfy(each -> assertThat(each).succeedsWithin(LIMIT));
      }
      Eventually.await("no connection is left", LIMIT, () -> proxy.openSockets() == 0);
    }
    Eventually.await("no thread is left", LIMIT, () -> newThreads(before).isEmpty());
  }

  /** Registers from elsewhere. */
  private static void register(ValkeyProcess valkey) {
    try (ServiceRegistry registry = ServiceRegistry.open(valkey.uri())) {
      register(registry);
    }
  }

  private static void register(ServiceRegistry registry) {
    registry.register(
        Registration.builder("http://h").id("a").ttl(Duration.ofSeconds(120)).build());
  }

  private List<Future<?>> startCallers(ServiceRegistry registry) {
    List<Future<?>> started = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      started.add(
          callers.submit(
              () -> {
                while (!done.get()) {
                  call(registry);
                }
              }));
    }
    return started;
  }

  private void call(ServiceRegistry registry) {
    try {
      if (registry.ping("a").isEmpty() || registry.list().isEmpty()) {
        reportedGone.incrementAndGet();
      }
      pings.incrementAndGet();
    } catch (RegistryUnavailableException e) {
      outages.incrementAndGet();
    }
  }

  private static void awaitMore(String what, AtomicInteger count, int more) {
    int enough = count.get() + more;
    Eventually.await(what, LIMIT, () -> count.get() >= enough);
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet();
  }

  /** Returns the threads that are neither this test's nor the JDK's own. */
  private static Set<Thread> newThreads(Set<Thread> before) {
    return threads().stream()
        .filter(thread -> !before.contains(thread))
        .filter(
            thread ->
                !thread.getName().matches("pool-.*|test-listener|process reaper.*|Completable.*"))
        .collect(Collectors.toSet());
  }
}
