package dev.rollcall.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.app.options.Version;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Uses each part of a server once, for a JVM that records which classes that takes. */
@Command(
    name = "warm-up",
    description =
        "Starts a server over memory, uses each of its parts once, and ends: with"
            + " -XX:AOTCacheOutput=FILE (Java 25) or -XX:ArchiveClassesAtExit=FILE (Java 17), the JVM"
            + " then writes a file with which a server starts faster.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class WarmUpCommand implements Callable<Integer> {
  private static final String ID = "warm-up";
  private static final String REGISTRATION =
      "{\"id\":\"" + ID + "\",\"url\":\"http://127.0.0.1\",\"info\":{\"zone\":\"a\"}}";

  private record Call(String method, String path, String body) {}

  private static final List<Call> CALLS =
      List.of(
          new Call("GET", "/health/ready", ""),
          new Call("POST", "/services/$register", REGISTRATION),
          new Call("PUT", "/services/" + ID + "/$ping", ""),
          new Call("PUT", "/services/$ping", "{\"leases\":[{\"id\":\"" + ID + "\"}]}"),
          new Call("GET", "/services", ""),
          new Call("GET", "/services/" + ID, ""),
          new Call("GET", "/services/unknown", ""),
          new Call("GET", "/", ""),
          new Call("GET", "/metrics", ""),
          new Call("DELETE", "/services/" + ID, ""));

  @Override
  public Integer call() {
    var program = Main.commandLine();
    program.parseArgs("--port=0", "--host=127.0.0.1");
    Main server = program.getCommand();
    try (Main.Running running = server.start()) {
      running.measureProcess();
      for (Call call : CALLS) {
        send(running.address(), call);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the server did not answer itself: " + e.getMessage(), e);
    }
    return 0;
  }

  /** Sends a call by a plain socket: a client's classes are of no use to a server. */
  private static void send(InetSocketAddress address, Call call) throws IOException {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      byte[] body = call.body().getBytes(UTF_8);
      String head =
          String.join(
              "\r\n",
              call.method() + ' ' + call.path() + " HTTP/1.1",
              "Host: localhost",
              "Content-Type: application/json",
              "Content-Length: " + body.length,
              "Connection: close",
              "",
              "");
      OutputStream out = socket.getOutputStream();
      out.write(head.getBytes(UTF_8));
      out.write(body);
      InputStream in = socket.getInputStream();
      in.transferTo(OutputStream.nullOutputStream());
    }
  }
}
