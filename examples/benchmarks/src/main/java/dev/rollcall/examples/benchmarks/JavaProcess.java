package dev.rollcall.examples.benchmarks;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process of the same Java as this one, which is killed when closed. */
final class JavaProcess implements AutoCloseable {
  private static final Pattern URL = Pattern.compile("http://\\S+");

  private final Process process;
  private final BufferedReader output;

  private JavaProcess(Process process) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
  }

  static JavaProcess start(String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(args));
    try {
      return new JavaProcess(
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the class path of this JVM, for a child that runs a class of this jar. */
  static String classPath() {
    return System.getProperty("java.class.path");
  }

  /** Returns the bundled server's jar, which the build puts into its module's folder. */
  static String serverJar() {
    File jar = new File("http-jdk/app/target/rollcall-server.jar");
    if (!jar.exists()) {
      throw new IllegalStateException(
          jar + " is not there; build it first, and run from the project's root");
    }
    return jar.getPath();
  }

  /** Waits for a line of output that holds a URL. */
  URI awaitUrl() {
    Matcher url = URL.matcher(nextLine());
    while (!url.find()) {
      url.reset(nextLine());
    }
    return URI.create(url.group());
  }

  String nextLine() {
    try {
      String line = output.readLine();
      if (line == null) {
        throw new IllegalStateException("the child JVM ended without an answer");
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads what else the process prints, so that it does not wait for a reader. */
  void discardOutput() {
    Thread reader =
        new Thread(
            () -> {
              try {
                output.transferTo(Writer.nullWriter());
              } catch (IOException e) {
                // The process was killed.
              }
            },
            "output");
    reader.setDaemon(true);
    reader.start();
  }

  long pid() {
    return process.pid();
  }

  /** Returns how much processor time it has used. */
  Duration processorTime() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /** Asks the process to stop as an operator would, and waits until it has. */
  void stop() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }

  /** Waits until the process has ended by itself. */
  void awaitEnd() throws InterruptedException, IOException {
    output.transferTo(Writer.nullWriter()); // or it might wait for a reader
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException("the child JVM ended with " + status);
    }
  }

  void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    kill();
  }
}
