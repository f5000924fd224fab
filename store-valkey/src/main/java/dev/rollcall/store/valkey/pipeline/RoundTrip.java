package dev.rollcall.store.valkey.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/** Sends several commands to a server and reads their replies, in one round trip. */
public final class RoundTrip {
  /** More than this may not fit the socket's buffers, and a write has no timeout of its own. */
  private static final int SAFE_TO_WRITE = 16 * 1024;

  private final BorrowedConnection connection;
  private final List<PendingCommand> commands;
  private final long deadlineNanos;

  private RoundTrip(
      BorrowedConnection connection, List<PendingCommand> commands, long deadlineNanos) {
    this.connection = connection;
    this.commands = commands;
    this.deadlineNanos = deadlineNanos;
  }

  /**
   * Sends the commands in their order, and completes each whose reply arrives: all of them, if this
   * returns.
   *
   * @throws JedisConnectionException if the connection fails or the deadline passes; the commands
   *     that are not completed by then may or may not have been executed
   */
  static void run(
      BorrowedConnection connection, List<PendingCommand> commands, long deadlineNanos) {
    start(connection, commands, deadlineNanos).finish();
  }

  /** Sends the commands. The caller may do other work before it calls {@link #finish}. */
  public static RoundTrip start(
      BorrowedConnection connection, List<PendingCommand> commands, long deadlineNanos) {
    RoundTrip roundTrip = new RoundTrip(connection, commands, deadlineNanos);
    roundTrip.send(commands);
    return roundTrip;
  }

  /** Waits for the replies and completes the commands. */
  public void finish() {
    List<PendingCommand> again = receive(commands);
    // At most three resends: the batch with the full script text, each ping alone, each ping alone
    // with the script text.
    while (!again.isEmpty()) {
      send(again);
      again = receive(again);
    }
  }

  /** Reads the replies, and returns the commands to send again. */
  private List<PendingCommand> receive(List<PendingCommand> commands) {
    List<PendingCommand> again = new ArrayList<>(0);
    for (PendingCommand command : commands) {
      try {
        if (command.isAsking()) {
          receiveAsking();
        }
        command.succeed(receive());
      } catch (JedisNoScriptException e) {
        if (command.trySendInFull()) {
          again.add(command);
        } else {
          command.fail(e);
        }
      } catch (JedisDataException e) {
        if (isOfTheServer(e)) {
          connection.leaveServer();
          command.fail(e);
        } else if (command.members().isEmpty()) {
          command.fail(e);
        } else {
          again.addAll(command.members());
        }
      }
    }
    return again;
  }

  /** Returns whether this server cannot do what another of the same name could. */
  private static boolean isOfTheServer(JedisDataException e) {
    String message = String.valueOf(e.getMessage());
    return message.startsWith("READONLY") || message.startsWith("MASTERDOWN");
  }

  private void receiveAsking() {
    try {
      var unused = receive();
    } catch (JedisDataException e) {
      // The command has a reply of its own, which says that the slot is elsewhere.
    }
  }

  private Object receive() {
    return connection.receive(millisToReceive(deadlineNanos));
  }

  private void send(List<PendingCommand> commands) {
    if (sizeOf(commands) <= SAFE_TO_WRITE) {
      write(commands);
      return;
    }
    connection.writeWithin(millisToWrite(), () -> write(commands));
  }

  private void write(List<PendingCommand> commands) {
    for (PendingCommand command : commands) {
      if (command.isAsking()) {
        connection.sendAsking();
      }
      connection.send(command.name(), command.args());
    }
    connection.flush();
  }

  private static int sizeOf(List<PendingCommand> commands) {
    int size = 0;
    for (PendingCommand command : commands) {
      for (byte[] arg : command.args()) {
        size += arg.length;
      }
    }
    return size;
  }

  private int millisToWrite() {
    long left = millisUntil(deadlineNanos);
    if (left <= 0) {
      throw new JedisConnectionException("no reply in time");
    }
    return (int) Math.min(left, Integer.MAX_VALUE);
  }

  /**
   * Returns how many milliseconds to wait for a reply by a deadline: one at least. The process may
   * have paused until the deadline had passed, and the reply may have arrived meanwhile: it is
   * looked for before it counts as late.
   */
  static int millisToReceive(long deadlineNanos) {
    return (int) Math.max(1, Math.min(millisUntil(deadlineNanos), Integer.MAX_VALUE));
  }

  private static long millisUntil(long deadlineNanos) {
    return TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
  }
}
