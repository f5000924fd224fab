package dev.rollcall.store.valkey.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A server that answers every command alike, as one that is too old to be had would. */
public final class FakeServer implements AutoCloseable {
  private final byte[] answer;
  private final Listener listener;

  /**
   * Starts one on a free port.
   *
   * @param answer as it goes over the wire
   */
  public FakeServer(String answer) {
    this.answer = answer.getBytes(StandardCharsets.UTF_8);
    this.listener = new Listener(this::serve);
  }

  /** Returns the address to connect to. */
  public String address() {
    return listener.address();
  }

  private void serve(Socket client) throws IOException {
    var in =
        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
    String line;
    while ((line = in.readLine()) != null) {
      // Each command is an array, whose head alone starts so.
      if (line.startsWith("*")) {
        client.getOutputStream().write(answer);
      }
    }
  }

  @Override
  public void close() {
    listener.close();
  }
}
