package dev.rollcall.store.valkey;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.rollcall.Fence;
import dev.rollcall.Registration;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.store.valkey.pipeline.PendingCommand;
import dev.rollcall.store.valkey.pipeline.Script;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisAccessControlException;

/**
 * How the history of a service is kept: under a key of its own beside that of the service, which
 * the scripts write in the step that makes a change. This makes their operands and reads what they
 * return.
 */
final class ValkeyHistory {
  private static final byte[] NOTHING = {};

  /** How many events of an id are shown. */
  private static final int MAX_EVENTS = 16;

  /** Until a service renews its history, and for a day on which it does. See ping.lua. */
  private static final Duration UNTIL_RENEWED = Duration.ofDays(2);

  private final Keys keys;
  private final Duration keep;
  private final boolean isKept;

  /**
   * Creates it.
   *
   * @param keep how long the history of a service is kept that is gone; zero for no history at all
   */
  ValkeyHistory(Keys keys, Duration keep) {
    this.keys = keys;
    this.keep = keep;
    this.isKept = !keep.isZero() && keys.startOfHistories().isPresent();
  }

  boolean isKept() {
    return isKept;
  }

  /** Returns what the script that registers takes: the key, how long, and the end of the event. */
  List<byte[]> registration(Registration registration) {
    return isKept
        ? List.of(key(registration.id().orElseThrow()), keep(), StoredEvent.end(registration))
        : List.of(NOTHING, NOTHING, NOTHING);
  }

  /** Returns what the script that removes takes, as for a registration. */
  List<byte[]> removal(String id, Fence fence, @Nullable String client) {
    return isKept
        ? List.of(key(id), keep(), StoredEvent.end(fence, client))
        : List.of(NOTHING, NOTHING, NOTHING);
  }

  /** Returns what the script that pings takes behind where ids start. */
  String ping() {
    return isKept
        ? " " + keep.plus(UNTIL_RENEWED).toMillis() + " " + keys.startOfHistories().orElseThrow()
        : "";
  }

  /** Returns the operands of the script that records the end of a service. */
  byte[][] end(ServiceEvent end) {
    byte[] at = Long.toString(end.at().toEpochMilli()).getBytes(US_ASCII);
    return new byte[][] {key(end.id()), keep(), at, StoredEvent.of(end)};
  }

  /** Returns the operands of the script that records refused calls. */
  byte[][] refusal(
      String id,
      RefusalThrottle.Due due,
      ServiceEvent.Call call,
      Fence fence,
      @Nullable String client) {
    byte[] count = Long.toString(due.calls()).getBytes(US_ASCII);
    byte[] age = Long.toString(due.age().toMillis()).getBytes(US_ASCII);
    return new byte[][] {key(id), count, age, StoredEvent.end(call, fence, client)};
  }

  /**
   * Returns the command that reads a history. Its key is that of the history, which a slot that
   * moves may have left at another server than the service.
   */
  PendingCommand command(String id, long deadlineNanos) {
    return new PendingCommand(
        Script.HISTORY, deadlineNanos, List.of(key(id)), keys.keyOf(id), keep());
  }

  /**
   * Returns what the script has read; nothing if an ACL forbids its key, as if there were no
   * history. Any other refusal, such as that of a password, is an outage.
   */
  static @Nullable Object readable(Supplier<@Nullable Object> reply) {
    try {
      return reply.get();
    } catch (JedisAccessControlException e) {
      if (!isAboutKey(String.valueOf(e.getMessage()))) {
        throw e;
      }
      return List.of();
    }
  }

  /** Returns whether a refusal is about a key, and not about a command or a channel. */
  private static boolean isAboutKey(String refusal) {
    return refusal.startsWith("NOPERM") && refusal.contains(" access ") && refusal.contains(" key");
  }

  /** Returns the events of what the script has read. A value that is no event is skipped. */
  static List<ServiceEvent> events(String id, @Nullable Object reply) {
    List<?> values = (List<?>) Objects.requireNonNull(reply);
    Deque<ServiceEvent> events = new ArrayDeque<>(values.size());
    ServiceEvent before = null;
    for (int i = values.size() - 1; i >= 0; i--) { // the oldest first
      boolean hasBefore = i < values.size() - 1;
      List<ServiceEvent> read = StoredEvent.read(id, (byte[]) values.get(i), before, hasBefore);
      before = read.isEmpty() ? null : read.get(0);
      if (i < MAX_EVENTS) {
        read.forEach(events::addFirst);
      }
    }
    return events.stream().limit(MAX_EVENTS).toList();
  }

  private byte[] key(String id) {
    return keys.historyOf(id);
  }

  private byte[] keep() {
    return Long.toString(keep.toMillis()).getBytes(US_ASCII);
  }
}
