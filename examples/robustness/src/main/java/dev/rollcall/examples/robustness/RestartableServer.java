package dev.rollcall.examples.robustness;

import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The bundled server as a process of its own, which keeps its port when it starts again. */
final class RestartableServer implements AutoCloseable {
  private static final String MAIN = "dev.rollcall.app.Main";
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final int LAST_LINES = 30;

  private final List<String> command;
  private final ThreadLimit threads;
  private final int port;
  private final Path log;
  private volatile Process process;
  private volatile boolean isAskedToEnd;

  /**
   * Starts one, and waits until it serves.
   *
   * @param classPath the server's jar, and what stands before it
   * @param jvmOptions options of {@code java}
   * @param options options of the server, without its port
   */
  RestartableServer(String classPath, List<String> jvmOptions, List<String> options) {
    this.port = ValkeyProcess.freePort();
    this.threads = new ThreadLimit(classPath);
    this.command = new ArrayList<>(threads.prefix());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", classPath, MAIN, "--port=" + port));
    command.addAll(options);
    try {
      this.log = Files.createTempFile("rollcall-robustness", ".log");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.process = launch();
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    awaitReady();
  }

  private Process launch() {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReady() {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (System.nanoTime() - end < 0) {
      if (!process.isAlive()) {
        break;
      }
      try (HttpConnection connection = new HttpConnection(port, Duration.ofSeconds(2))) {
        if (connection.send("GET", "/health/live", new byte[0]).status() == 200) {
          return;
        }
      } catch (IOException e) {
        // It does not listen yet.
      }
      Pause.of(Duration.ofMillis(50));
    }
    throw new IllegalStateException("the server does not serve:\n" + lastWords());
  }

  int port() {
    return port;
  }

  /** Returns whether it ended unasked. */
  boolean hasEndedUnasked() {
    return !isAskedToEnd && !process.isAlive();
  }

  /** Returns the end of its log. */
  String lastWords() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    } catch (IOException e) {
      return "its log cannot be read: " + e;
    }
  }

  /** Kills it at once, as a crash would. */
  void kill() {
    isAskedToEnd = true;
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Starts it again, and waits until it serves. */
  void restart() {
    process = launch();
    isAskedToEnd = false;
    awaitReady();
  }

  /** Stops its time: it holds its connections and answers nothing. */
  void suspend() {
    signal("STOP");
  }

  /** Lets its time go on. */
  void resume() {
    signal("CONT");
  }

  /** Returns whether its threads can be limited here. */
  boolean canLimitThreads() {
    return threads.isPossible();
  }

  /** Lets it start no thread from now on, or lets it again. */
  void limitThreads(boolean limit) {
    if (limit) {
      threads.set(process.pid());
    } else {
      threads.lift(process.pid());
    }
  }

  private void signal(String name) {
    try {
      new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid()).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    kill();
    try {
      Files.deleteIfExists(log);
    } catch (IOException e) {
      // A file in the folder for such files stays.
    }
  }
}
