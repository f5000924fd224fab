package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.discovery.SetVersion;
import dev.rollcall.http.server.harness.JdkServers;
import dev.rollcall.http.server.harness.Nginx;
import dev.rollcall.http.server.harness.RawStream;
import dev.rollcall.http.server.harness.WatchedRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams through an nginx that buffers. */
@Timeout(30)
class BufferingProxyTest {
  private final WatchedRegistry served = new WatchedRegistry(new JdkServers());

  @AfterEach
  void close() {
    served.close();
  }

  @Test
  void anEventIsPassedOnAtOnceBecauseOfTheHeader(@TempDir Path folder) throws IOException {
    try (Nginx nginx = Nginx.start(folder, served.address(), "proxy_buffering on;");
        RawStream stream = RawStream.open(nginx.address(), "/services")) {
      assertThat(stream.untilSync()).containsExactly("snapshot 0", "sync");
      served.register("a", "eu");
      assertThat(stream.untilSync()).containsExactly("put a added", "sync");
    }
  }

  private void register(String id) {
    served
        .registry()
        .register(Registration.builder("http://h").id(id).ttl(Duration.ofHours(1)).build());
  }

  @Test
  void aStreamThatIsHeldBackIsLateAndRight(@TempDir Path folder) throws IOException {
    String heldBack = "proxy_buffering on; proxy_ignore_headers X-Accel-Buffering;";
    try (Nginx nginx = Nginx.start(folder, served.address(), heldBack);
        RawStream stream = new RawStream(nginx.address())) {
      stream.ask("GET", "/services");
      served.awaitSent(1);
      register("a");
      register("b");
      served.awaitSent(3);
      String version = SetVersion.of(served.registry().list()).toString();
      // While the stream lasts nothing need come; at its end all does.
      served.clock().advance(Duration.ofSeconds(50));
      stream.readHead();
      assertThat(stream.untilEnd()).endsWith("sync");
      assertThat(stream.lastId()).endsWith("." + version);

      RawStream.Event again;
      try (RawStream next =
          RawStream.open(served.address(), "/services", "Last-Event-ID: " + stream.lastId())) {
        again = Objects.requireNonNull(next.next());
      }
      assertThat(again.type()).isEqualTo("sync");
    }
  }
}
