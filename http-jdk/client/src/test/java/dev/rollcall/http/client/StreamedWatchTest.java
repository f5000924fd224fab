package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.SetVersion;
import dev.rollcall.discovery.View;
import dev.rollcall.discovery.Watch;
import dev.rollcall.discovery.WatchListener;
import dev.rollcall.http.client.harness.FakeRegistry;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.store.memory.MemoryTtlStore;
import dev.rollcall.store.valkey.harness.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A watch over HTTP, with real servers and with those that are none of ours. */
@Timeout(60)
class StreamedWatchTest {
  private final MemoryTtlStore store = MemoryTtlStore.builder().build();
  private final ServiceRegistry registry = ServiceRegistry.over(store);

  @AfterEach
  void close() {
    registry.close();
    store.close();
  }

  private void register(String id, String zone) {
    registry.register(
        Registration.builder()
            .id(id)
            .url("http://" + id + ":1")
            .info(Map.of("zone", zone))
            .build());
  }

  private RegistryHttpServer start(int port) {
    return RegistryHttpServer.builder(registry).port(port).start();
  }

  /** One call of a listener. */
  private record Called(View view, List<Change> changes) {
    List<String> brief() {
      return changes.stream().map(change -> change.id() + " " + change.type()).toList();
    }
  }

  /** Keeps what it is told, and what services there are by the changes alone. */
  private static final class Recorder implements WatchListener {
    final BlockingQueue<Called> calls = new LinkedBlockingQueue<>();
    final Map<String, Service> byChanges = new TreeMap<>();

    @Override
    public synchronized void changed(View view, List<Change> changes) {
      for (Change change : changes) {
        assertThat(change.previous().map(Service::id))
            .isEqualTo(Optional.ofNullable(byChanges.get(change.id())).map(Service::id));
        if (change.isGone()) {
          byChanges.remove(change.id());
        } else {
          byChanges.put(change.id(), change.service());
        }
      }
      calls.add(new Called(view, changes));
    }

    Called next() throws InterruptedException {
      Called called = calls.poll(20, TimeUnit.SECONDS);
      assertThat(called).as("a call of the listener").isNotNull();
      return called;
    }

    synchronized List<String> ids() {
      return List.copyOf(byChanges.keySet());
    }
  }

  @Test
  void theListenerIsToldAllAndThenEachChange() throws InterruptedException {
    register("a", "eu");
    register("b", "us");
    Recorder told = new Recorder();
    try (RegistryHttpServer server = start(0);
        HttpServiceRegistry client = HttpServiceRegistry.connect(server.url().toString());
        Watch watch = client.watch(Query.all().where("info.zone", "eu"), told)) {
      Called first = told.next();
      assertThat(first.brief()).containsExactly("a ADDED");
      assertThat(first.view().staleSince()).isEmpty();
      register("a", "eu");
      assertThat(told.next().brief()).containsExactly("a REGISTERED");
      register("b", "eu");
      Called second = told.next();
      assertThat(second.brief()).containsExactly("b ADDED");
      assertThat(second.view().version()).isEqualTo(SetVersion.of(registry.list()).toString());
      register("a", "us");
      assertThat(told.next().brief()).containsExactly("a UNMATCHED");
      registry.deregister("b");
      Called last = told.next();
      assertThat(last.brief()).containsExactly("b DEREGISTERED");
      assertThat(last.view().services()).isEmpty();
      assertThat(watch).isNotNull();
    }
  }

