package dev.rollcall.store.valkey.pipeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Pings that are neighbours in a queue, sent as one script command: starting a script costs the
 * server more than a ping does.
 *
 * <p>The script answers each of them. If the command fails as a whole, each ping is sent by itself.
 */
final class PingBatch extends PendingCommand {
  /** The positions of the operands of a ping. The first two are the same for all. */
  private static final int DEFAULT_TTL = 0;

  private static final int USUAL_TTL = 1;
  private static final int HOLDER = 2;

  private final List<PendingCommand> members;

  private PingBatch(List<PendingCommand> pings, List<byte[]> keys, byte[][] operands) {
    super(Script.PING, pings.get(0).deadlineNanos(), keys, operands);
    this.members = pings;
  }

  private static PendingCommand of(List<PendingCommand> pings) {
    if (pings.size() == 1) {
      return pings.get(0);
    }
    List<byte[]> keys = new ArrayList<>(pings.size());
    byte[][] operands = new byte[HOLDER + pings.size()][];
    operands[DEFAULT_TTL] = pings.get(0).operand(DEFAULT_TTL);
    operands[USUAL_TTL] = pings.get(0).operand(USUAL_TTL);
    for (int i = 0; i < pings.size(); i++) {
      keys.add(pings.get(i).key());
      operands[HOLDER + i] = pings.get(i).operand(HOLDER);
    }
    return new PingBatch(pings, keys, operands);
  }

  /**
   * Returns the same commands in the same order, with neighbouring pings combined.
   *
   * @param limit the maximum number of keys that one command may name
   */
  static List<PendingCommand> batched(List<PendingCommand> commands, int limit) {
    if (limit == 1 || commands.size() == 1) {
      return commands;
    }
    List<PendingCommand> batched = new ArrayList<>();
    List<PendingCommand> pings = new ArrayList<>();
    for (PendingCommand command : commands) {
      boolean isPing = command.script() == Script.PING;
      if (!pings.isEmpty() && (!isPing || pings.size() == limit)) {
        batched.add(of(pings));
        pings = new ArrayList<>();
      }
      (isPing ? pings : batched).add(command);
    }
    if (!pings.isEmpty()) {
      batched.add(of(pings));
    }
    return batched;
  }

  @Override
  List<PendingCommand> members() {
    return members;
  }

  @Override
  void fail(Throwable failure) {
    super.fail(failure);
    members.forEach(member -> member.fail(failure));
  }

  @Override
  void succeed(@Nullable Object reply) {
    super.succeed(reply);
    List<?> answers = (List<?>) Objects.requireNonNull(reply);
    // The time and one ttl, though there are at least two pings: all have that ttl.
    boolean alike = answers.size() == 2;
    for (int i = 0; i < members.size(); i++) {
      // As a ping alone is answered: the time, and the ttl or null.
      members.get(i).succeed(alike ? answers : Arrays.asList(answers.get(0), answers.get(1 + i)));
    }
  }
}
