package dev.rollcall.store.valkey.harness;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import redis.clients.jedis.RedisClient;

/**
 * Gives a test class a Valkey of its own, empty at each test: {@code @RegisterExtension static
 * final ValkeyExtension valkey = new ValkeyExtension();}.
 *
 * <p>It is a container where a Docker engine answers and Testcontainers is on the class path, else,
 * or where the system property {@code rollcall.valkey.server} is set, a {@link ValkeyProcess}.
 */
public final class ValkeyExtension
    implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {
  private static final String ELAPSE =
      """
      for _, key in ipairs(redis.call('KEYS', '*')) do
        local ends = redis.call('PEXPIRETIME', key)
        if ends >= 0 then
          redis.call('PEXPIREAT', key, ends - ARGV[1])
        end
      end
      """;

  /** The query of a store's URI for tests of what is right, which a busy machine may halt. */
  public static final String PATIENT = "?timeout-ms=30000";

  private final String[] options;
  private ValkeyServer server;
  private RedisClient client;

  /**
   * Makes one.
   *
   * @param options for the server, as on its command line
   */
  public ValkeyExtension(String... options) {
    this.options = options.clone();
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    server = start(options);
    client = RedisClient.create(server.host(), server.port());
  }

  private static ValkeyServer start(String... options) {
    if (System.getProperty(ValkeyProcess.SERVER) == null && Docker.ANSWERS) {
      try {
        return new ValkeyContainer(options);
      } catch (RuntimeException e) {
        // An engine may answer and yet have no way to the image.
        System.err.println(
            "No Valkey in a container, so one of this machine stands in: " + e.getMessage());
      }
    }
    return ValkeyProcess.start(options);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    client.flushAll();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (client != null) {
      client.close();
    }
    if (server != null) {
      server.close();
    }
  }

  /** Returns the URI that a store opens it by. */
  public String uri() {
    return server.uri();
  }

  /** Returns the server. */
  public ValkeyServer server() {
    return server;
  }

  /** Returns a client of the test's own, beside the store's. */
  public RedisClient client() {
    return client;
  }

  /** Lets time pass for every key: takes it from what is left of its expiry. */
  public void elapse(Duration time) {
    elapse(client, time);
  }

  /** Lets time pass for every key of a server. */
  public static void elapse(RedisClient client, Duration time) {
    client.eval(ELAPSE, List.of(), List.of(Long.toString(time.toMillis())));
  }

  /** Asked once, for it takes a while. */
  private static final class Docker {
    static final boolean ANSWERS = isPresent() && ValkeyContainer.isPossible();

    private static boolean isPresent() {
      try {
        Class.forName("org.testcontainers.DockerClientFactory");
        return true;
      } catch (ClassNotFoundException e) {
        return false;
      }
    }
  }
}
