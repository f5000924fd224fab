package dev.rollcall.store.valkey;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/**
 * Pings that stood side by side in a queue, made as one call: to start a script costs the server
 * more than a ping does.
 *
 * <p>The script keeps them apart; should the call fail as a whole, each is made by itself.
 */
final class Bundle extends Call {
  /** Where a ping of one key has its arguments. */
  private static final int KEY = 2;

  private static final int DEFAULT_TTL = 3;
  private static final int HOLDER = 4;

  private final List<Call> members;

  private Bundle(List<Call> pings, List<byte[]> keys, byte[][] operands) {
    super(
        Script.PING,
        Command.EVALSHA,
        argsOf(Script.PING, keys, operands),
        pings.get(0).deadlineNanos());
    this.members = pings;
  }

  private static Call of(List<Call> pings) {
    if (pings.size() == 1) {
      return pings.get(0);
    }
    List<byte[]> keys = new ArrayList<>(pings.size());
    byte[][] operands = new byte[1 + pings.size()][];
    operands[0] = pings.get(0).args()[DEFAULT_TTL];
    for (int i = 0; i < pings.size(); i++) {
      keys.add(pings.get(i).args()[KEY]);
      operands[1 + i] = pings.get(i).args()[HOLDER];
    }
    return new Bundle(pings, keys, operands);
  }

  /**
   * Returns the same calls in the same order, pings side by side as one.
   *
   * @param limit the most keys that one call may name
   */
  static List<Call> bundled(List<Call> calls, int limit) {
    if (limit == 1 || calls.size() == 1) {
      return calls;
    }
    List<Call> bundled = new ArrayList<>();
    List<Call> pings = new ArrayList<>();
    for (Call call : calls) {
      boolean isPing = call.script() == Script.PING;
      if (!pings.isEmpty() && (!isPing || pings.size() == limit)) {
        bundled.add(of(pings));
        pings = new ArrayList<>();
      }
      (isPing ? pings : bundled).add(call);
    }
    if (!pings.isEmpty()) {
      bundled.add(of(pings));
    }
    return bundled;
  }

  @Override
  List<Call> members() {
    return members;
  }

  @Override
  void succeed(@Nullable Object reply) {
    super.succeed(reply);
    List<?> answers = (List<?>) reply;
    for (int i = 0; i < members.size(); i++) {
      members.get(i).succeed(answers.subList(2 * i, 2 * i + 2));
    }
  }
}
