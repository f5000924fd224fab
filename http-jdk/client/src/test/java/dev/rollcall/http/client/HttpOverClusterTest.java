package dev.rollcall.http.client;

import dev.rollcall.store.valkey.harness.ValkeyCluster;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What watches and queries see over HTTP, and a cluster behind it. */
class HttpOverClusterTest extends HttpOverServersContract {
  private static ValkeyCluster servers;

  @BeforeAll
  static void start() {
    servers = new ValkeyCluster();
  }

  @AfterAll
  static void stop() {
    servers.close();
  }

  @Override
  String uri() {
    return servers.uri();
  }

  @Override
  void flush() {
    servers.flush();
  }

  @Override
  public void elapse(Duration time) {
    servers.elapse(time);
  }
}
