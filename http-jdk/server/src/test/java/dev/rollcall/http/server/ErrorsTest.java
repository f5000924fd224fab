package dev.rollcall.http.server;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.ScriptedRegistry;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An {@code Error} in any step of a request costs that request, and is answered at once. */
@Timeout(15) // the JDK ends a connection that was forgotten after 20 s
class ErrorsTest {
  private final ScriptedRegistry registry = new ScriptedRegistry();
  private final AtomicBoolean clockIsBroken = new AtomicBoolean();
  private final AtomicBoolean listenerIsBroken = new AtomicBoolean();
  private final AtomicBoolean scrapeIsBroken = new AtomicBoolean();
  private final RegistryHttpServer server =
      RegistryHttpServer.builder(
              RegistryEndpoints.builder(registry)
                  .limits(
                      RequestLimits.builder()
                          .maxRequests(4)
                          .maxLists(1)
                          .rateLimit(1_000_000)
                          .build())
                  .nanoTime(
                      () -> {
                        breakIf(clockIsBroken.get() && isAskedByAGuard());
                        return System.nanoTime();
                      })
                  .listener(request -> breakIf(listenerIsBroken.get()))
                  .metrics(
                      () -> {
                        breakIf(scrapeIsBroken.get());
                        return "metrics";
                      })
                  .build())
          .start();
  private final Wire wire = new Wire(server.address());

  private static void breakIf(boolean isBroken) {
    if (isBroken) {
      throw new OutOfMemoryError("a test's own");
    }
  }

  private static boolean isAskedByAGuard() {
    return StackWalker.getInstance()
        .walk(frames -> frames.anyMatch(frame -> frame.getClassName().endsWith(".RateLimiter")));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private List<RawHttp.Answer> callAll() {
    return List.of(
        wire.register("{\"url\":\"http://h\",\"info\":{}}"),
        wire.put("/services/a/$ping"),
        wire.delete("/services/a"),
        wire.get("/services/a"),
        wire.get("/services"));
  }

  @Test
  void inTheStoreIsAnInternalErrorAndHoldsNoPlace() {
    registry.onEachCall(
        () -> {
          throw new OutOfMemoryError("a test's own");
        });
    for (int i = 0; i < 10; i++) {
      assertThat(callAll()).allSatisfy(answer -> assertProblem(answer, 500, "internal"));
    }
    registry.onEachCall(() -> {});

    assertThat(wire.get("/services").status()).isEqualTo(200);
    assertThat(wire.put("/services/a/$ping").status()).isEqualTo(200);
  }

  @Test
  void inAGuardIsAnInternalError() {
    clockIsBroken.set(true);
    for (int i = 0; i < 10; i++) {
      assertThat(callAll()).allSatisfy(answer -> assertProblem(answer, 500, "internal"));
    }
    clockIsBroken.set(false);

    assertThat(wire.get("/services").status()).isEqualTo(200);
  }

  @Test
  void inAListenerHarmsNoAnswer() {
    listenerIsBroken.set(true);

    assertThat(callAll())
        .extracting(RawHttp.Answer::status)
        .containsExactly(201, 200, 404, 404, 200);
  }

  @Test
  void inTheMetricsIsAnInternalErrorUntilItIsOver() {
    scrapeIsBroken.set(true);
    assertProblem(wire.get("/metrics"), 500, "internal");
    scrapeIsBroken.set(false);

    assertThat(wire.get("/metrics").text()).isEqualTo("metrics");
  }

  @Test
  void thatEndsAThreadOfTheJdksServerPutsAnotherServerInItsPlace() {
    for (String name : List.of("HTTP-Dispatcher", "idle-timeout-task", "req-rsp-timeout-task")) {
      for (Thread thread : threadsOfServers(name)) {
        thread
            .getUncaughtExceptionHandler()
            .uncaughtException(thread, new OutOfMemoryError("a test's own"));
      }
      assertThat(wire.get("/services").status()).as(name).isEqualTo(200);
    }
    server.close();

    assertThat(threadsOfServers("HTTP-Dispatcher")).isEmpty();
  }

  private static List<Thread> threadsOfServers(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .filter(thread -> isOurs(thread.getThreadGroup()))
        .toList();
  }

  private static boolean isOurs(ThreadGroup group) {
    return group != null && group.getName().equals("rollcall-http");
  }

  @Tag("not-on-jetty")
  @Test
  void theServersThreadsAreThoseOfWhoStartsIt() throws Exception {
    var wasDaemon = new AtomicBoolean();
    Thread starter =
        new Thread(
            () -> {
              try (var other =
                  RegistryHttpServer.builder(registry).drainTime(Duration.ZERO).start()) {
                wasDaemon.set(
                    other.address().getPort() != 0
                        && threadsOfServers("HTTP-Dispatcher").stream().anyMatch(Thread::isDaemon));
              }
            });
    starter.setDaemon(true);
    starter.start();
    starter.join();

    assertThat(wasDaemon).isTrue();
  }
}
