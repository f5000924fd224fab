package dev.rollcall.examples.benchmarks;

import dev.rollcall.Registration;
import dev.rollcall.http.client.HttpServiceRegistry;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What streams of events take at the bundled server: how soon a change reaches the last of many,
 * what each holds, and what is sent when they move to another server.
 *
 * <p>The floor is the JDK's server, which writes as many bytes to as many answers that it holds.
 */
final class StreamBenchmark {
  private static final int FEW = 1_000;
  private static final int MANY = 5_000;
  private static final int INSTANCES = 20_000;
  private static final int WARM_UP_CHANGES = 200;
  private static final int CHANGES = 100;
  private static final int CHANGES_OF_ONE = 3_000;

  /** After this time the threads that opened streams, or wrote to them, have ended. */
  private static final long SETTLED_MILLIS = 40_000;

  private static final Pattern NUMBER = Pattern.compile("\\d+");
  private static final double BYTES_GOAL = 1e6;

  /** A stream that was cut off keeps its place for a while, so there is room for more. */
  private static final int MAX_WATCHES = 4 * MANY;

  private StreamBenchmark() {}

  static List<Row> run() throws Exception {
    List<Row> rows = new ArrayList<>(toOne());
    rows.addAll(toAll());
    rows.addAll(held());
    rows.addAll(moved());
    rows.add(amongMany());
    return rows;
  }

  private static JavaProcess server(String... args) {
    List<String> command = new ArrayList<>();
    // Streams may take half of the connections.
    command.add("-Djdk.httpserver.maxConnections=" + 2 * MAX_WATCHES);
    command.addAll(List.of("-jar", JavaProcess.serverJar(), "--port=0", "--log-level=warn"));
    command.add("--max-watches=" + MAX_WATCHES);
    command.addAll(List.of(args));
    return JavaProcess.start(command.toArray(new String[0]));
  }

  private static JavaProcess floor() {
    return JavaProcess.start("-cp", JavaProcess.classPath(), HeldServer.class.getName());
  }

  /** Registers one service after the other, and waits until one stream tells of each. */
  private static List<Row> toOne() throws Exception {
    Latencies latencies = new Latencies();
    try (JavaProcess server = server()) {
      URI url = server.awaitUrl();
      try (EventCrowd one = EventCrowd.open(url, 1);
          Poster poster = new Poster(url, "/services/$register")) {
        poster.changes(one, CHANGES_OF_ONE, new Latencies());
        poster.changes(one, CHANGES_OF_ONE, latencies);
      }
    }
    String name = "Registered to told, over HTTP, memory";
    return List.of(
        goal(name + ", p50", latencies.percentileMillis(0.5), "ms", 1),
        goal(name + ", p99", latencies.percentileMillis(0.99), "ms", 5));
  }

  private static List<Row> toAll() throws Exception {
    try (JavaProcess server = server();
        JavaProcess floor = floor()) {
      URI url = server.awaitUrl();
      URI floorUrl = floor.awaitUrl();
      try (Poster poster = new Poster(url, "/services/$register");
          Poster floorPoster = new Poster(floorUrl, "/")) {
        fanOut(url, poster, FEW, WARM_UP_CHANGES);
        fanOut(floorUrl, floorPoster, FEW, WARM_UP_CHANGES);
        double few = fanOut(url, poster, FEW, CHANGES);
        double fewAtFloor = fanOut(floorUrl, floorPoster, FEW, CHANGES);
        double many = fanOut(url, poster, MANY, CHANGES);
        double manyAtFloor = fanOut(floorUrl, floorPoster, MANY, CHANGES);
        String floorName = "as many bytes from the JDK's server";
        return List.of(
            new Row(change(FEW), few, "ms", floorName, fewAtFloor, "<= 1.5"),
            new Row(change(MANY), many, "ms", floorName, manyAtFloor, ""),
            new Row(change(MANY), many, "ms", "of 1,000 streams", few, "<= 6"));
      }
    }
  }

  private static String change(int streams) {
    return String.format(Locale.ROOT, "A change to the last of %,d streams, p50", streams);
  }

  private static double fanOut(URI server, Poster poster, int streams, int changes)
      throws IOException {
    Latencies latencies = new Latencies();
    try (EventCrowd crowd = EventCrowd.open(server, streams)) {
      poster.changes(crowd, changes, latencies);
    }
    return latencies.percentileMillis(0.5);
  }

