package dev.rollcall.examples.robustness;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Random;

/**
 * A Valkey and its replica, which can take its place. Both keep nothing on disk. For use by one
 * thread.
 */
final class FailoverPair implements AutoCloseable {
  private static final int REPLY_LIMIT_MILLIS = 10_000;
  private static final String IN_STEP = ":1";

  private ValkeyProcess master;
  private ValkeyProcess replica;

  FailoverPair() {
    this.master = ValkeyProcess.start();
    this.replica = ValkeyProcess.start();
    follow();
  }

  ValkeyProcess master() {
    return master;
  }

  private void follow() {
    ask(master, "CONFIG SET repl-diskless-sync-delay 0");
    ask(replica, "REPLICAOF 127.0.0.1 " + master.port());
  }

  /**
   * Promotes the replica, as a partition or a crash of the master would have it done: what the
   * master takes after that is lost. The replica has all that was written before the call; if it
   * can't get that in time, nothing is done.
   *
   * @param redirect leads all clients to the master that there is when it runs
   */
  void failOver(Random random, Runnable redirect) {
    if (!ask(master, "SET failover 1\r\nWAIT 1 3000").equals(IN_STEP)) {
      return;
    }
    Pause.between(0, 300, random);
    ask(replica, "REPLICAOF NO ONE");
    ValkeyProcess old = master;
    master = replica;
    replica = old;
    Pause.between(0, 400, random);
    boolean crashes = random.nextBoolean();
    if (crashes) {
      old.kill();
      Pause.between(0, 500, random);
    }
    redirect.run();
    if (crashes) {
      old.restart();
    }
    follow();
  }

  /** Sends commands in the form that people type, and returns the last line of their replies. */
  static String ask(ValkeyProcess valkey, String commands) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), valkey.port())) {
      socket.setSoTimeout(REPLY_LIMIT_MILLIS);
      socket.getOutputStream().write((commands + "\r\n").getBytes(US_ASCII));
      BufferedReader replies =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      String reply = "";
      for (String command : commands.split("\r\n", -1)) {
        reply = String.valueOf(replies.readLine());
        if (reply.startsWith("-")) {
          throw new IllegalStateException("Valkey refuses " + command + ": " + reply);
        }
      }
      return reply;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    master.close();
    replica.close();
  }
}
