package dev.rollcall.examples.robustness;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.StoreUnavailableException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a Valkey, used by one call after the other. With its fault it goes on being
 * used after a call that did not wait for its reply, so that each later call gets the reply to
 * another.
 */
final class ValkeyConnection {
  private static final int TIMEOUT_MILLIS = 200;

  private final String host;
  private final int port;
  private @Nullable Socket socket;
  private @Nullable InputStream in;

  ValkeyConnection(String host, int port) {
    this.host = host;
    this.port = port;
  }

  /** Sends a command and returns its reply; where that fails, the connection is ended. */
  synchronized Optional<String> ask(String... command) {
    return ask(false, command);
  }

  /** Sends a command and returns a reply; where none comes in time, the connection stays. */
  synchronized Optional<String> askAndGoOn(String... command) {
    return ask(true, command);
  }

  private Optional<String> ask(boolean goesOn, String... command) {
    try {
      InputStream replies = open();
      send(command);
      return read(replies);
    } catch (SocketTimeoutException e) {
      if (!goesOn) {
        close();
      }
      throw new StoreUnavailableException("no reply in time", e, null);
    } catch (IOException e) {
      close();
      throw new StoreUnavailableException("no reply", e, null);
    }
  }

  private InputStream open() throws IOException {
    if (in == null) {
      Socket opened = new Socket(host, port);
      opened.setTcpNoDelay(true);
      opened.setSoTimeout(TIMEOUT_MILLIS);
      socket = opened;
      in = new BufferedInputStream(opened.getInputStream());
    }
    return in;
  }

  private void send(String... command) throws IOException {
    StringBuilder text = new StringBuilder("*").append(command.length).append("\r\n");
    for (String part : command) {
      text.append('$').append(part.getBytes(UTF_8).length).append("\r\n");
      text.append(part).append("\r\n");
    }
    if (socket != null) {
      socket.getOutputStream().write(text.toString().getBytes(UTF_8));
    }
  }

  private static Optional<String> read(InputStream replies) throws IOException {
    String head = line(replies);
    if (head.startsWith("-")) {
      throw new IOException(head);
    }
    if (!head.startsWith("$")) {
      return Optional.of(head.substring(1));
    }
    int length = Integer.parseInt(head.substring(1));
    if (length < 0) {
      return Optional.empty();
    }
    String text = new String(replies.readNBytes(length), UTF_8);
    line(replies);
    return Optional.of(text);
  }

  private static String line(InputStream replies) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = replies.read(); next != '\n'; next = replies.read()) {
      if (next < 0) {
        throw new EOFException();
      }
      line.append((char) next);
    }
    return line.toString().stripTrailing();
  }

  synchronized void close() {
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException e) {
      // It is of no use any more.
    }
    socket = null;
    in = null;
  }
}
