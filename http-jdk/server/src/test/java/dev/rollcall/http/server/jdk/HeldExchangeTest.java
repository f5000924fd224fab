package dev.rollcall.http.server.jdk;

import static org.assertj.core.api.Assertions.assertThatIOException;

import com.sun.net.httpserver.Headers;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
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
    HeldExchange exchange =
        new HeldExchange(new StubExchange(new Headers(), body), "", Runnable::run, false);
    exchange.startAsync();
    var unused = exchange.sendHead(200);
    Thread writer = new Thread(exchange::complete);
    writer.start();
    writes.await();

    writer.interrupt(); // as of a client that is too slow

    assertThatIOException()
        .isThrownBy(exchange::awaitEnd)
        .withMessage("the client takes nothing of the response");
    mayGoOn.countDown();
    writer.join();
  }

  @Test
  void aStreamWhoseEndCannotBeWrittenIsNotWhole() throws Exception {
    var broken =
        new OutputStream() {
          @Override
          public void write(int b) {}

          @Override
          public void close() throws IOException {
            throw new IOException("a test's own");
          }
        };
    HeldExchange exchange =
        new HeldExchange(new StubExchange(new Headers(), broken), "", Runnable::run, true);
    exchange.startAsync();
    var unused = exchange.sendHead(200);

    exchange.complete();

    assertThatIOException().isThrownBy(exchange::awaitEnd).withMessage("the response is not whole");
  }
}
