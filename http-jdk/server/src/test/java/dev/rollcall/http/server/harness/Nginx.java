package dev.rollcall.http.server.harness;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/** An nginx before a server, as a process of its own. */
public final class Nginx implements AutoCloseable {
  private static final String[] SYSTEM_FOLDERS = {"/usr/sbin", "/usr/local/sbin"};

  private final Process process;
  private final InetSocketAddress address;

  private Nginx(Process process, InetSocketAddress address) {
    this.process = process;
    this.address = address;
  }

  /**
   * Starts one, and waits until it serves.
   *
   * @param folder an empty folder for its files
   * @param server where it passes requests to
   * @param directives how, such as {@code proxy_buffering on;}
   */
  public static Nginx start(Path folder, InetSocketAddress server, String directives) {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), freePort());
    String settings =
        """
        daemon off;
        master_process off;
        pid nginx.pid;
        events {}
        http {
          access_log off;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          server {
            listen 127.0.0.1:%d;
            location / {
              proxy_pass http://127.0.0.1:%d;
              %s
            }
          }
        }
        """
            .formatted(address.getPort(), server.getPort(), directives);
    try {
      Files.writeString(folder.resolve("nginx.conf"), settings);
      Process process =
          new ProcessBuilder(
                  program().toString(), "-p", folder + "/", "-c", "nginx.conf", "-e", "error.log")
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("nginx.out").toFile())
              .start();
      Nginx nginx = new Nginx(process, address);
      nginx.awaitListening(folder);
      return nginx;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path program() {
    return Stream.concat(
            Arrays.stream(System.getenv("PATH").split(File.pathSeparator)),
            Arrays.stream(SYSTEM_FOLDERS))
        .map(folder -> Path.of(folder, "nginx"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "the tests of streams behind a proxy need nginx on the PATH;"
                        + " .ci/install-nginx installs it on Debian"));
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitListening(Path folder) throws IOException {
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(address);
        return;
      } catch (IOException e) {
        if (!process.isAlive()) {
          throw new IOException(Files.readString(folder.resolve("nginx.out")), e);
        }
      }
    }
  }

  public InetSocketAddress address() {
    return address;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
