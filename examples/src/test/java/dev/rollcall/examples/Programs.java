package dev.rollcall.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end. */
final class Programs {
  private static final long PATIENCE_SECONDS = 300;

  private Programs() {}

  /** Returns the {@code java} that runs the tests. */
  static String java() {
    return tool("java");
  }

  /** Returns a tool of the JDK that runs the tests. */
  static String tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  /** Runs one that must succeed, and returns all that it says. */
  static String output(List<String> command) throws IOException, InterruptedException {
    return output(command, Path.of("."));
  }

  /** Runs one that must succeed in a folder, and returns all that it says. */
  static String output(List<String> command, Path folder) throws IOException, InterruptedException {
    Process process = process(command, folder);
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("%s said: %s", command, said).isZero();
    return said;
  }

  /** Runs one, and returns its exit code. */
  static int exitCode(List<String> command, Path folder) throws IOException, InterruptedException {
    Process process = process(command, folder);
    process.getInputStream().readAllBytes();
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private static Process process(List<String> command, Path folder) throws IOException {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    return process;
  }
}
