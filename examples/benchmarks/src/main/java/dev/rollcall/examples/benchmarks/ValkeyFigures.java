package dev.rollcall.examples.benchmarks;

import dev.rollcall.store.valkey.harness.ValkeyServer;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.RedisClient;

/** What Valkey servers say about themselves, as a sum over all of them. */
final class ValkeyFigures {
  private static final Pattern MEMORY = Pattern.compile("used_memory:([0-9]+)");
  private static final Pattern PROCESSOR =
      Pattern.compile("used_cpu_(?:user|sys):([0-9.]+)"); // and not those of its children

  private final List<? extends ValkeyServer> servers;

  ValkeyFigures(List<? extends ValkeyServer> servers) {
    this.servers = List.copyOf(servers);
  }

  double usedBytes() {
    return sum("memory", MEMORY);
  }

  /** Returns how much processor time they have used since they were started, in seconds. */
  double processorSeconds() {
    return sum("cpu", PROCESSOR);
  }

  private double sum(String section, Pattern figure) {
    double sum = 0;
    for (ValkeyServer server : servers) {
      try (RedisClient client = RedisClient.create(server.host(), server.port())) {
        Matcher found = figure.matcher(client.info(section));
        while (found.find()) {
          sum += Double.parseDouble(found.group(1));
        }
      }
    }
    return sum;
  }
}
