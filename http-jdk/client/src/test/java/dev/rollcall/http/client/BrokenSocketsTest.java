package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Fence;
import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Sockets that pass for open and are not, as one does whose closing an {@code OutOfMemoryError} cut
 * short. A call that is given one fails before it has written anything.
 */
@Timeout(60)
class BrokenSocketsTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final ServiceRegistry served = ServiceRegistry.open("memory:");
  private final RegistryHttpServer server = RegistryHttpServer.builder(served).start();
  private final Sockets sockets = new Sockets();
  private final HttpServiceRegistry registry = registry();

  private HttpServiceRegistry registry() {
    HttpServiceRegistry.Builder builder = HttpServiceRegistry.builder(server.url().toString());
    builder.transport.sockets = sockets;
    return builder.build();
  }

  @AfterEach
  void close() {
    registry.close();
    server.close();
    served.close();
  }

  /** Creates sockets that can all be broken at once. */
  private static final class Sockets extends SocketFactory {
    private final Set<Socket> broken = ConcurrentHashMap.newKeySet();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    void breakAll() {
      broken.addAll(open);
    }

    @Override
    public Socket createSocket() {
      Socket socket =
          new Socket() {
            @Override
            public synchronized void setSoTimeout(int millis) throws SocketException {
              if (broken.contains(this)) {
                throw new SocketException("Socket closed");
              }
              super.setSoTimeout(millis);
            }
          };
      open.add(socket);
      return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void aBrokenSocketCostsOneCallAtMost() {
    registry.register(Registration.builder("http://h").id("a").build());
    sockets.breakAll();

    assertThatThrownBy(() -> registry.ping("a")).isInstanceOf(RegistryUnavailableException.class);
    assertThat(registry.ping("a")).isPresent();
  }

  @Test
  void aBrokenSocketCostsOneCallWithoutAThreadAtMost() throws Exception {
    registry.register(Registration.builder("http://h").id("a").build());
    sockets.breakAll();

    var failed = registry.pingAsync("a", Fence.none(), LONG);
    assertThatThrownBy(() -> failed.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(RegistryUnavailableException.class);
    assertThat(registry.pingAsync("a", Fence.none(), LONG).get(30, TimeUnit.SECONDS)).isPresent();
  }
}
