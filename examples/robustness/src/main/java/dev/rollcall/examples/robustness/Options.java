package dev.rollcall.examples.robustness;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a run is to be.
 *
 * @param seed decides what clients do and which faults come; not how they interleave
 * @param time how long it runs
 * @param store {@code memory}, or the scheme of a store over Valkey, such as {@code valkey}
 * @param server the runnable jar of the server
 * @param before what stands before it on the class path; "" if nothing
 * @param heap the heap of a server, such as {@code 64m}
 * @param clients how many threads work
 * @param ballast how many services of 1 KB there are only to make lists large
 * @param faults whether faults come
 * @param only what the names of the faults that come contain; "" for all
 */
record Options(
    long seed,
    Duration time,
    String store,
    Path server,
    String before,
    String heap,
    int clients,
    int ballast,
    boolean faults,
    String only) {
  static final String USAGE =
      """
      java -jar robustness.jar [--seed N] [--time 60s] [--store memory|valkey] [--server JAR]
          [--class-path PATH] [--heap 64m] [--clients 8] [--ballast 0] [--no-faults]
          [--only PART-OF-A-FAULT'S-NAME]
      """;

  private static final Pattern TIME = Pattern.compile("([1-9][0-9]{0,5})([smh])");

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException if there is one that is not known or no good
   */
  static Options of(String... args) {
    Options options =
        new Options(
            new Random().nextInt(1_000_000), // short enough to be typed again
            Duration.ofSeconds(60),
            "valkey",
            Path.of("http-jdk/app/target/rollcall-server.jar"),
            "",
            "64m",
            8,
            0,
            true,
            "");
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--no-faults")) {
        options = options.with(args[i], "");
      } else if (i + 1 < args.length) {
        options = options.with(args[i], args[++i]);
      } else {
        throw new IllegalArgumentException(args[i] + " is unknown, or has no value");
      }
    }
    if (!Files.isRegularFile(options.server)) {
      throw new IllegalArgumentException(
          options.server + " is not there; name the server's jar by --server");
    }
    return options;
  }

  private Options with(String name, String value) {
    long seed = name.equals("--seed") ? Long.parseLong(value) : this.seed;
    Duration time = name.equals("--time") ? timeOf(value) : this.time;
    String store = name.equals("--store") ? value : this.store;
    Path server = name.equals("--server") ? Path.of(value) : this.server;
    String before = name.equals("--class-path") ? value : this.before;
    String heap = name.equals("--heap") ? value : this.heap;
    int clients = name.equals("--clients") ? number(value, 1, 64) : this.clients;
    int ballast = name.equals("--ballast") ? number(value, 0, 1_000_000) : this.ballast;
    boolean faults = !name.equals("--no-faults") && this.faults;
    String only = name.equals("--only") ? value : this.only;
    Options changed =
        new Options(seed, time, store, server, before, heap, clients, ballast, faults, only);
    if (!USAGE.contains("[" + name)) {
      throw new IllegalArgumentException(name + " is unknown");
    }
    return changed;
  }

  private static int number(String text, int min, int max) {
    int number = Integer.parseInt(text);
    if (number < min || number > max) {
      throw new IllegalArgumentException("it is " + min + " to " + max + ", not " + number);
    }
    return number;
  }

  private static Duration timeOf(String text) {
    Matcher parts = TIME.matcher(text.toLowerCase(Locale.ROOT));
    if (!parts.matches()) {
      throw new IllegalArgumentException("a time is written 90s, 5m or 1h, not " + text);
    }
    long number = Long.parseLong(parts.group(1));
    return switch (parts.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      default -> Duration.ofHours(number);
    };
  }

  /** Returns the class path of a server. */
  String classPath() {
    return before.isEmpty() ? server.toString() : server + File.pathSeparator + before;
  }

  /** Returns the options of a server's JVM: those of a small footprint. */
  List<String> jvmOptions() {
    return List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx" + heap);
  }

  /** Returns the command that makes the same run again. */
  String command() {
    List<String> words =
        new ArrayList<>(List.of("java -jar examples/robustness/target/robustness.jar"));
    words.add("--seed " + seed + " --time " + time.toSeconds() + "s --store " + store);
    words.add("--server " + server + " --heap " + heap + " --clients " + clients);
    if (!before.isEmpty()) {
      words.add("--class-path " + before);
    }
    if (ballast > 0) {
      words.add("--ballast " + ballast);
    }
    if (!faults) {
      words.add("--no-faults");
    }
    if (!only.isEmpty()) {
      words.add("--only '" + only + "'");
    }
    return String.join(" ", words);
  }
}
