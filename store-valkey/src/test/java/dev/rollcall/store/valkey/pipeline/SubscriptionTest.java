package dev.rollcall.store.valkey.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.Connection;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.util.Pool;

@Timeout(60)
class SubscriptionTest {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  private static final byte[] CHANNEL = "c".getBytes(UTF_8);

  /** Keeps the messages. */
  private static final class Heard implements Subscription.Listener {
    final List<String> messages = new ArrayList<>();

    @Override
    public void published(byte[] message) {
      messages.add(new String(message, UTF_8));
    }

    @Override
    public void written(List<byte[]> keys) {
      throw new AssertionError("nothing is tracked");
    }

    @Override
    public void flushed() {
      throw new AssertionError("nothing is tracked");
    }
  }

  private final Heard heard = new Heard();

  private void nextWithoutEnd(Subscription subscription) {
    while (true) {
      subscription.next(heard);
    }
  }

  @Test
  void aServerThatIsNoLongerTheMasterIsGivenUpThoughItAnswers() {
    try (RedisClient client = RedisClient.create(VALKEY.server().host(), VALKEY.server().port())) {
      AtomicReference<Pool<Connection>> pool = new AtomicReference<>(client.getPool());
      Node node = new Node(() -> "h:1", pool::get, Duration.ZERO);
      long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      try (Subscription subscription = Subscription.open(node, CHANNEL, null, deadlineNanos)) {
        VALKEY.client().publish("c", "hello");
        subscription.next(heard);
        assertThat(heard.messages).containsExactly("hello");
        pool.set(VALKEY.client().getPool());

        assertThatThrownBy(() -> nextWithoutEnd(subscription))
            .isInstanceOf(JedisConnectionException.class);
      } finally {
        node.close();
      }
      assertThat(client.getPool().getNumActive()).as("connections that are lent").isZero();
    }
  }
}
