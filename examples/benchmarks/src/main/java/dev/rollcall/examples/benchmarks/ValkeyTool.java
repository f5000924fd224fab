package dev.rollcall.examples.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.RedisClient;

/** What Valkey says of its own speed and work. */
final class ValkeyTool {
  private static final Pattern PER_SECOND = Pattern.compile("\",\"([0-9.]+)\"");
  private static final Pattern SCRIPT_CALLS = Pattern.compile("cmdstat_eval(?:sha)?:calls=(\\d+)");

  private ValkeyTool() {}

  /** Runs {@code valkey-benchmark}, which comes with the server, one command a round trip. */
  static double pexpirePerSecond(int port, int connections, int commands)
      throws IOException, InterruptedException {
    Process tool =
        new ProcessBuilder(
                "valkey-benchmark",
                "-p",
                Integer.toString(port),
                "-c",
                Integer.toString(connections),
                "-n",
                Integer.toString(commands),
                "--csv",
                "PEXPIRE",
                "bare",
                "3600000")
            .redirectErrorStream(true)
            .start();
    String output = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    // A heading, and the figures: name, commands a second, latencies.
    Matcher perSecond = PER_SECOND.matcher(output);
    if (tool.waitFor() != 0 || !perSecond.find()) {
      throw new IllegalStateException("valkey-benchmark said: " + output);
    }
    return Double.parseDouble(perSecond.group(1));
  }

  static long scriptCalls(RedisClient admin) {
    return SCRIPT_CALLS
        .matcher(admin.info("commandstats"))
        .results()
        .map(MatchResult::group)
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf('=') + 1)))
        .sum();
  }
}
