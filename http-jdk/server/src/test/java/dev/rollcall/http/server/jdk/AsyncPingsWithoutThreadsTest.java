package dev.rollcall.http.server.jdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.control.AsyncStore;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.spi.CompletedRequest;
import dev.rollcall.store.memory.MemoryTtlStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

/** Pings that wait, in a server whose system starts no more threads for a while. */
@Timeout(60)
@Tag("not-on-jetty")
class AsyncPingsWithoutThreadsTest {
  private final Queue<Runnable> asked = new ConcurrentLinkedQueue<>();
  private final AsyncStore store = new AsyncStore(MemoryTtlStore.builder().build(), asked::add);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicBoolean hasNoThreads = new AtomicBoolean();
  private final AtomicInteger refused = new AtomicInteger();
  private final CountDownLatch unread = new CountDownLatch(1);
  private final CountDownLatch isHeld = new CountDownLatch(1);

  private void execute(Runnable task) {
    if (hasNoThreads.get()) {
      refused.incrementAndGet();
      throw new OutOfMemoryError("unable to create native thread");
    }
    threads.execute(task);
  }

  private void hear(CompletedRequest request) {
    if ("unread".equals(MDC.get("request_id"))) {
      isHeld.countDown();
      try {
        unread.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void whatWaitsIsAnsweredByTheThreadsOfTheStore() throws Exception {
    RegistryEndpoints endpoints =
        RegistryEndpoints.builder(ServiceRegistry.over(store)).listener(this::hear).build();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(this::execute);
    server.createContext(
        "/", exchange -> endpoints.handle(new JdkAsyncExchange(exchange, "", this::execute, true)));
    server.start();
    List<RawHttp> sent = new ArrayList<>();
    try {
      sent.add(send(server, "X-Request-Id: unread\r\n"));
      for (int i = 0; i < 5; i++) {
        sent.add(send(server, ""));
      }
      while (asked.size() < sent.size()) {
        Thread.onSpinWait();
      }
      hasNoThreads.set(true);
      asked.forEach(threads::execute);
      isHeld.await();

      for (RawHttp connection : sent) {
        assertThat(connection.read(false).status()).isEqualTo(404);
      }
      assertThat(refused).hasValue(sent.size());
    } finally {
      unread.countDown();
      for (RawHttp connection : sent) {
        connection.close();
      }
      server.stop(0);
      threads.shutdownNow();
      store.close();
    }
  }

  private static RawHttp send(HttpServer server, String header) throws IOException {
    var connection = new RawHttp(server.getAddress());
    connection.send("PUT /services/a/$ping HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n");
    return connection;
  }
}
