package dev.rollcall.examples.benchmarks;

import dev.rollcall.registrar.Keepalive;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What it costs a JVM to keep 10,000 services registered, and whether all stay registered: alone,
 * and beside a registry that takes 2 s for each answer.
 */
final class KeepaliveBenchmark {
  private static final int SERVICES = 10_000;

  /** At the healthy registry, beside as many as above at the slow one. */
  private static final int FEW_SERVICES = 1_000;

  private static final int MINUTES = Integer.getInteger("minutes", 1);
  private static final double GOAL_LATENESS_MILLIS = 100;
  private static final double GOAL_THREADS = 4;
  private static final double GOAL_BYTES = 2_048;
  private static final double GOAL_CPU_PERCENT = 15;
  private static final double OKHTTP_THREADS_A_REGISTRY = 2_048;

  /** One that tells exactly what is in use. */
  private static final String EXACT_COLLECTOR = "-XX:+UseSerialGC";

  /**
   * One that does not stop the JVM. Others do, and with it the pings to all registries, for as long
   * as it takes to look through two thousand threads and copy what their calls have read.
   */
  private static final String PAUSELESS_COLLECTOR = "-XX:+UseZGC";

  private static final Logger LOG = Logger.getLogger("dev.rollcall");

  private KeepaliveBenchmark() {}

  static List<Row> run() {
    try (JavaProcess server = JavaProcess.start("-jar", JavaProcess.serverJar(), "--port=0");
        JavaProcess client = client(EXACT_COLLECTOR, server.awaitUrl(), SERVICES, "-")) {
      String name = "10,000 services, " + MINUTES + " min, ";
      List<Row> rows = new ArrayList<>();
      rows.add(goal(name + "ping lateness p99", client, "ms", GOAL_LATENESS_MILLIS));
      rows.add(goal(name + "lost", client, "services", 1));
      rows.add(goal(name + "failed calls once all were in", client, "calls", 1));
      rows.add(goal(name + "threads of the library at most", client, "threads", GOAL_THREADS));
      rows.add(
          goal(name + "threads of OkHttp at most", client, "threads", OKHTTP_THREADS_A_REGISTRY));
      rows.add(goal(name + "processor time", client, "% of a core", GOAL_CPU_PERCENT));
      rows.add(goal(name + "heap a registration", client, "bytes", GOAL_BYTES));
      return rows;
    }
  }

  static List<Row> runSlow() {
    try (JavaProcess server = JavaProcess.start("-jar", JavaProcess.serverJar(), "--port=0");
        JavaProcess slow =
            JavaProcess.start("-cp", JavaProcess.classPath(), SlowServer.class.getName())) {
      URI url = server.awaitUrl();
      String slowUrl = slow.awaitUrl().toString();
      List<Row> rows = new ArrayList<>();
      double alone;
      try (JavaProcess client = client(PAUSELESS_COLLECTOR, url, FEW_SERVICES, "-")) {
        alone = Double.parseDouble(client.nextLine());
      }
      try (JavaProcess client = client(PAUSELESS_COLLECTOR, url, FEW_SERVICES, slowUrl)) {
        String name = "1,000 services beside 10,000 at a slow registry, " + MINUTES + " min, ";
        double lateness = Double.parseDouble(client.nextLine());
        rows.add(
            new Row(name + "ping lateness p99", lateness, "ms", "without those", alone, "~ 1"));
        rows.add(goal(name + "lost", client, "services", 1));
        rows.add(goal(name + "failed calls once all were in", client, "calls", 1));
        rows.add(goal(name + "threads of the library at most", client, "threads", GOAL_THREADS));
        rows.add(
            goal(
                name + "threads of OkHttp at most",
                client,
                "threads",
                2 * OKHTTP_THREADS_A_REGISTRY));
      }
      return rows;
    }
  }

  private static JavaProcess client(String collector, URI url, int services, String slowUrl) {
    return JavaProcess.start(
        "-Xmx1g",
        collector,
        // Else the serial one compacts in one full collection of four, and leaves dead wood.
        "-XX:MarkSweepAlwaysCompactCount=1",
        "-Dminutes=" + MINUTES,
        "-cp",
        JavaProcess.classPath(),
        KeepaliveBenchmark.class.getName(),
        url.toString(),
        Integer.toString(services),
        slowUrl);
  }

  private static Row goal(String name, JavaProcess client, String unit, double goal) {
    double figure = Double.parseDouble(client.nextLine());
    return new Row(name, figure, unit, "the goal", goal, goal == 1 ? "0" : "<= 1");
  }

  /** Keeps services registered in a JVM of its own, and prints the figures in the order of rows. */
  public static void main(String[] args) throws Exception {
    int services = Integer.parseInt(args[1]);
    LOG.setLevel(Level.OFF); // ten thousand services that start have much to tell
    try (Keepalive keepalive = Keepalive.create();
        Fleet fleet = Fleet.of(args[0], services)) {
      List<Fleet> fleets = new ArrayList<>(List.of(fleet));
      long heapBefore = Heap.used();
      fleet.start(keepalive);
      if (!args[2].equals("-")) {
        Fleet slow = Fleet.of(args[2], SERVICES);
        fleets.add(slow);
        slow.start(keepalive);
      }
      measure(fleets);
      // At the end: at the start it holds what a burst of first calls has taken as well.
      System.out.println((double) (Heap.used() - heapBefore) / services);
      System.exit(0);
    }
  }

  private static void measure(List<Fleet> fleets) throws InterruptedException {
    long failuresBefore = failures(fleets);
    long cpuBefore = cpuNanos();
    long start = System.nanoTime();
    ThreadCount threads = new ThreadCount();
    while (System.nanoTime() - start < TimeUnit.MINUTES.toNanos(MINUTES)) {
      Thread.sleep(1_000);
      threads.sample();
    }
    double cpu = 100.0 * (cpuNanos() - cpuBefore) / (System.nanoTime() - start);
    System.out.println(fleets.get(0).registry().lateness().percentileMillis(0.99));
    System.out.println(fleets.stream().mapToLong(Fleet::lost).sum());
    System.out.println(failures(fleets) - failuresBefore);
    System.out.println(threads.ours());
    System.out.println(threads.okHttps());
    System.out.println(cpu);
  }

  private static long failures(List<Fleet> fleets) {
    return fleets.stream().mapToLong(Fleet::failures).sum();
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
