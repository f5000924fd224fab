package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.control.AsyncStore;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.http.server.spi.CompletedRequest;
import dev.rollcall.spi.AsyncTtlStore;
import dev.rollcall.store.memory.MemoryTtlStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Pings of the service {@code a} that wait, over an asynchronous store that can be held. */
final class HeldPings implements AutoCloseable {
  static final int MAX_REQUESTS = 240;

  /** Holds whoever has answered the request of this id, as a client does that reads nothing. */
  static final String UNREAD = "unread";

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HeldStore store = new HeldStore();
  private final List<String> heard = new CopyOnWriteArrayList<>();

  /** Each request is looked at by a guard, which asks for the time, just before it is queued. */
  private final AtomicInteger arrived = new AtomicInteger();

  private final AtomicInteger asked = new AtomicInteger();

  private final RegistryHttpServer server =
      RegistryHttpServer.builder(
              RegistryEndpoints.builder(ServiceRegistry.over(store))
                  .limits(
                      RequestLimits.builder()
                          .maxRequests(MAX_REQUESTS)
                          .rateLimit(1_000_000)
                          .build())
                  .nanoTime(
                      () -> {
                        arrived.incrementAndGet();
                        return System.nanoTime();
                      })
                  .listener(this::hear)
                  .build())
          .drainTime(Duration.ofMinutes(10))
          .start();
  private final Wire wire = new Wire(server.address());
  private final CountDownLatch entered = new CountDownLatch(1);
  private volatile CompletableFuture<@Nullable Void> held = CompletableFuture.completedFuture(null);
  private volatile @Nullable Supplier<CompletableFuture<Optional<Lease>>> otherAnswer;
  private final CountDownLatch read = new CountDownLatch(1);
  private final List<RawHttp> connections = new ArrayList<>();

  HeldPings() {
    wire.registered("a");
    forget();
  }

  /** A store whose answers to renewals can be held up, or be others. */
  private final class HeldStore extends AsyncStore {
    HeldStore() {
      super(MemoryTtlStore.builder().build(), threads);
    }

    @Override
    public CompletableFuture<Optional<Lease>> renewAsync(String id, Fence fence, Duration timeout) {
      asked.incrementAndGet();
      entered.countDown();
      Supplier<CompletableFuture<Optional<Lease>>> other = otherAnswer;
      return other == null
          ? held.thenComposeAsync(start -> super.renewAsync(id, fence, timeout), threads)
          : other.get();
    }
  }

  AsyncTtlStore store() {
    return store;
  }

  /** Returns how many pings the store was asked for without a thread. */
  int asked() {
    return asked.get();
  }

  /** Sets what the store answers in the place of a lease, or null to have it answer by itself. */
  void answerInstead(@Nullable Supplier<CompletableFuture<Optional<Lease>>> answer) {
    otherAnswer = answer;
  }

  RegistryHttpServer server() {
    return server;
  }

  Wire wire() {
    return wire;
  }

  /** Returns what listeners were told of each request: operation, status and request id. */
  List<String> heard() {
    return heard;
  }

  /** Forgets the requests that have come. */
  void forget() {
    arrived.set(0);
    asked.set(0);
    heard.clear();
  }

  /** Lets the store answer. */
  void release() {
    held.complete(null);
  }

  /** Lets those go on who answer to {@link #UNREAD}. */
  void read() {
    read.countDown();
  }

  private void hear(CompletedRequest request) {
    String id = MDC.get("request_id");
    heard.add(request.operation() + " " + request.status() + " " + id);
    if (UNREAD.equals(id)) {
      awaitUninterruptibly(read);
    }
  }

  @Override
  public void close() throws IOException {
    release();
    read.countDown();
    for (RawHttp connection : connections) {
      connection.close();
    }
    server.close();
    store.close();
    threads.shutdownNow();
  }

  static String ping(String target, String... headers) {
    String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    return "PUT /services/" + target + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
  }

  /** Sends a request on a connection of its own. */
  RawHttp send(String request) throws IOException {
    var connection = new RawHttp(server.address());
    connections.add(connection);
    connection.send(request);
    return connection;
  }

  /** Sends a ping that the store holds until it is released, and more behind it. */
  List<RawHttp> sendBehindAHeldOne(List<String> pings) throws Exception {
    held = new CompletableFuture<>();
    List<RawHttp> sent = new ArrayList<>();
    sent.add(send(ping("a/$ping")));
    entered.await();
    for (String ping : pings) {
      sent.add(send(ping));
    }
    while (arrived.get() < sent.size()) {
      Thread.onSpinWait();
    }
    return sent;
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static List<String> times(int count, String ping) {
    List<String> pings = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pings.add(ping);
    }
    return pings;
  }

  static void assertAnswered(int status, List<RawHttp> sent) throws IOException {
    for (RawHttp connection : sent) {
      assertThat(connection.read(false).status()).isEqualTo(status);
    }
  }
}
