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

  private final BorrowedConnection link;
  private final List<PendingCommand> calls;
  private final long deadlineNanos;

  private RoundTrip(BorrowedConnection link, List<PendingCommand> calls, long deadlineNanos) {
    this.link = link;
    this.calls = calls;
    this.deadlineNanos = deadlineNanos;
  }

  /**
   * Makes the calls, in their order, and settles each whose reply comes; all, if it returns.
   *
   * @throws JedisConnectionException if the connection fails or the deadline passes; the calls that
   *     are not settled then may or may not have been carried out
   */
  static void run(BorrowedConnection link, List<PendingCommand> calls, long deadlineNanos) {
    start(link, calls, deadlineNanos).finish();
  }

  /** Sends the calls; the server has work now, and so may the caller before it finishes. */
  public static RoundTrip start(
      BorrowedConnection link, List<PendingCommand> calls, long deadlineNanos) {
    RoundTrip exchange = new RoundTrip(link, calls, deadlineNanos);
    exchange.send(calls);
    return exchange;
  }

  /** Awaits the replies and settles the calls. */
  public void finish() {
    List<PendingCommand> again = receive(calls);
    // A batch of pings may go in full, then each of its members, then each of these in full; no
    // further.
    while (!again.isEmpty()) {
      send(again);
      again = receive(again);
    }
  }

  /** Reads the replies, and returns the calls that are to be made once more. */
  private List<PendingCommand> receive(List<PendingCommand> calls) {
    List<PendingCommand> again = new ArrayList<>(0);
    for (PendingCommand call : calls) {
      try {
        if (call.isAsking()) {
          receiveAsking();
        }
        call.succeed(receive());
      } catch (JedisNoScriptException e) {
        if (call.trySendInFull()) {
          again.add(call);
        } else {
          call.fail(e);
        }
      } catch (JedisDataException e) {
        if (isOfTheServer(e)) {
          // A name may lead to another server by now; the next connection finds out.
          link.retire();
          call.fail(e);
        } else if (call.members().isEmpty()) {
          call.fail(e);
        } else {
          again.addAll(call.members());
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
    return link.receive(millisLeft());
  }

  private void send(List<PendingCommand> calls) {
    if (sizeOf(calls) <= SAFE_TO_WRITE) {
      write(calls);
      return;
    }
    link.writeWithin(millisLeft(), () -> write(calls));
  }

  private void write(List<PendingCommand> calls) {
    for (PendingCommand call : calls) {
      if (call.isAsking()) {
        link.sendAsking();
      }
      link.send(call.command(), call.args());
    }
    link.flush();
  }

  private static int sizeOf(List<PendingCommand> calls) {
    int size = 0;
    for (PendingCommand call : calls) {
      for (byte[] arg : call.args()) {
        size += arg.length;
      }
    }
    return size;
  }

  private int millisLeft() {
    long left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
    if (left <= 0) {
      throw new JedisConnectionException("no reply in time");
    }
    return (int) Math.min(left, Integer.MAX_VALUE);
  }
}
