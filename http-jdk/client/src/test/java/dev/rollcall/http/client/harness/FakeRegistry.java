package dev.rollcall.http.client.harness;

import dev.rollcall.store.valkey.harness.Listener;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server that answers what a test says, byte for byte, and remembers what it was asked. */
public final class FakeRegistry implements AutoCloseable {
  private final Listener listener;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final Queue<Script> scripts = new ConcurrentLinkedQueue<>();
  private final AtomicInteger connections = new AtomicInteger();
  private static final Pattern ID = Pattern.compile("/services/([^/?$]+)");

  /** The request that this thread plays a script for. */
  private static final ThreadLocal<Asked> CURRENT = new ThreadLocal<>();

  private volatile Script last = socket -> {};

  /** A request as it came. */
  public record Asked(String method, String target, Map<String, String> headers, String body) {}

  /** What is done when a request has been read. */
  @FunctionalInterface
  public interface Script {
    void play(Socket socket) throws IOException;
  }

  private FakeRegistry(InetAddress address, int port) {
    this.listener = new Listener(address, port, this::serve);
  }

  /** Starts one that takes requests and never answers. */
  public static FakeRegistry hung() {
    return hung(InetAddress.getLoopbackAddress(), 0);
  }

  /** Starts such a one at an address of this host. */
  public static FakeRegistry hung(InetAddress address, int port) {
    return new FakeRegistry(address, port);
  }

  /** Starts one that gives this answer to every request. */
  public static FakeRegistry answering(int status, String body) {
    return hung().then(answer(status, "Content-Type: application/json\r\n", body));
  }

  /** Makes the next answer, which is given to all later requests, too, until there is another. */
  public FakeRegistry then(Script script) {
    scripts.add(script);
    return this;
  }

  public FakeRegistry then(int status, String body) {
    return then(answer(status, "", body));
  }

  public static Script answer(int status, String headers, String body) {
    boolean hasBody = status != 204 && status != 304;
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    return raw(
        "HTTP/1.1 %d Whatever\r\n%s%s\r\n%s"
            .formatted(
                status,
                headers,
                hasBody ? "Content-Length: " + length + "\r\n" : "",
                hasBody ? body : ""));
  }

  /**
   * Makes a script that does whatever is asked for, as a registry that says no more than it must.
   */
  public static Script well() {
    return well("");
  }

  /**
   * Makes such a script.
   *
   * @param fields more fields of each answer, each with a comma after it
   */
  public static Script well(String fields) {
    return socket -> {
      Asked current = Objects.requireNonNull(CURRENT.get());
      Matcher id = ID.matcher(current.target());
      String rest =
          switch (current.method()) {
            case "POST" -> "\"status\":\"registered\"";
            case "PUT" -> "\"status\":\"alive\"";
            case "DELETE" -> "\"status\":\"deregistered\"";
            default -> "\"url\":\"http://h\",\"services\":[]";
          };
      answer(200, "", "{%s\"id\":\"%s\",%s}".formatted(fields, id.find() ? id.group(1) : "a", rest))
          .play(socket);
    };
  }

  /** Makes a script that depends on what is asked for. */
  public static Script byRequest(Function<Asked, Script> script) {
    return socket -> script.apply(Objects.requireNonNull(CURRENT.get())).play(socket);
  }

  public static Script raw(String answer) {
    return socket -> {
      socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
    };
  }

  /** Makes a script that plays another once all others that count there have been asked, too. */
  public static Script onceAllAreAsked(CountDownLatch all, Script script) {
    return socket -> {
      all.countDown();
      try {
        all.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      script.play(socket);
    };
  }

  /** Makes a script that ends the connection after another, orderly. */
  public static Script thenClose(Script script) {
    return socket -> {
      script.play(socket);
      socket.close();
    };
  }

  /** Makes a script that ends the connection after another, by a reset. */
  public static Script thenReset(Script script) {
    return socket -> {
      script.play(socket);
      socket.setSoLinger(true, 0);
      socket.close();
    };
  }

  public String url() {
    return "http://127.0.0.1:" + port();
  }

  public int port() {
    return listener.port();
  }

  public List<Asked> asked() {
    return asked;
  }

  public Asked lastAsked() {
    return asked.get(asked.size() - 1);
  }

  public int connections() {
    return connections.get();
  }

  private void serve(Socket socket) throws IOException {
    sockets.add(socket);
    if (listener.isClosed()) {
      return; // Whoever closed it may not have seen this connection.
    }
    connections.incrementAndGet();
    InputStream in = new BufferedInputStream(socket.getInputStream());
    while (true) {
      Asked current = read(in);
      CURRENT.set(current);
      asked.add(current);
      Script next = scripts.poll();
      last = next == null ? last : next;
      last.play(socket);
    }
  }

  private static Asked read(InputStream in) throws IOException {
    String[] request = line(in).split(" ", 3);
    Map<String, String> headers = new TreeMap<>();
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      String[] parts = header.split(": ", 2);
      if (parts.length < 2) {
        throw new IOException("not HTTP"); // such as TLS
      }
      headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    return new Asked(request[0], request[1], headers, body);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException();
      }
      line.write(c);
    }
    return line.toString(StandardCharsets.UTF_8).strip();
  }

  /** Ends all connections, as a server does that restarts or finds them idle. */
  public void dropConnections() {
    for (Socket socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    sockets.clear();
  }

  @Override
  public void close() {
    listener.close();
    dropConnections();
  }
}
