package dev.rollcall.examples.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Pings of a server that checks a service key, counts each client's requests and measures all of
 * them, against the same server that does none of it. Both run all the while, get the same bytes,
 * and are asked in turn.
 */
final class HttpGuardsBenchmark {
  private static final String KEY = "8f14e45fceea167a5a36dedd4bea2543";
  private static final int CONNECTIONS = 32;
  private static final int ROUNDS = 9;
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration ROUND = Duration.ofSeconds(4);

  private HttpGuardsBenchmark() {}

  static List<Row> run() throws Exception {
    Path keys = Files.createTempFile("rollcall-keys", null);
    try (JavaProcess guarded =
            JavaProcess.start(
                "-jar",
                JavaProcess.serverJar(),
                "--port=0",
                "--service-key-file=" + Files.writeString(keys, KEY),
                "--rate-limit=1000000");
        JavaProcess open =
            JavaProcess.start("-jar", JavaProcess.serverJar(), "--port=0", "--without-metrics")) {
      return compare(guarded.awaitUrl(), open.awaitUrl());
    } finally {
      Files.delete(keys);
    }
  }

  private static List<Row> compare(URI guarded, URI open) throws IOException {
    String key = "X-Service-Key: " + KEY;
    List<byte[]> toGuarded = PingedService.pings(guarded, KEY, CONNECTIONS, key);
    List<byte[]> toOpen = PingedService.pings(open, KEY, CONNECTIONS, key);
    HttpLoad.run(guarded, toGuarded, WARM_UP);
    HttpLoad.run(open, toOpen, WARM_UP);
    List<HttpLoad.Result> with = new ArrayList<>();
    List<HttpLoad.Result> without = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      with.add(HttpLoad.run(guarded, toGuarded, ROUND));
      without.add(HttpLoad.run(open, toOpen, ROUND));
    }
    return List.of(
        new Row(
            "HTTP ping with a service key, a rate limit and metrics",
            HttpLoad.median(with, HttpLoad.Result::perSecond),
            "/s",
            "without",
            HttpLoad.median(without, HttpLoad.Result::perSecond),
            ">= 0.95"));
  }
}
