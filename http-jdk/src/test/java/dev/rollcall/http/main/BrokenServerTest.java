package dev.rollcall.http.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.ChildJvm;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program ends, and says so, where it cannot go on. */
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
}
