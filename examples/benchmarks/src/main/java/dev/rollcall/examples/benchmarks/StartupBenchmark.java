package dev.rollcall.examples.benchmarks;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** How soon the bundled server answers, and what memory it takes when nothing happens. */
final class StartupBenchmark {
  private static final int STARTS = 11;
  private static final double GOAL_MILLIS = 500;
  private static final double GOAL_MEGABYTES = 80;

  /** The flags that the README gives for a small server. */
  private static final String[] SMALL = {"-XX:+UseSerialGC", "-Xmx64m", "-Xss256k"};

  private StartupBenchmark() {}

  static List<Row> run() throws Exception {
    double[] millis = new double[STARTS];
    double[] megabytes = new double[STARTS];
    for (int i = 0; i < STARTS; i++) {
      int port = freePort();
      long start = System.nanoTime();
      try (ChildJvm server =
          ChildJvm.start(
              SMALL[0],
              SMALL[1],
              SMALL[2],
              "-jar",
              ChildJvm.serverJar(),
              "--port",
              Integer.toString(port))) {
        awaitAnswer(URI.create("http://127.0.0.1:" + port + "/services"));
        millis[i] = (System.nanoTime() - start) / 1e6;
        megabytes[i] = residentMegabytes(server.pid());
        server.stop();
      }
    }
    Arrays.sort(millis);
    Arrays.sort(megabytes);
    return List.of(
        new Row(
            "Start to first answer, median of %d".formatted(STARTS),
            millis[STARTS / 2],
            "ms",
            "the goal",
            GOAL_MILLIS,
            "<= 1"),
        new Row(
            "Resident memory after it, median",
            megabytes[STARTS / 2],
            "MB",
            "the goal",
            GOAL_MEGABYTES,
            "<= 1"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
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
