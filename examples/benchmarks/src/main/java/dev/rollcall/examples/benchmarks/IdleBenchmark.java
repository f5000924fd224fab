package dev.rollcall.examples.benchmarks;

import dev.rollcall.registrar.Registrar;
import dev.rollcall.registrar.RegistrarState;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What one registration costs a JVM that has nothing else to do, as Linux counts it. */
final class IdleBenchmark {
  /** By then the threads of the start have ended. */
  private static final long SETTLING_SECONDS = 20;

  private IdleBenchmark() {}

  static List<Row> run() {
    try (JavaProcess server = JavaProcess.start("-jar", JavaProcess.serverJar(), "--port=0");
        JavaProcess client =
            JavaProcess.start(
                "-XX:+UseSerialGC",
                "-cp",
                JavaProcess.classPath(),
                IdleBenchmark.class.getName(),
                server.awaitUrl().toString())) {
      List<Row> rows = new ArrayList<>();
      for (String[] row :
          new String[][] {
            {"threads", "threads", "1"}, {"wake-ups a minute", "times", "6"}, {"heap", "KB", "1024"}
          }) {
        rows.add(
            new Row(
                "One registration, idle: " + row[0],
                Double.parseDouble(client.nextLine()),
                row[1],
                row[1].equals("times") ? "its pings" : "of these",
                Double.parseDouble(row[2]),
                "as low as it goes"));
      }
      return rows;
    }
  }

  /** Keeps one service registered in a JVM of its own, and prints the figures. */
  public static void main(String[] args) throws Exception {
    long heapBefore = Heap.used();
    try (Registrar registrar =
        Registrar.builder().orchestratorUrl(args[0]).host("h").id("a").build()) {
      registrar.start();
      if (registrar.state() != RegistrarState.REGISTERED) {
        throw new IllegalStateException("not registered", registrar.lastError().orElseThrow());
      }
      TimeUnit.SECONDS.sleep(SETTLING_SECONDS);
      long[] before = threadsAndSwitches();
      TimeUnit.MINUTES.sleep(1);
      long[] after = threadsAndSwitches();
      System.out.println(after[0]);
      System.out.println(after[1] - before[1]);
      System.out.println((Heap.used() - heapBefore) / 1024.0);
    }
  }

  /** Returns how many threads the library and OkHttp have, and how often they have slept. */
  private static long[] threadsAndSwitches() throws IOException {
    long threads = 0;
    long switches = 0;
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path task : tasks) {
        try {
          List<String> status = Files.readAllLines(task.resolve("status"));
          if (status.get(0).matches("Name:\\s+(rollcall|OkHttp|Okio|ForkJoinPool).*")) {
            threads++;
            switches += number(status, "voluntary_ctxt_switches:");
          }
        } catch (NoSuchFileException e) {
          // ended meanwhile
        }
      }
    }
    return new long[] {threads, switches};
  }

  private static long number(List<String> status, String name) {
    String line = status.stream().filter(l -> l.startsWith(name)).findFirst().orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", ""));
  }
}