  @Test
  void changesAppliedAreTheListThoughStreamsAreCutAgainAndAgain() throws InterruptedException {
    Random random = new Random(7);
    Recorder told = new Recorder();
    RegistryHttpServer server = start(0);
    int port = server.address().getPort();
    try (HttpServiceRegistry client = HttpServiceRegistry.connect(server.url().toString());
        Watch watch = client.watch(Query.all(), told)) {
      told.next();
      for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 50; i++) {
          String id = "s" + random.nextInt(20);
          if (random.nextInt(3) == 0) {
            registry.deregister(id);
          } else {
            register(id, "z" + random.nextInt(3));
          }
          if (i == 25) {
            server.close();
            server = start(port);
          }
        }
        String version = SetVersion.of(registry.list()).toString();
        while (!told.next().view().version().equals(version)) {
          // Not all of it yet.
        }
        assertThat(told.ids()).isEqualTo(registry.list().stream().map(Service::id).toList());
      }
      assertThat(watch).isNotNull();
    } finally {
      server.close();
    }
  }

  @Test
  void aRegistryThatIsLostMakesTheViewStaleAndNobodyGone() throws InterruptedException {
    register("a", "eu");
    Recorder told = new Recorder();
    RegistryHttpServer server = start(0);
    int port = server.address().getPort();
    try (HttpServiceRegistry client = HttpServiceRegistry.connect(server.url().toString());
        Watch watch = client.watch(Query.all(), told)) {
      assertThat(told.next().brief()).containsExactly("a ADDED");
      server.close();
      Called stale = told.next();
      assertThat(stale.changes()).isEmpty();
      assertThat(stale.view().staleSince()).isPresent();
      assertThat(stale.view().services()).hasSize(1);
      server = start(port);
      Called fresh = told.next();
      assertThat(fresh.view().staleSince()).isEmpty();
      assertThat(fresh.changes()).isEmpty();
      assertThat(watch).isNotNull();
    } finally {
      server.close();
    }
  }

  @Test
  void aRegistryWithoutStreamsIsPolled() throws InterruptedException {
    Recorder told = new Recorder();
    try (FakeRegistry python =
            FakeRegistry.answering(
                200,
                "{\"count\":1,\"services\":[{\"id\":\"a\",\"url\":\"http://a\",\"info\":{}}]}");
        HttpServiceRegistry client = HttpServiceRegistry.connect(python.url());
        Watch watch = client.watch(Query.all(), told)) {
      assertThat(told.next().brief()).containsExactly("a ADDED");
      assertThat(python.asked().get(0).headers()).containsEntry("accept", "text/event-stream");
      assertThat(watch).isNotNull();
    }
  }

  @Test
  void aStreamOfRubbishIsTriedAgainAndTellsNothing() throws InterruptedException {
    String head = "Content-Type: text/event-stream\r\n";
    Recorder told = new Recorder();
    try (FakeRegistry fake = FakeRegistry.hung();
        HttpServiceRegistry client = HttpServiceRegistry.connect(fake.url())) {
      fake.then(FakeRegistry.answer(200, head, "rubbish\n\n"))
          .then(FakeRegistry.answer(200, head, "data: " + "x".repeat(10_000) + "\n\n"))
          .then(FakeRegistry.answer(200, head, "id: " + "x".repeat(10_000) + "\n\n"))
          .then(FakeRegistry.answer(200, head, "id: a\nevent: snapshot\ndata: [\n\n"))
          .then(FakeRegistry.answer(200, head, "id: a\nevent: put\ndata: {}\n\n"))
          .then(
              FakeRegistry.answer(
                  200,
                  head,
                  """
                  retry: 0

                  id: e.1.v
                  event: snapshot
                  data: {"count":0,"services":[]}

                  id: e.1.v
                  event: sync
                  data: {"fresh":true}

                  """))
          .then(
              FakeRegistry.answer(503, "Content-Type: application/json\r\n", "{\"detail\":\"x\"}"));
      try (Watch watch = client.watch(Query.all(), told)) {
        Called first = told.next();
        assertThat(first.changes()).isEmpty();
        assertThat(first.view().version()).isEqualTo("v");
        assertThat(watch).isNotNull();
      }
    }
  }

  @Test
  void closingEndsTheThreadAndNothingIsToldAfterwards() throws InterruptedException {
    Recorder told = new Recorder();
    try (RegistryHttpServer server = start(0);
        HttpServiceRegistry client = HttpServiceRegistry.connect(server.url().toString())) {
      Watch watch = client.watch(Query.all(), told);
      told.next();
      List<Thread> threads =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().equals("rollcall-watch-http"))
              .toList();
      watch.close();
      watch.close();
      register("a", "eu");
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(told.calls).isEmpty();
    }
  }

  /** A listener that does not return before it is let go, and a watch that it listens to. */
  private final class Stuck implements AutoCloseable {
    private final RegistryHttpServer server = start(0);
    private final HttpServiceRegistry client = HttpServiceRegistry.connect(server.url().toString());
    private final CountDownLatch isCalled = new CountDownLatch(1);
    private final CountDownLatch mayReturn = new CountDownLatch(1);
    private final AtomicBoolean hasReturned = new AtomicBoolean();
    private final Watch watch = client.watch(Query.all(), (view, changes) -> listen());

    private void listen() {
      isCalled.countDown();
      try {
        hasReturned.set(mayReturn.await(50, TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      mayReturn.countDown();
      client.close();
      server.close();
    }
  }

  @Test
  void closingWaitsForAListenerThatIsStuckFor5SecondsInRealTime() throws InterruptedException {
    try (Stuck stuck = new Stuck()) {
      stuck.isCalled.await();
      long startNanos = System.nanoTime();
      Thread closing = new Thread(stuck.watch::close);
      closing.start();
      closing.join(20_000);
      assertThat(closing.isAlive()).isFalse();
      assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
          .isGreaterThanOrEqualTo(Duration.ofSeconds(5));
    }
  }

  @Test
  void anInterruptDoesNotEndTheWaitForAListener() throws InterruptedException {
    try (Stuck stuck = new Stuck()) {
      stuck.isCalled.await();
      AtomicBoolean hasWaited = new AtomicBoolean();
      AtomicBoolean isInterrupted = new AtomicBoolean();
      Thread closing =
          new Thread(
              () -> {
                Thread.currentThread().interrupt();
                stuck.watch.close();
                hasWaited.set(stuck.hasReturned.get());
                isInterrupted.set(Thread.currentThread().isInterrupted());
              });
      closing.start();
      Eventually.await(
          "it waits, or has ended",
          Duration.ofSeconds(20),
          () ->
              closing.getState() == Thread.State.TIMED_WAITING
                  || closing.getState() == Thread.State.TERMINATED);
      stuck.mayReturn.countDown();
      closing.join();
      assertThat(hasWaited).isTrue();
      assertThat(isInterrupted).isTrue();
    }
  }

  @Test
  void closingTheRegistryEndsItsWatches() throws InterruptedException {
    Recorder told = new Recorder();
    try (RegistryHttpServer server = start(0)) {
      HttpServiceRegistry client = HttpServiceRegistry.connect(server.url().toString());
      Watch watch = client.watch(Query.all(), told);
      told.next();
      client.close();
      register("a", "eu");
      watch.close();
      assertThat(told.calls).isEmpty();
      assertThatThrownBy(() -> client.watch(Query.all(), told))
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
