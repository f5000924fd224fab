package dev.rollcall.http.server.jdk;

import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.ScriptedRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that stops while clients connect. */
@Timeout(120)
class StopRaceTest {
  private static final int ROUNDS = 300;

  private static final String PING = "PUT /services/a/$ping HTTP/1.1\r\nHost: localhost\r\n\r\n";

  @Tag("not-on-jetty")
  @Test
  void aConnectionThatIsAcceptedWhileTheServerStopsIsClosed() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      var server = RegistryHttpServer.builder(new ScriptedRegistry()).start();
      var clients =
          CompletableFuture.supplyAsync(
              () -> connectWhileItListens(server.address()), task -> new Thread(task).start());
      server.close();

      for (RawHttp client : clients.join()) {
        while (!client.isAtEnd()) {} // Some have been answered before.
        client.close();
      }
    }
  }

  private static List<RawHttp> connectWhileItListens(InetSocketAddress address) {
    List<RawHttp> clients = new ArrayList<>();
    try {
      while (true) {
        RawHttp client = new RawHttp(address);
        clients.add(client);
        client.send(PING);
      }
    } catch (IOException e) {
      return clients; // It listens no more.
    }
  }
}
