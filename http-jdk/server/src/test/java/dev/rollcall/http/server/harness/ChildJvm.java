package dev.rollcall.http.server.harness;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A fresh JVM of the kind that runs the tests, for what a JVM decides once. */
public final class ChildJvm implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Process process;
  private final BufferedReader out;

  private ChildJvm(Process process) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Starts one with arguments of {@code java}; what it says to either stream is read by line. */
  public static ChildJvm start(List<String> arguments) {
    return start(Map.of(), arguments);
  }

  /** Starts one with more in its environment. */
  public static ChildJvm start(Map<String, String> environment, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments);
    try {
      var builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().putAll(environment);
      return new ChildJvm(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the class path of the tests with more in front. */
  public static String classPath(Path... first) {
    var path = new StringBuilder();
    for (Path entry : first) {
      path.append(entry).append(File.pathSeparator);
    }
    return path + System.getProperty("java.class.path");
  }

  /** Reads up to a line that holds a text, and returns it. */
  public String readLineWith(String text) throws IOException {
    return readLineWith(text, new ArrayList<>());
  }

  /** Reads up to a line that holds a text, keeps those before, and returns it. */
  public String readLineWith(String text, List<String> before) throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.contains(text)) {
        return line;
      }
      before.add(line);
    }
    throw new IOException("ended without '" + text + "': " + before);
  }

  /** Reads what it still says, to its end. */
  public String readRest() {
    return String.join("\n", out.lines().toList());
  }

  /** Asks it to stop, as an operator does: by SIGTERM where there are signals. */
  public void terminate() {
    process.toHandle().destroy(); // the process itself would close its streams too
  }

  /** Sends it a signal, such as {@code STOP} or {@code CONT}. */
  public void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("sh", "-c", "kill -%s %d".formatted(name, process.pid())).start().waitFor();
  }

  /** Waits for its end. */
  public int exitCode() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("it still runs");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
