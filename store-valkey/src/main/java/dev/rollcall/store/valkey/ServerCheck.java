package dev.rollcall.store.valkey;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.rollcall.store.valkey.pipeline.PendingCommand;
import dev.rollcall.store.valkey.pipeline.Script;
import dev.rollcall.store.valkey.topology.Topology;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** Checks, before a store is opened, that its servers have what it needs. */
final class ServerCheck {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.store.valkey");

  static final String NEEDED = "the store needs Valkey 7.2 or later, or Redis 7.0 or later";

  /** The first with {@code PEXPIRETIME} and {@code PEXPIREAT … XX}. */
  private static final int MIN_MAJOR = 7;

  private static final Pattern MAJOR = Pattern.compile("(\\d+)\\..*");

  private ServerCheck() {}

  /**
   * Connects and checks.
   *
   * @param where the servers, for messages before they have been reached
   * @param tracksWrites whether the servers must let this client track writes
   * @throws IllegalArgumentException if the servers are not what the store needs
   * @throws dev.rollcall.StoreUnavailableException if they could not be asked
   */
  static Topology open(
      Supplier<Topology> connect, String where, Keys keys, Duration timeout, boolean tracksWrites) {
    Topology servers;
    try {
      servers = connect.get();
    } catch (JedisException e) {
      throw ErrorTranslator.atOpen(where, e);
    }
    try {
      check(servers, keys, timeout);
      if (tracksWrites) {
        checkTracking(servers, timeout);
      }
      return servers;
    } catch (JedisException e) {
      servers.close();
      throw ErrorTranslator.atOpen(where, e);
    } catch (Throwable e) {
      servers.close();
      throw e;
    }
  }

  private static void check(Topology servers, Keys keys, Duration timeout) {
    for (Map<?, ?> server :
        servers.onEachMaster(
            node -> {
              PendingCommand hello =
                  PendingCommand.of(Command.HELLO, new byte[0][], deadlineIn(timeout));
              return BuilderFactory.ENCODED_OBJECT_MAP.build(node.ask(hello));
            })) {
      checkVersion(server.get("server") + " " + server.get("version"), servers.address());
      checkMode(String.valueOf(server.get("mode")), servers);
    }
    // As an operation would; so a missing permission shows now.
    byte[] key = keys.keyOf("");
    servers.execute(key, new PendingCommand(Script.READ, deadlineIn(timeout), List.of(key)));
    checkPublish(servers, key, keys.channel(), timeout);
  }

  /** Says if hints cannot be published: the scripts go on without them. */
  private static void checkPublish(Topology servers, byte[] key, byte[] channel, Duration timeout) {
    byte[][] nothing = {channel, new byte[0]};
    try {
      servers.execute(key, PendingCommand.of(Command.PUBLISH, nothing, deadlineIn(timeout)));
    } catch (JedisDataException e) {
      LOG.warn(
          "Valkey at {} does not let this store publish its changes, so those who watch learn of"
              + " them later, by reading: {}",
          servers.address(),
          e.getMessage());
    }
  }

  /** Throws if tracking is not permitted: it was asked for by name. */
  private static void checkTracking(Topology servers, Duration timeout) {
    byte[][] off = {"TRACKING".getBytes(US_ASCII), "OFF".getBytes(US_ASCII)};
    var unused =
        servers.onEachMaster(
            node ->
                String.valueOf(
                    node.ask(PendingCommand.of(Command.CLIENT, off, deadlineIn(timeout)))));
  }

  private static void checkVersion(String server, String address) {
    Matcher version = MAJOR.matcher(server.replaceFirst("^\\S* ", ""));
    if (!version.matches() || Integer.parseInt(version.group(1)) < MIN_MAJOR) {
      throw new IllegalArgumentException(
          "the server at " + address + " is " + server + "; " + NEEDED);
    }
  }

  private static void checkMode(String mode, Topology servers) {
    if (mode.equals("sentinel")) {
      throw new IllegalArgumentException(
          servers.address() + " is a sentinel; its URI starts with valkey+sentinel:");
    }
    if (mode.equals("cluster") != servers.isCluster()) {
      throw new IllegalArgumentException(
          servers.isCluster()
              ? servers.address() + " is not a cluster; its URI starts with valkey:"
              : servers.address() + " belongs to a cluster; its URI starts with valkey+cluster:");
    }
  }

  private static long deadlineIn(Duration timeout) {
    return System.nanoTime() + timeout.toNanos();
  }
}
