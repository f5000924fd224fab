package dev.rollcall.store.valkey.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/** Calls that go to a server together and come back together: one round trip for all. */
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
   * Makes the calls, in their order, and completes each whose reply comes; all, if it returns.
   *
   * @throws JedisConnectionException if the connection fails or the deadline passes; the calls that
   *     are not completed then may or may not have been carried out
   */
  static void run(
      BorrowedConnection connection, List<PendingCommand> commands, long deadlineNanos) {
    start(connection, commands, deadlineNanos).finish();
  }

  /** Sends the calls; the server has work now, and so may the caller before it finishes. */
  public static RoundTrip start(
      BorrowedConnection connection, List<PendingCommand> commands, long deadlineNanos) {
    RoundTrip exchange = new RoundTrip(connection, commands, deadlineNanos);
    exchange.send(commands);
    return exchange;
  }

  /** Awaits the replies and completes the calls. */
  public void finish() {
    List<PendingCommand> again = receive(commands);
    // A batch of pings may go in full, then each of its members, then each of these in full; no
    // further.
    while (!again.isEmpty()) {
      send(again);
      again = receive(again);
    }
  }

  /** Reads the replies, and returns the calls that are to be made once more. */
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
          // A name may lead to another server by now; the next connection finds out.
          connection.retire();
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
      // The call has a reply of its own all the same, which says that the slot is elsewhere.
    }
  }

  private Object receive() {
    return connection.receive(millisLeft());
  }

  private void send(List<PendingCommand> commands) {
    if (sizeOf(commands) <= SAFE_TO_WRITE) {
      write(commands);
      return;
    }
    connection.writeWithin(millisLeft(), () -> write(commands));
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

  private int millisLeft() {
    return millisUntil(deadlineNanos);
  }

  /** Returns the milliseconds that are left until a deadline, one at least; throws if none is. */
  static int millisUntil(long deadlineNanos) {
    long left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
    if (left <= 0) {
      throw new JedisConnectionException("no reply in time");
    }
    return (int) Math.min(left, Integer.MAX_VALUE);
  }
}
