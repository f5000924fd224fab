package dev.rollcall.http.server.response;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.http.server.memory.SlowClientMonitor;
import dev.rollcall.http.server.spi.ServerExchange;
import java.lang.reflect.Proxy;
import java.nio.channels.ClosedByInterruptException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseTest {
  private final SlowClientMonitor slowClients = new SlowClientMonitor(1 << 16, System::nanoTime);

  @ParameterizedTest
  @CsvSource({"GET, ''", "GET, text", "HEAD, text"})
  void aClientThatDoesNotEvenTakeTheHeadIsCutOff(String method, String text) {
    Response response = Response.of(200, "text/plain", ResponseBody.of(text.getBytes(UTF_8)));

    assertThatExceptionOfType(ClosedByInterruptException.class)
        .isThrownBy(() -> response.sendTo(exchange(method), slowClients));
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  /**
   * Sends a head as the JDK does to a client that takes nothing until the thread is interrupted.
   */
  private ServerExchange exchange(String method) {
    return (ServerExchange)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ServerExchange.class},
            (proxy, called, arguments) -> {
              if (called.getName().equals("method")) {
                return method;
              }
              slowClients.cutOffAfter(0, thread -> true);
              if (Thread.currentThread().isInterrupted()) {
                throw new ClosedByInterruptException();
              }
              throw new AssertionError("nothing ends the wait for the client");
            });
  }
}
