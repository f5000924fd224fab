package dev.rollcall.store.valkey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/** Calls that go to a server together and come back together: one round trip for all. */
final class Exchange {
  /** More than this may not fit the socket's buffers, and a write has no timeout of its own. */
  private static final int SAFE_TO_WRITE = 16 * 1024;

  private final Connection connection;
  private final List<Call> calls;
  private final long deadlineNanos;
  private final int usualTimeout;

  private Exchange(Connection connection, List<Call> calls, long deadlineNanos) {
    this.connection = connection;
    this.calls = calls;
    this.deadlineNanos = deadlineNanos;
    this.usualTimeout = connection.getSoTimeout();
  }

  /**
   * Makes the calls, in their order, and settles each whose reply comes.
   *
   * @throws JedisConnectionException if the connection fails or the deadline passes; the calls that
   *     are not settled then may or may not have been carried out
   */
  static void run(Connection connection, List<Call> calls, long deadlineNanos) {
    start(connection, calls, deadlineNanos).finish();
  }

  /** Sends the calls; the server has work now, and so may the caller before it finishes. */
  static Exchange start(Connection connection, List<Call> calls, long deadlineNanos) {
    Exchange exchange = new Exchange(connection, calls, deadlineNanos);
    exchange.send(calls);
    return exchange;
  }

  /** Awaits the replies and settles the calls. */
  void finish() {
    List<Call> again = receive(calls);
    if (!again.isEmpty()) {
      send(again);
      receive(again);
    }
    connection.setSoTimeout(usualTimeout);
  }

  /** Reads the replies, and returns the calls that are to be made once more. */
  private List<Call> receive(List<Call> calls) {
    List<Call> again = new ArrayList<>(0);
    for (Call call : calls) {
      try {
        if (call.isAsking()) {
          receive();
        }
        call.succeed(receive());
      } catch (JedisNoScriptException e) {
        call.sendInFull();
        again.add(call);
      } catch (JedisDataException e) {
        if (Outage.isOfTheServer(e)) {
          // A name may lead to another server by now; the next connection finds out.
          connection.setBroken();
        }
        if (call.members().isEmpty()) {
          call.fail(e);
        } else {
          again.addAll(call.members());
        }
      }
    }
    return again;
  }

  private Object receive() {
    connection.setSoTimeout(millisLeft());
    return connection.getOne();
  }

  private void send(List<Call> calls) {
    if (sizeOf(calls) <= SAFE_TO_WRITE) {
      write(calls);
      return;
    }
    CompletableFuture<Void> written = new CompletableFuture<>();
    var unused =
        written
            .orTimeout(millisLeft(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (done, timeout) -> {
                  if (timeout != null) {
                    cut();
                  }
                });
    write(calls);
    written.complete(null);
  }

  private void write(List<Call> calls) {
    for (Call call : calls) {
      if (call.isAsking()) {
        connection.sendCommand(Command.ASKING);
      }
      connection.sendCommand(call.command(), call.args());
    }
    var unused = connection.getMany(0); // The way to flush.
  }

  private void cut() {
    try {
      connection.forceDisconnect();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int sizeOf(List<Call> calls) {
    int size = 0;
    for (Call call : calls) {
      for (byte[] arg : call.args()) {
        size += arg.length;
      }
    }
    return size;
  }

  private int millisLeft() {
    long left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
    if (left <= 0) {
      connection.setBroken();
      throw new JedisConnectionException("no reply in time");
    }
    return (int) Math.min(left, Integer.MAX_VALUE);
  }
}
