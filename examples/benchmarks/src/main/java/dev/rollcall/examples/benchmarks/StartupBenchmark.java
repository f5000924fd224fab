package dev.rollcall.examples.benchmarks;

import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** How soon the bundled server answers, and what memory it takes when nothing happens. */
final class StartupBenchmark {
  private static final int STARTS = 11;
  private static final int AOT_CACHE_SINCE = 25;
  private static final boolean HAS_AOT_CACHE = Runtime.version().feature() >= AOT_CACHE_SINCE;
  private static final double GOAL_MILLIS = HAS_AOT_CACHE ? 350 : 450;
  private static final double GOAL_MEGABYTES = 80;

  /** The flags of the image and the systemd unit, with a smaller heap. */
  private static final List<String> SMALL =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m");

  private StartupBenchmark() {}

  /**
   * What one start took.
   *
   * @param millis from the start of the process to its first answer
   * @param megabytes its resident memory then
   */
  private record Start(double millis, double megabytes) {}

  static List<Row> run() throws Exception {
    Path archive = Files.createTempDirectory("rollcall").resolve("rollcall.classes");
    List<Row> rows = new ArrayList<>(measure("as it comes", List.of()));
    rows.addAll(measure("small flags", SMALL));
    String made = HAS_AOT_CACHE ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=";
    String used = HAS_AOT_CACHE ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=";
    warmUp(with(SMALL, made + archive));
    String name = HAS_AOT_CACHE ? "small flags, AOT cache" : "small flags, class archive";
    rows.addAll(measure(name, with(SMALL, used + archive)));
    return rows;
  }

  /** Has the JVM write what it loads for a server, as the image and the systemd unit do. */
  private static void warmUp(List<String> flags) throws Exception {
    List<String> command = new ArrayList<>(flags);
    command.addAll(List.of("-jar", JavaProcess.serverJar(), "warm-up"));
    try (JavaProcess warmUp = JavaProcess.start(command.toArray(new String[0]))) {
      warmUp.awaitEnd();
    }
  }

  private static List<String> with(List<String> flags, String flag) {
    List<String> all = new ArrayList<>(flags);
    all.add(flag);
    return all;
  }

  private static List<Row> measure(String name, List<String> flags) throws Exception {
    List<Start> starts = new ArrayList<>();
    for (int i = 0; i < STARTS; i++) {
      starts.add(start(flags));
    }
    return List.of(
        new Row(
            "Start to first answer, " + name,
            median(starts, Start::millis),
            "ms",
            "the goal",
            GOAL_MILLIS,
            "<= 1"),
        new Row(
            "Resident memory then, " + name,
            median(starts, Start::megabytes),
            "MB",
            "the goal",
            GOAL_MEGABYTES,
            "<= 1"));
  }

  private static double median(List<Start> starts, ToDoubleFunction<Start> figure) {
    return starts.stream().mapToDouble(figure).sorted().toArray()[starts.size() / 2];
  }

  private static Start start(List<String> flags) throws Exception {
    int port = ValkeyProcess.freePort();
    List<String> command = new ArrayList<>(flags);
    command.addAll(List.of("-jar", JavaProcess.serverJar(), "--port", Integer.toString(port)));
    long start = System.nanoTime();
    try (JavaProcess server = JavaProcess.start(command.toArray(new String[0]))) {
      awaitAnswer(URI.create("http://127.0.0.1:" + port + "/services"));
      double millis = (System.nanoTime() - start) / 1e6;
      double megabytes = residentMegabytes(server.pid());
      server.stop();
      return new Start(millis, megabytes);
    }
  }

  private static void awaitAnswer(URI url) throws InterruptedException {
    while (true) {
      try {
        HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
        if (connection.getResponseCode() == HttpURLConnection.HTTP_OK) {
          return;
        }
      } catch (IOException e) {
        Thread.sleep(1); // It does not listen yet.
      }
    }
  }

  /** Returns what Linux counts as resident for a process. */
  private static double residentMegabytes(long pid) throws IOException {
    String status = Files.readString(Path.of("/proc/" + pid + "/status"));
    String kilobytes =
        status.lines().filter(line -> line.startsWith("VmRSS:")).findFirst().orElseThrow();
    return Long.parseLong(kilobytes.replaceAll("\\D", "")) / 1024.0;
  }
}
