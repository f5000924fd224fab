package dev.rollcall.examples.robustness;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Services that are only there to make lists large. Each takes one kilobyte as JSON, and more than
 * ten on a heap.
 */
final class Ballast {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int THREADS = 4;
  private static final String FILLING = "{\"a\":1.5},".repeat(90) + "{}";

  private final List<Integer> ports;
  private final int services;

  Ballast(List<Integer> ports, int services) {
    this.ports = ports;
    this.services = services;
  }

  /** Registers them, unless the last of them is there. What the servers can't take is left out. */
  void fill() {
    if (services == 0 || isThere()) {
      return;
    }
    AtomicInteger next = new AtomicInteger();
    each(
        THREADS,
        connection -> {
          for (int i = next.getAndIncrement(); i < services; i = next.getAndIncrement()) {
            int status = connection.send("POST", "/services/$register", registration(i)).status();
            if (status >= 400 && status < 500) {
              throw new IllegalStateException("a service of the ballast was refused: " + status);
            }
          }
        });
  }

  private boolean isThere() {
    try (HttpConnection connection = new HttpConnection(ports.get(0), PATIENCE)) {
      return connection.send("GET", "/services/" + id(services - 1), new byte[0]).status() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private static String id(int number) {
    return "ballast-" + number;
  }

  private static byte[] registration(int number) {
    String id = id(number);
    return ("{\"id\":\""
            + id
            + "\",\"url\":\"http://"
            + id
            + ".example\",\"ttl_seconds\":86400,"
            + "\"info\":{\"objects\":["
            + FILLING
            + "]}}")
        .getBytes(US_ASCII);
  }

  /** Returns a fault that is nothing but many large lists at once. */
  FaultKind lists() {
    return new FaultKind("large lists", Loss.NONE, this::list);
  }

  private void list(Random random) {
    long end = System.nanoTime() + Duration.ofMillis(500 + random.nextInt(2_500)).toNanos();
    each(
        1 + random.nextInt(THREADS),
        connection -> {
          while (System.nanoTime() - end < 0) {
            connection.send("GET", "/services", new byte[0]);
          }
        });
  }

  /** What a thread does on its connection. */
  private interface Task {
    void run(HttpConnection connection) throws IOException;
  }

  private void each(int count, Task task) {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int port = ports.get(i % ports.size());
      Thread thread = new Thread(() -> run(task, port), "robustness-ballast-" + i);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
  }

  private static void run(Task task, int port) {
    try (HttpConnection connection = new HttpConnection(port, PATIENCE)) {
      task.run(connection);
    } catch (IOException e) {
      // A server that is overwhelmed is what this is for.
    }
  }
}
