package dev.rollcall.registrar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a service that is told to stop says last, with the JDK's own logger. */
@Timeout(60)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no SIGTERM")
class ShutdownLoggerTest {
  private static final String UP = "up";

  /** A service that stays registered until its process is told to stop. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) throws InterruptedException {
      Registration registration = Registration.builder("http://h").id("x").build();
      Registrar.builder(new StubRegistry(), registration).build().start();
      System.out.println(UP);
      Thread.currentThread().join();
    }
  }

  private static List<String> linesAfterSigterm(String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Program.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (BufferedReader out = process.inputReader(UTF_8)) {
      String line = out.readLine();
      while (line != null && !line.equals(UP)) {
        line = out.readLine();
      }
      process.toHandle().destroy();
      return out.lines().toList();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void thatAServiceHasDeregisteredIsToldAtSigterm() throws IOException {
    assertThat(linesAfterSigterm()).contains("INFO: 'x' is deregistered");
  }

  @Test
  void whoSilencedTheLogHearsNothingAtSigtermEither(@TempDir Path folder) throws IOException {
    Path settings =
        Files.writeString(
            folder.resolve("logging.properties"),
            "handlers=java.util.logging.ConsoleHandler\ndev.rollcall.level=WARNING\n");

    assertThat(linesAfterSigterm("-Djava.util.logging.config.file=" + settings)).isEmpty();
  }
}
