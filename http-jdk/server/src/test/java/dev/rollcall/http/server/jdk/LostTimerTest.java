package dev.rollcall.http.server.jdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.harness.RawStream;
import dev.rollcall.http.server.harness.ScriptedRegistry;
import dev.rollcall.http.server.harness.Wire;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A timer whose thread has died for want of memory, and had no successor for the same reason. On
 * Java 17 that can happen while it waits.
 */
@Timeout(60)
class LostTimerTest {
  private final RegistryEndpoints endpoints = RegistryEndpoints.of(new ScriptedRegistry());
  private final JdkServer server =
      JdkServer.open(endpoints, endpoints::handle, "", "127.0.0.1", 0, Optional.empty());
  private final Wire wire = new Wire(server.address());

  @AfterEach
  void close() {
    server.discard();
  }

  private static Object field(Object of, String name) throws ReflectiveOperationException {
    Field field = of.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(of);
  }

  private ScheduledThreadPoolExecutor timerOfStreams() throws ReflectiveOperationException {
    Object broadcaster = field(field(endpoints, "watches"), "broadcaster");
    return (ScheduledThreadPoolExecutor) field(broadcaster, "timer");
  }

  /** Ends the thread of a timer, for which there is no memory for a successor yet. */
  private static void lose(ScheduledThreadPoolExecutor timer, String name)
      throws InterruptedException {
    ThreadFactory factory = timer.getThreadFactory();
    timer.setThreadFactory(
        task -> {
          throw new OutOfMemoryError("a test's own");
        });
    List<Thread> threads = threads(name);
    threads.forEach(thread -> thread.setUncaughtExceptionHandler((dead, error) -> {}));
    timer.getQueue().add(new Deadly());
    while (timer.getPoolSize() > 0) {
      Thread.onSpinWait();
    }
    timer.setThreadFactory(factory);
  }

  private static List<Thread> threads(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .toList();
  }

  /** Ends the thread that runs it, as nothing does that was submitted: a timer catches that. */
  private static final class Deadly extends FutureTask<Void>
      implements RunnableScheduledFuture<Void> {
    Deadly() {
      super(() -> {}, null);
    }

    @Override
    public void run() {
      throw new OutOfMemoryError("a test's own");
    }

    @Override
    public boolean isPeriodic() {
      return false;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return 0;
    }

    @Override
    public int compareTo(Delayed other) {
      return -1; // before all others
    }
  }

  @Test
  void theNextRequestBringsBackTheTimerOfTheServer() throws Exception {
    var timer = (ScheduledThreadPoolExecutor) field(server, "timer");
    lose(timer, "rollcall-http-timer");

    assertThat(wire.get("/services").status()).isEqualTo(200);

    assertThat(timer.getPoolSize()).isEqualTo(1);
  }

  @Test
  void theNextStreamBringsBackTheTimerOfStreams() throws Exception {
    try (RawStream stream = RawStream.open(server.address(), "/services")) {
      stream.untilSync();
      ScheduledThreadPoolExecutor timer = timerOfStreams();
      lose(timer, "rollcall-stream-timer");

      try (RawStream next = RawStream.open(server.address(), "/services")) {
        next.untilSync();
        assertThat(timer.getPoolSize()).isEqualTo(1);
      }
    }
  }
}
