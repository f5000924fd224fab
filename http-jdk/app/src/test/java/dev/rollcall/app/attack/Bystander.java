package dev.rollcall.app.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A service that pings all the while, and must not notice what others do. */
final class Bystander implements AutoCloseable {
  private static final int LEAST_PINGS = 100;

  private final InetSocketAddress address;
  private final CompletableFuture<List<Long>> pings;
  private volatile boolean isDone;

  private Bystander(InetSocketAddress address) {
    this.address = address;
    this.pings = CompletableFuture.supplyAsync(this::ping, task -> new Thread(task).start());
  }

  static Bystander at(InetSocketAddress address) {
    new Wire(address).registered("bystander");
    return new Bystander(address);
  }

  private List<Long> ping() {
    List<Long> nanos = new ArrayList<>();
    try (var connection = new RawHttp(address)) {
      while (!isDone || nanos.size() < LEAST_PINGS) {
        long start = System.nanoTime();
        connection.send("PUT /services/bystander/$ping HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(connection.read(false).status()).isEqualTo(200);
        nanos.add(System.nanoTime() - start);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return nanos;
  }

  /**
   * Ends, and returns what 99 of 100 pings took at most. Each was answered 200 on one connection.
   */
  Duration p99(String whileWhat) {
    isDone = true;
    List<Long> nanos = new ArrayList<>(pings.join());
    Collections.sort(nanos);
    Duration p99 = Duration.ofNanos(nanos.get(nanos.size() * 99 / 100));
    System.out.printf("%s: %d pings, p99 %.2f ms%n", whileWhat, nanos.size(), p99.toNanos() / 1e6);
    return p99;
  }

  @Override
  public void close() {
    isDone = true;
  }
}
