package dev.rollcall.store.valkey.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.Listener;
import dev.rollcall.store.valkey.pipeline.Node;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.exceptions.JedisClusterException;
import redis.clients.jedis.exceptions.JedisException;

/** What is said of the slots of a cluster by servers that disagree. */
class ClusterSlotsTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final Server one = new Server();
  private final Server other = new Server();
  private final Server replica = new Server();

  private final List<ClusterSlots> opened = new ArrayList<>();

  /** A server that knows {@code HELLO}, {@code CLUSTER SLOTS} and {@code PING} alone. */
  private static final class Server implements AutoCloseable {
    private final Listener listener = new Listener(this::serve);
    private volatile String slots = "*0\r\n";

    private String address() {
      return "127.0.0.1:" + listener.port();
    }

    private void says(String... ranges) {
      slots = "*" + ranges.length + "\r\n" + String.join("", ranges);
    }

    /** Returns the range that says that this server has slots. */
    private String has(int first, int last) {
      return "*3\r\n:%d\r\n:%d\r\n*2\r\n$9\r\n127.0.0.1\r\n:%d\r\n"
          .formatted(first, last, listener.port());
    }

    private void serve(Socket client) throws IOException {
      var in = new BufferedReader(new InputStreamReader(client.getInputStream(), UTF_8));
      String line;
      while ((line = in.readLine()) != null) {
        client.getOutputStream().write(answer(line).getBytes(UTF_8));
      }
    }

    /** Returns the answer to a command, whose name is in a line of its own. */
    private String answer(String line) {
      return switch (line) {
        case "HELLO" -> "*2\r\n$5\r\nproto\r\n:2\r\n";
        case "SLOTS" -> slots;
        case "PING" -> "+PONG\r\n";
        default -> "";
      };
    }

    @Override
    public void close() {
      listener.close();
    }
  }

  @BeforeEach
  void twoMastersAgree() {
    one.says(one.has(0, 8191), other.has(8192, 16_383));
    other.says(one.has(0, 8191), other.has(8192, 16_383));
  }

  @AfterEach
  void close() {
    opened.forEach(ClusterSlots::close);
    List.of(one, other, replica).forEach(Server::close);
  }

  private RedisClusterClient client() {
    return RedisClusterClient.builder()
        .nodes(Set.of(HostAndPort.from(one.address())))
        .clientConfig(
            DefaultJedisClientConfig.builder()
                .protocol(RedisProtocol.RESP2)
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
                .build())
        .build();
  }

  private ClusterSlots slotsOf(RedisClusterClient client) {
    ClusterSlots slots = new ClusterSlots(client, Duration.ofSeconds(1), LIMIT, false);
    opened.add(slots);
    return slots;
  }

  /** Such a server has lost its configuration, as a pod without a volume has that is restarted. */
  @Test
  void aListFailsIfAMasterNoLongerHasItsSlotsAndNamesNobodyWhoHasThem() {
    try (RedisClusterClient client = client()) {
      ClusterSlots slots = slotsOf(client);
      assertThat(slots.onEachMaster(Node::address))
          .containsExactlyInAnyOrder(one.address(), other.address());

      one.says();

      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> slots.onEachMaster(Node::address))
            .isInstanceOf(JedisClusterException.class)
            .hasMessage(
                one.address()
                    + " had the slot 0 and 8191 others, has them no longer, and does not know who"
                    + " does");
      }
      replica.says(replica.has(0, 8191), other.has(8192, 16_383));
      other.says(replica.has(0, 8191), other.has(8192, 16_383));
      Eventually.await("a list is whole again", LIMIT, () -> isListed(slots));

      assertThat(slots.onEachMaster(Node::address))
          .containsExactlyInAnyOrder(replica.address(), other.address());
    }
  }

  private static boolean isListed(ClusterSlots slots) {
    try {
      return !slots.onEachMaster(Node::address).isEmpty();
    } catch (JedisClusterException e) {
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void slotsAreReadFromAnotherServerIfOneKnowsOfNoneOrFew(boolean isOfFew) {
    try (RedisClusterClient client = client()) {
      String first = client.getClusterNodes().keySet().iterator().next();
      Server lost = one.address().equals(first) ? one : other;
      lost.says(isOfFew ? new String[] {lost.has(7, 7)} : new String[0]);

      assertThat(slotsOf(client).masters()).hasSize(2);
    }
  }

  @Test
  void ifNoServerKnowsOfAllSlotsThoseOfTheOneThatKnowsOfTheMostCount() {
    try (RedisClusterClient client = client()) {
      one.says(one.has(0, 10));
      other.says(one.has(0, 10), other.has(20, 30));

      assertThat(slotsOf(client).masters()).hasSize(2);
    }
  }

  @Test
  void slotsThatThereCannotBeAreNoReply() {
    try (RedisClusterClient client = client()) {
      one.says(one.has(0, Integer.MAX_VALUE));
      other.says(one.has(0, 8191), other.has(8192, 16_384));

      assertThatThrownBy(() -> slotsOf(client))
          .isInstanceOf(JedisException.class)
          .hasMessageEndingWith(" did not return a valid CLUSTER SLOTS reply");
    }
  }

  @Test
  void aClusterWithoutSlotsIsNotOpened() {
    try (RedisClusterClient client = client()) {
      one.says();
      other.says();

      assertThatThrownBy(() -> slotsOf(client))
          .isInstanceOf(JedisClusterException.class)
          .hasMessageEndingWith(" knows of no slots");
    }
  }
}
