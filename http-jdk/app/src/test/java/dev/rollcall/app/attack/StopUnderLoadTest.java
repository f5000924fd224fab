package dev.rollcall.app.attack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.ServerProcess;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server that is told to stop while clients register, and the store that outlives it. */
@Timeout(60)
class StopUnderLoadTest {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  private static final int CLIENTS = 16;
  private static final int EACH_BEFORE = 20;

  private final Set<String> answered = ConcurrentHashMap.newKeySet();
  private final CountDownLatch underLoad = new CountDownLatch(CLIENTS);

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no SIGTERM")
  void eachRequestThatWasTakenUpIsAnsweredAndEachThatWasNotIsNotDone() throws Exception {
    try (var server = ServerProcess.start(List.of(), "--store=" + VALKEY.uri())) {
      List<CompletableFuture<Void>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        String name = "client-" + i + "-";
        clients.add(
            CompletableFuture.runAsync(
                () -> registerUntilItEnds(server.address(), name),
                task -> new Thread(task).start()));
      }
      underLoad.await();

      server.terminate();

      clients.forEach(CompletableFuture::join);
      assertThat(server.exitCode()).isZero();
      assertThat(server.log()).doesNotContain("Exception");
    }
    try (TtlStore store = TtlStore.open(VALKEY.uri());
        ServiceRegistry registry = ServiceRegistry.over(store)) {
      Set<String> done = registry.list().stream().map(Service::id).collect(Collectors.toSet());
      assertThat(done).hasSizeGreaterThanOrEqualTo(CLIENTS * EACH_BEFORE).isEqualTo(answered);
    }
  }

  private void registerUntilItEnds(InetSocketAddress address, String name) {
    try (var connection = new RawHttp(address)) {
      for (int i = 0; true; i++) {
        byte[] body =
            "{\"id\":\"%s%d\",\"url\":\"http://h\",\"info\":{},\"ttl_seconds\":600}"
                .formatted(name, i)
                .getBytes(UTF_8);
        connection.send(
            "POST /services/$register HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length
                + "\r\n\r\n");
        connection.send(body);
        assertThat(connection.read(false).status()).isEqualTo(201);
        answered.add(name + i);
        if (i == EACH_BEFORE) {
          underLoad.countDown();
        }
      }
    } catch (EOFException | SocketException e) {
      // The server has ended the connection.
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
