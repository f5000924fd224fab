package dev.rollcall.http.server.jdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An exchange of a server that ignores the interrupt of a thread that writes. */
@Timeout(60)
class HeldExchangeTest {
  private final CountDownLatch writes = new CountDownLatch(1);
  private final CountDownLatch mayGoOn = new CountDownLatch(1);

  /** Blocks at its end alone, and whatever happens. */
  private final OutputStream body =
      new OutputStream() {
        @Override
        public void write(int b) {}

        @Override
        public void close() {
          writes.countDown();
          while (mayGoOn.getCount() > 0) {
            Thread.onSpinWait(); // Its interrupt stays as it is.
          }
        }
      };

  @Test
  void theThreadThatWaitsEndsAClientThatDoesNotTakeTheEndOfItsResponse() throws Exception {
    HeldExchange exchange = new HeldExchange(new StubExchange(body), "", Runnable::run, false);
    exchange.startAsync();
    OutputStream out = exchange.sendHead(200);
    var failure = new AtomicReference<IOException>();
    Thread writer =
        new Thread(
            () -> {
              try {
                out.close();
              } catch (IOException e) {
                failure.set(e);
              }
            });
    writer.start();
    writes.await();

    writer.interrupt(); // as of a client that is too slow

    assertThatIOException()
        .isThrownBy(exchange::awaitEnd)
        .withMessage("the client takes nothing of the response");
    mayGoOn.countDown();
    writer.join();
    assertThat(failure).hasNullValue();
  }

  private static final class StubExchange extends HttpExchange {
    private final OutputStream body;

    StubExchange(OutputStream body) {
      this.body = body;
    }

    @Override
    public Headers getRequestHeaders() {
      return new Headers();
    }

    @Override
    public Headers getResponseHeaders() {
      return new Headers();
    }

    @Override
    public URI getRequestURI() {
      return URI.create("/services");
    }

    @Override
    public String getRequestMethod() {
      return "GET";
    }

    @Override
    public @Nullable HttpContext getHttpContext() {
      return null;
    }

    @Override
    public void close() {}

    @Override
    public InputStream getRequestBody() {
      return InputStream.nullInputStream();
    }

    @Override
    public OutputStream getResponseBody() {
      return body;
    }

    @Override
    public void sendResponseHeaders(int status, long length) {}

    @Override
    public InetSocketAddress getRemoteAddress() {
      return InetSocketAddress.createUnresolved("client", 1);
    }

    @Override
    public int getResponseCode() {
      return -1;
    }

    @Override
    public InetSocketAddress getLocalAddress() {
      return InetSocketAddress.createUnresolved("server", 1);
    }

    @Override
    public String getProtocol() {
      return "HTTP/1.1";
    }

    @Override
    public @Nullable Object getAttribute(String name) {
      return null;
    }

    @Override
    public void setAttribute(String name, @Nullable Object value) {}

    @Override
    public void setStreams(@Nullable InputStream in, @Nullable OutputStream out) {}

    @Override
    public @Nullable HttpPrincipal getPrincipal() {
      return null;
    }
  }
}
