package dev.rollcall.http.client.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

class ReloadingSocketFactoryTest {
  @Test
  void eachSocketIsCreatedByTheContextOfItsTimeInWhateverWayItIsAskedFor() throws Exception {
    SSLContext context = SSLContext.getDefault();
    var asked = new AtomicInteger();
    var factory =
        new ReloadingSocketFactory(
            () -> {
              asked.incrementAndGet();
              return context;
            });
    InetAddress here = InetAddress.getLoopbackAddress();
    try (ServerSocket server = new ServerSocket(0, 8, here)) {
      String host = here.getHostAddress();
      int port = server.getLocalPort();
      try (Socket plain = new Socket(here, port);
          Socket other = new Socket(here, port);
          Socket unconnected = factory.createSocket();
          Socket byName = factory.createSocket(host, port);
          Socket byAddress = factory.createSocket(here, port);
          Socket fromAddress = factory.createSocket(here, port, here, 0);
          Socket byNameFromAddress = factory.createSocket(host, port, here, 0);
          Socket around = factory.createSocket(plain, host, port, true);
          Socket ofServer = factory.createSocket(other, InputStream.nullInputStream(), true)) {
        assertThat(unconnected).isInstanceOf(SSLSocket.class);
        assertThat(unconnected.isConnected()).isFalse();
        for (Socket socket :
            new Socket[] {byName, byAddress, fromAddress, byNameFromAddress, around, ofServer}) {
          assertThat(socket).isInstanceOf(SSLSocket.class);
          assertThat(socket.getPort()).isEqualTo(port);
        }
        assertThat(asked).hasValue(7);
      }
    }
    assertThat(factory.getDefaultCipherSuites())
        .isEqualTo(context.getSocketFactory().getDefaultCipherSuites());
    assertThat(factory.getSupportedCipherSuites())
        .isEqualTo(context.getSocketFactory().getSupportedCipherSuites());
  }
}
