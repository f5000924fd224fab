package dev.rollcall.http.server.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.discovery.Query;
import dev.rollcall.http.server.harness.ListLogger;
import dev.rollcall.http.server.log.BreakdownLog;
import dev.rollcall.http.server.memory.RequestMemory;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.request.Endpoint;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.request.RequestTarget;
import dev.rollcall.http.server.request.ServiceReference;
import dev.rollcall.http.server.response.Response;
import dev.rollcall.http.server.response.ResponseJson;
import dev.rollcall.http.server.spi.AsyncServerExchange;
import dev.rollcall.http.server.spi.StreamListener;
import dev.rollcall.store.memory.MemoryTtlStore;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** For how long a stream's client counts as one that takes what it is sent, or does not. */
@Timeout(60)
class EventStreamTransferTest {
  private final ListLogger log = new ListLogger();
  private final RequestMemory memory = RequestMemory.of(64 << 20, System::nanoTime);
  private final ResponseJson json = new ResponseJson(memory.answers());
  private final MemoryTtlStore store = MemoryTtlStore.builder().build();
  private final ServiceRegistry registry = ServiceRegistry.over(store);
  private final CompletableFuture<String> sent = new CompletableFuture<>();
  private final AtomicInteger cutOffs = new AtomicInteger();
  private final StreamListener listener =
      new StreamListener() {
        @Override
        public void cutOff() {
          cutOffs.incrementAndGet();
        }
      };
  private final Watches watches =
      new Watches(
          registry, json, memory, new Recorder(), 1, 64 << 20, System::nanoTime, log, listener);
  private final Broadcaster broadcaster =
      Broadcaster.open(
          registry,
          json,
          memory.slowClients(),
          1 << 20,
          System::nanoTime,
          new BreakdownLog(log, System::nanoTime),
          () -> {});

  @AfterEach
  void close() {
    broadcaster.close();
    registry.close();
    store.close();
  }

  @Test
  void aClientIsNotSlowWhileItsListIsBeingEncoded() throws Exception {
    var encoding = new CompletableFuture<ReentrantLock>();
    broadcaster.add(
        Query.all(),
        feed -> {
          feed.encoding().lock(); // as another stream does that encodes the list
          encoding.complete(feed.encoding());
          return stream(feed);
        });
    ReentrantLock lock = encoding.get();
    try {
      while (!lock.hasQueuedThreads()) {
        Thread.onSpinWait();
      }
      memory.slowClients().cutOffAfter(0, thread -> true);
    } finally {
      lock.unlock();
    }

    assertThat(sent.get(30, TimeUnit.SECONDS)).contains("event: snapshot", "event: sync");
    assertThat(cutOffs).hasValue(0);
  }

  private EventStream stream(QueryFeed feed) {
    AsyncServerExchange exchange = exchange();
    var endpoint = Endpoint.unknown(Problem.internal());
    var request =
        new Request(exchange, RequestTarget.of("/services"), endpoint, ServiceReference.NONE);
    return new EventStream(broadcaster, feed, watches, request, exchange, Optional.empty());
  }

  private static AsyncServerExchange exchange() {
    return (AsyncServerExchange)
        Proxy.newProxyInstance(
            EventStreamTransferTest.class.getClassLoader(),
            new Class<?>[] {AsyncServerExchange.class},
            (proxy, method, arguments) ->
                method.getReturnType() == Duration.class
                    ? Duration.ofMinutes(1)
                    : InetAddress.getLoopbackAddress());
  }

  /** Keeps what is written, and fails as the JDK's server does for a thread that is interrupted. */
  private final class Recorder implements Responder {
    @Override
    public OutputStream begin(Request request, AsyncServerExchange exchange, Response head) {
      return new ByteArrayOutputStream() {
        @Override
        public void flush() {
          if (Thread.currentThread().isInterrupted()) {
            sent.completeExceptionally(new InterruptedException("cut off"));
          }
          sent.complete(toString(UTF_8));
        }
      };
    }

    @Override
    public void end(
        Request request,
        AsyncServerExchange exchange,
        Response head,
        @Nullable Throwable failure) {}

    @Override
    public @Nullable Throwable answer(
        Request request, AsyncServerExchange exchange, Endpoint.Action action) {
      return null;
    }
  }
}
