package dev.rollcall.http.server.jdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.control.BulkStore;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.RequestLimits;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.spi.CompletedRequest;
import dev.rollcall.store.memory.MemoryTtlStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

/** Pings in batches, in a server whose system starts no more threads for a while. */
@Timeout(60)
class PingBatchesWithoutThreadsTest {
  private final BulkStore store = new BulkStore(MemoryTtlStore.builder().build());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ScheduledThreadPoolExecutor timer = ServerThreads.timer();
  private final AtomicBoolean hasNoThreads = new AtomicBoolean();
  private final AtomicInteger looks = new AtomicInteger();
  private final CountDownLatch refused = new CountDownLatch(3);
  private final CountDownLatch unread = new CountDownLatch(1);
  private final CountDownLatch isHeld = new CountDownLatch(1);

  private void execute(Runnable task) {
    if (hasNoThreads.get()) {
      refused.countDown();
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
  void whatWaitsBehindAnUnreadAnswerGoesOnOnceThereIsAThread() throws Exception {
    timer.prestartAllCoreThreads();
    RegistryEndpoints endpoints =
        RegistryEndpoints.builder(ServiceRegistry.over(store))
            .listener(this::hear)
            .limits(RequestLimits.builder().rateLimit(1_000_000, 1_000_000).build())
            .nanoTime(
                () -> {
                  looks.incrementAndGet(); // A guard asks for the time, just before a ping is
                  // queued.
                  return System.nanoTime();
                })
            .build();
    looks.set(0);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(this::execute);
    server.createContext(
        "/",
        exchange -> endpoints.handle(new JdkAsyncExchange(exchange, "", this::execute, timer)));
    server.start();
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    store.onEachBulk(
        renewals -> {
          entered.countDown();
          await(release);
          store.renewEach(renewals);
        });
    List<RawHttp> sent = new ArrayList<>();
    try {
      sent.add(send(server, "X-Request-Id: unread\r\n"));
      entered.await();
      for (int i = 0; i < 5; i++) {
        sent.add(send(server, ""));
      }
      while (looks.get() < sent.size()) {
        Thread.onSpinWait();
      }
      hasNoThreads.set(true);
      release.countDown();
      isHeld.await();
      refused.await();
      hasNoThreads.set(false);

      for (RawHttp connection : sent) {
        assertThat(connection.read(false).status()).isEqualTo(404);
      }
    } finally {
      unread.countDown();
      for (RawHttp connection : sent) {
        connection.close();
      }
      server.stop(0);
      threads.shutdownNow();
      timer.shutdownNow();
      store.close();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static RawHttp send(HttpServer server, String header) throws IOException {
    var connection = new RawHttp(server.getAddress());
    connection.send("PUT /services/a/$ping HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n");
    return connection;
  }
}
