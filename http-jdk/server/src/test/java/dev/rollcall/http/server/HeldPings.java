package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.control.BulkStore;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.http.server.spi.CompletedRequest;
import dev.rollcall.store.memory.MemoryTtlStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.MDC;

/** Pings of the service {@code a} that wait, over a store that renews in bulk and can be held. */
final class HeldPings implements AutoCloseable {
  static final int MAX_REQUESTS = 240;

  /** Holds whoever has answered the request of this id, as a client does that reads nothing. */
  static final String UNREAD = "unread";

  private final BulkStore store = new BulkStore(MemoryTtlStore.builder().build());
  private final List<String> heard = new CopyOnWriteArrayList<>();

  /** Each request is looked at by a guard, which asks for the time, just before it is queued. */
  private final AtomicInteger arrived = new AtomicInteger();

  private final RegistryHttpServer server =
      RegistryHttpServer.builder(
              RegistryEndpoints.builder(ServiceRegistry.over(store))
                  .limits(
                      RequestLimits.builder()
                          .maxRequests(MAX_REQUESTS)
                          .rateLimit(1_000_000, 1_000_000)
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
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch read = new CountDownLatch(1);
  private final List<RawHttp> connections = new ArrayList<>();

  HeldPings() {
    wire.registered("a");
    forget();
  }

  BulkStore store() {
    return store;
  }

  /** Returns how many pings the store was asked for at a time. */
  List<Integer> batches() {
    return store.bulks().stream().map(List::size).toList();
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
    heard.clear();
  }

  /** Lets the store answer. */
  void release() {
    release.countDown();
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
    release.countDown();
    read.countDown();
    for (RawHttp connection : connections) {
      connection.close();
    }
    server.close();
    store.close();
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
    store.onEachBulk(
        renewals -> {
          entered.countDown();
          awaitUninterruptibly(release);
          store.renewEach(renewals);
        });
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
