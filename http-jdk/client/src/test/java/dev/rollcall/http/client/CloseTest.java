package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.client.harness.FakeRegistry;
import java.io.File;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A closed client is closed: for calls to come, for calls under way, and for the JVM. */
@Timeout(60)
class CloseTest {
  private final FakeRegistry fake = FakeRegistry.hung();
  private final ServiceRegistry registry = HttpServiceRegistry.connect(fake.url());

  @AfterEach
  void close() {
    registry.close();
    fake.close();
  }

  @Test
  void afterCloseEveryMethodThrowsAndCloseDoesNot() {
    registry.close();
    registry.close();

    Registration registration = Registration.builder("http://h").id("a").build();
    assertThatIllegalStateException().isThrownBy(() -> registry.register(registration));
    assertThatIllegalStateException().isThrownBy(() -> registry.ping("a"));
    assertThatIllegalStateException().isThrownBy(() -> registry.ping("a", "L"));
    assertThatIllegalStateException().isThrownBy(() -> registry.ping("no id"));
    assertThatIllegalStateException().isThrownBy(() -> registry.deregister("a"));
    assertThatIllegalStateException().isThrownBy(() -> registry.deregister("a", "L"));
    assertThatIllegalStateException().isThrownBy(() -> registry.find("a"));
    assertThatIllegalStateException().isThrownBy(registry::list);
    assertThat(fake.asked()).isEmpty();
  }

  @Test
  void aCallThatIsUnderWayEndsAtOnce() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    fake.then(socket -> asked.countDown());
    CompletableFuture<Optional<Lease>> ping =
        CompletableFuture.supplyAsync(() -> registry.ping("a"));
    assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();

    registry.close();

    assertThatThrownBy(() -> ping.get(5, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageEndingWith("the registry was closed during the call");
  }

  @Test
  void closeEndsTheConnections() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    fake.then(
        socket -> {
          FakeRegistry.well().play(socket);
          if (socket.getInputStream().read() < 0) {
            ended.countDown();
          }
        });
    registry.ping("a");
    assertThat(ended.getCount()).isEqualTo(1);

    registry.close();

    assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void noThreadOfItsOwnKeepsTheJvmUp() {
    Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());
    fake.then(FakeRegistry.well());
    registry.ping("a");

    assertThat(
            Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread) && !thread.isDaemon())
                .collect(Collectors.toSet()))
        .isEmpty();
  }

  @Test
  void aRealJvmExitsWhenItsMainThreadEnds() throws Exception {
    fake.then(FakeRegistry.well());
    for (String closes : new String[] {"true", "false"}) {
      Process jvm =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Program.class.getName(),
                  fake.url(),
                  closes)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .directory(new File("."))
              .start();
      try {
        assertThat(jvm.waitFor(20, TimeUnit.SECONDS)).as("exited, closed: %s", closes).isTrue();
        assertThat(jvm.exitValue()).isZero();
      } finally {
        jvm.destroyForcibly();
      }
    }
    assertThat(fake.asked()).hasSize(2);
  }

  /** Pings once, and returns from main. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      ServiceRegistry registry = HttpServiceRegistry.connect(args[0]);
      if (registry.ping("a").isEmpty()) {
        throw new AssertionError("no answer");
      }
      if (Boolean.parseBoolean(args[1])) {
        registry.close();
      }
    }
  }
}