  /** Heap and threads of streams in which nothing happens. */
  private static List<Row> held() throws Exception {
    try (JavaProcess server = server();
        JavaProcess floor = floor()) {
      Held ours = Held.of(server);
      Held floors = Held.of(floor);
      return List.of(
          new Row(
              "Heap of a stream that is held",
              ours.bytesEach,
              "bytes",
              "of an answer that the JDK's server holds",
              floors.bytesEach,
              "<= 1.2"),
          goal("Threads that 1,000 streams add", ours.threads, "threads", 8));
    }
  }

  private record Held(double bytesEach, double threads) {

    static Held of(JavaProcess server) throws Exception {
      URI url = server.awaitUrl();
      EventCrowd.open(url, FEW).close();
      Thread.sleep(SETTLED_MILLIS);
      long bytes = liveBytes(server.pid());
      long threads = threadsOf(server.pid());
      EventCrowd crowd = EventCrowd.open(url, FEW);
      Thread.sleep(SETTLED_MILLIS);
      Held held =
          new Held(
              (liveBytes(server.pid()) - bytes) / (double) FEW, threadsOf(server.pid()) - threads);
      crowd.close();
      return held;
    }
  }

  /** Returns what a JVM's reachable objects take. */
  private static long liveBytes(long pid) throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process process = new ProcessBuilder(jcmd, Long.toString(pid), "GC.class_histogram").start();
    String histogram = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    String total =
        histogram.lines().filter(line -> line.startsWith("Total")).findFirst().orElseThrow();
    return Long.parseLong(
        NUMBER.matcher(total).results().skip(1).findFirst().orElseThrow().group());
  }

  private static long threadsOf(long pid) throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
      return tasks.count();
    }
  }

  /** Lets all streams go on at another server over the same Valkey, when theirs is killed. */
  private static List<Row> moved() throws Exception {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        JavaProcess one = server("--store=" + valkey.uri());
        JavaProcess other = server("--store=" + valkey.uri())) {
      URI first = one.awaitUrl();
      register(first, 100);
      String cursor = EventCrowd.cursor(first);
      long start = System.nanoTime();
      EventCrowd before = EventCrowd.open(first, MANY, "Last-Event-ID: " + cursor);
      double millisBefore = (System.nanoTime() - start) / 1e6;
      one.kill();
      before.close();
      start = System.nanoTime();
      try (EventCrowd after = EventCrowd.open(other.awaitUrl(), MANY, "Last-Event-ID: " + cursor)) {
        double millis = (System.nanoTime() - start) / 1e6;
        return List.of(
            goal(
                "Snapshots when 5,000 streams move to another server",
                (double) after.snapshots(),
                "",
                1),
            new Row(
                "Time until all of them know that nothing has changed",
                millis,
                "ms",
                "at the first server",
                millisBefore,
                ""));
      }
    }
  }

  /** What one change among many instances sends in all. */
  private static Row amongMany() throws Exception {
    try (JavaProcess server = server()) {
      URI url = server.awaitUrl();
      register(url, INSTANCES);
      String cursor = EventCrowd.cursor(url);
      try (EventCrowd crowd = EventCrowd.open(url, FEW, "Last-Event-ID: " + cursor);
          Poster poster = new Poster(url, "/services/$register")) {
        long before = crowd.bytes();
        poster.changes(crowd, 1, new Latencies());
        return goal(
            "Bytes that a change among 20,000 instances sends to 1,000 streams",
            (double) (crowd.bytes() - before),
            "bytes",
            BYTES_GOAL);
      }
    }
  }

  private static void register(URI server, int services) {
    try (var registry = HttpServiceRegistry.connect(server.toString())) {
      for (int i = 0; i < services; i++) {
        registry.register(
            Registration.builder("http://h:8000")
                .id("service-" + i)
                .ttl(Duration.ofHours(1))
                .build());
      }
      if (registry.list().size() != services) { // This also warms the server up.
        throw new IllegalStateException("not all services are listed");
      }
    }
  }

  private static Row goal(String name, double figure, String unit, double goal) {
    return new Row(name, figure, unit, "the goal", goal, "<= 1");
  }
}
