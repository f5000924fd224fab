package dev.rollcall.store.valkey.harness;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * A {@code valkey-server} of this machine, on a free port of the loopback address, in a directory
 * of its own.
 *
 * <p>It is the one on the {@code PATH}, or that which the system property {@code
 * rollcall.valkey.server} names.
 */
public final class ValkeyProcess implements ValkeyServer {
  /** The system property that names the program to run. */
  static final String SERVER = "rollcall.valkey.server";

  private static final Duration START_LIMIT = Duration.ofSeconds(20);
  private static final int PORT_TRIES = 5;

  private final List<String> options;
  private final Path directory;
  private final int port;
  private Process process;

  private ValkeyProcess(int port, Path directory, List<String> options) {
    this.port = port;
    this.directory = directory;
    this.options = options;
    this.process = launch();
  }

  /** Starts one, which keeps nothing on disk unless the options say so. */
  public static ValkeyProcess start(String... options) {
    return startWith(() -> options);
  }

  /** Starts one that can be part of a cluster. */
  static ValkeyProcess startCluster(String... options) {
    return startWith(
        () ->
            Stream.concat(
                    Stream.of(
                        "--cluster-enabled", "yes", "--cluster-port", Integer.toString(freePort())),
                    Stream.of(options))
                .toArray(String[]::new));
  }

  private static ValkeyProcess startWith(Supplier<String[]> options) {
    for (int tries = 1; ; tries++) {
      try {
        return startOn(freePort(), options.get());
      } catch (AssertionError e) {
        // Another process may have taken a port meanwhile.
        if (tries == PORT_TRIES) {
          throw e;
        }
      }
    }
  }

  /** Starts one on a port. */
  public static ValkeyProcess startOn(int port, String... options) {
    try {
      Path directory = Files.createTempDirectory("rollcall-valkey");
      ValkeyProcess valkey = new ValkeyProcess(port, directory, List.of(options));
      valkey.awaitReady();
      return valkey;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a port that nobody listens on. */
  public static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process launch() {
    List<String> command = new ArrayList<>(List.of(executable()));
    boolean sentinel = options.contains("--sentinel");
    if (sentinel) {
      command.add(directory.resolve("sentinel.conf").toString());
    }
    command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1"));
    command.addAll(List.of("--dir", directory.toString()));
    if (!sentinel) {
      command.addAll(List.of("--save", "", "--appendonly", "no"));
    }
    command.addAll(options);
    try {
      if (sentinel) {
        Files.writeString(directory.resolve("sentinel.conf"), "");
      }
      Process started =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log().toFile())
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String executable() {
    String given = System.getProperty(SERVER);
    if (given != null) {
      return given;
    }
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .map(directory -> Path.of(directory, "valkey-server"))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    "These tests need a Valkey: install the package valkey-server, 7.2 or later"
                        + " (.ci/install-valkey does), name the program by"
                        + " -Drollcall.valkey.server=…, or start Docker"));
  }

  private void awaitReady() {
    try {
      Eventually.await(
          "valkey-server answers on port " + port,
          START_LIMIT,
          () -> {
            if (!process.isAlive()) {
              throw new AssertionError("valkey-server has ended");
            }
            return answers();
          });
    } catch (AssertionError e) {
      close();
      throw new AssertionError(e.getMessage() + "\n" + logText(), e);
    }
  }

  private boolean answers() {
    DefaultJedisClientConfig plain =
        DefaultJedisClientConfig.builder().autoNegotiateProtocol(false).build();
    if (options.contains("--tls-port")) {
      return logText().contains("Ready to accept connections");
    }
    try (Connection connection = new Connection(new HostAndPort(host(), port), plain)) {
      return connection.ping();
    } catch (JedisDataException e) {
      return true; // It wants a password, or is loading: it is there.
    }
  }

  private Path log() {
    return directory.resolve("log");
  }

  private String logText() {
    try {
      return Files.exists(log()) ? Files.readString(log()) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String host() {
    return "127.0.0.1";
  }

  @Override
  public int port() {
    return port;
  }

  /** Returns its directory, gone when it is closed. */
  public Path directory() {
    return directory;
  }

  /** Returns whether it is a master now. */
  public boolean isMaster() {
    try (RedisClient client = RedisClient.create(host(), port)) {
      return client.info("replication").contains("role:master");
    }
  }

  /** Waits until its replicas have what it has now. */
  public void awaitReplicas() {
    try (RedisClient client = RedisClient.create(host(), port)) {
      Pattern offset = Pattern.compile("(?:master_repl_offset:|slave\\d+:.*,offset=)(\\d+)");
      long reached =
          Long.parseLong(
              client.info("replication").replaceAll("(?s).*master_repl_offset:(\\d+).*", "$1"));
      Eventually.await(
          "the replicas are in step",
          START_LIMIT,
          () ->
              offset
                  .matcher(client.info("replication"))
                  .results()
                  .allMatch(found -> Long.parseLong(found.group(1)) >= reached));
    }
  }

  /** Kills it at once, as a crash would. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** Starts it again after it was killed, with the same port and directory. */
  public void restart() {
    process = launch();
    awaitReady();
  }

  /** Starts it again after it was killed, and does not wait until it answers. */
  public void restartWithoutWaiting() {
    process = launch();
  }

  /** Stops its time: it holds its connections and answers nothing. */
  public void suspend() {
    signal("-STOP");
  }

  /** Lets its time go on. */
  public void resume() {
    signal("-CONT");
  }

  private void signal(String signal) {
    try {
      Process kill =
          new ProcessBuilder("sh", "-c", "kill %s %d".formatted(signal, process.pid())).start();
      if (kill.waitFor() != 0) {
        throw new IllegalStateException("kill " + signal + " failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("valkey-server " + process.pid() + " does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    kill();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
