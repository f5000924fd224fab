package dev.rollcall.store.valkey.pipeline;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisException;

/**
 * One command on its way to the server and back.
 *
 * <p>It is completed once, by whichever thread reads its reply; its caller may have left by then.
 */
public class PendingCommand {
  private final @Nullable Script script;
  private final ProtocolCommand name;
  private final List<byte[]> keys;
  private final byte[][] operands;
  private final long deadlineNanos;

  /** As they are sent. Created when needed, since most pings are sent in a {@link PingBatch}. */
  private byte @Nullable [][] args;

  private boolean inFull;
  private boolean asking;
  private boolean repeated;
  private @Nullable Object reply;
  private @Nullable Throwable failure;
  private @Nullable Waiter waiter;
  private volatile boolean completed;

  /** Creates a command that runs a script. */
  public PendingCommand(Script script, long deadlineNanos, List<byte[]> keys, byte[]... operands) {
    this(script, Command.EVALSHA, deadlineNanos, keys, operands);
  }

  private PendingCommand(
      @Nullable Script script,
      ProtocolCommand name,
      long deadlineNanos,
      List<byte[]> keys,
      byte[][] operands) {
    this.script = script;
    this.name = name;
    this.keys = keys;
    this.operands = operands;
    this.deadlineNanos = deadlineNanos;
  }

  /** Creates a command with its arguments. */
  public static PendingCommand of(ProtocolCommand name, byte[][] args, long deadlineNanos) {
    return new PendingCommand(null, name, deadlineNanos, List.of(), args);
  }

  /** Returns the commands that this batch combines; empty for a single command. */
  List<PendingCommand> members() {
    return List.of();
  }

  /** Returns the same command, not yet sent. */
  public PendingCommand again(long deadlineNanos) {
    PendingCommand again = new PendingCommand(script, name, deadlineNanos, keys, operands);
    again.inFull = inFull;
    return again;
  }

  /**
   * Returns the same command, not yet sent, for the target of a slot migration. It creates no
   * history there: the history may still be at the source, and could not be moved to where there is
   * another one. Nor does it record there that a service is gone, which may still be at the source.
   */
  public PendingCommand asking() {
    byte[][] there = script == null ? operands : script.withoutHistory(operands);
    PendingCommand again = new PendingCommand(script, name, deadlineNanos, keys, there);
    again.inFull = inFull;
    again.asking = true;
    return again;
  }

  ProtocolCommand name() {
    return inFull ? Command.EVAL : name;
  }

  /** Returns the arguments of the command. */
  byte[][] args() {
    if (args == null) {
      args = script == null ? operands : argsOf(script);
    }
    return args;
  }

  private byte[][] argsOf(Script script) {
    byte[][] all = new byte[2 + keys.size() + operands.length][];
    all[0] = inFull ? script.source() : script.digest();
    all[1] = Integer.toString(keys.size()).getBytes(US_ASCII);
    for (int i = 0; i < keys.size(); i++) {
      all[2 + i] = keys.get(i);
    }
    System.arraycopy(operands, 0, all, 2 + keys.size(), operands.length);
    return all;
  }

  /**
   * Makes this send the script itself, since the server does not know its digest. Returns false if
   * it did so before.
   */
  boolean trySendInFull() {
    if (inFull) {
      return false;
    }
    inFull = true;
    args = null;
    return true;
  }

  /** Returns the first key, or the only one. */
  public byte[] key() {
    return keys.get(0);
  }

  /** Returns an argument of the script, after the keys. */
  byte[] operand(int index) {
    return operands[index];
  }

  @Nullable Script script() {
    return script;
  }

  boolean isAsking() {
    return asking;
  }

  /** Returns whether it is idempotent, so that it may be sent again. */
  boolean isRepeatable() {
    return script == null || script.isRepeatable();
  }

  /** Returns whether to send it once more after a failure that leaves its outcome unknown. */
  boolean tryRepeat() {
    boolean again = isRepeatable() && !repeated && !waiter().hasLeft() && nanosLeft() > 0;
    repeated = true;
    return again;
  }

  public long deadlineNanos() {
    return deadlineNanos;
  }

  public long nanosLeft() {
    return deadlineNanos - System.nanoTime();
  }

  void succeed(@Nullable Object reply) {
    this.reply = reply;
    completed = true;
  }

  void fail(Throwable failure) {
    this.failure = failure;
    completed = true;
  }

  boolean isCompleted() {
    return completed;
  }

  /** Sets who waits for it, before it is queued. */
  void setWaiter(Waiter waiter) {
    this.waiter = waiter;
  }

  /** Returns who waits for it while it is queued. */
  Waiter waiter() {
    return Objects.requireNonNull(waiter, "waiter");
  }

  /** Returns the failure of a completed command, or null. */
  public @Nullable Throwable failure() {
    return failure;
  }

  /** Returns the reply of a completed command, or throws its failure. */
  public @Nullable Object reply() {
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure != null) {
      throw new JedisException("the caller that sent this command for others failed", failure);
    }
    return reply;
  }
}
