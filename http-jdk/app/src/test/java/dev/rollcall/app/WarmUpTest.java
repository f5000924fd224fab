package dev.rollcall.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.ChildJvm;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The run that shows a JVM what a server is made of. */
@Timeout(60)
class WarmUpTest {
  /** A unit or an image runs it with the environment of its server. */
  @Test
  void theEnvironmentOfTheServerChangesNothing() throws Exception {
    Map<String, String> environment =
        Map.of(
            "ROLLCALL_STORE_PASSWORD", "hunter2",
            "ROLLCALL_STORE", "valkey://127.0.0.1:1",
            "SERVICEKIT_REGISTRATION_KEY", "hunter3");
    List<String> arguments = List.of("-cp", ChildJvm.classPath(), Main.class.getName(), "warm-up");
    try (ChildJvm jvm = ChildJvm.start(environment, arguments)) {
      assertThat(jvm.readRest())
          .contains("event=service.registered service_id=warm-up", "event=server.stopped");
      assertThat(jvm.exitCode()).isZero();
    }
  }
}
