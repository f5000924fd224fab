package dev.rollcall.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.ChildJvm;
import dev.rollcall.http.server.harness.Wire;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program ends, and says so, where it cannot go on; and only there. */
@Timeout(60)
class BrokenServerTest {
  @ParameterizedTest
  @ValueSource(strings = {"HTTP-Dispatcher", "idle-timeout-task", "rollcall-memory-sweep"})
  void aThreadThatItCannotDoWithoutEndsItAtOnceWithThree(String thread) throws Exception {
    try (ChildJvm jvm =
        ChildJvm.start(
            List.of("-cp", ChildJvm.classPath(), BrokenServer.class.getName(), thread))) {
      assertThat(jvm.readRest().lines())
          .last()
          .isEqualTo(
              "rollcall-server: ends, since its thread "
                  + thread
                  + " died of java.lang.OutOfMemoryError: a test's own");
      assertThat(jvm.exitCode()).isEqualTo(3);
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aServerWhoseThreadsAreAllDaemonsGoesOn() throws Exception {
    try (ChildJvm jvm =
        ChildJvm.start(
            List.of("-cp", ChildJvm.classPath(), EndedServer.class.getName(), "return"))) {
      String line = jvm.readLineWith("Rollcall serves at ");
      assertThat(jvm.readLineWith("returned")).isEqualTo("returned");
      URI url = URI.create(line.substring(line.lastIndexOf(' ') + 1));
      var wire = new Wire(new InetSocketAddress(url.getHost(), url.getPort()));
      assertThat(wire.get("/health").status()).isEqualTo(200);

      jvm.signal("TERM");
      assertThat(jvm.exitCode()).isZero();
    }
  }

  @Test
  void aProcessThatEndsWithoutASignalEndsWithThree() throws Exception {
    try (ChildJvm jvm =
        ChildJvm.start(List.of("-cp", ChildJvm.classPath(), EndedServer.class.getName(), "exit"))) {
      assertThat(jvm.readRest().lines())
          .last()
          .isEqualTo("rollcall-server: ends, although no signal told it to");
      assertThat(jvm.exitCode()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT", "HUP"})
  @DisabledOnOs(OS.WINDOWS)
  void aProcessThatASignalEndsEndsWithZero(String signal) throws Exception {
    try (ChildJvm jvm =
        ChildJvm.start(
            List.of(
                "-cp",
                ChildJvm.classPath(),
                Main.class.getName(),
                "--port=0",
                "--log-level=error"))) {
      jvm.readLineWith("Rollcall serves at ");
      jvm.signal(signal);
      // Before the rest is read: a JVM that was started with a signal ignored does not end.
      assertThat(jvm.exitCode()).isZero();
      assertThat(jvm.readRest()).isEmpty();
    }
  }
}
