package dev.rollcall.examples.robustness;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * Two bundled servers over one Valkey that keeps nothing on disk, with a proxy before each of the
 * servers and between each of them and the Valkey.
 */
final class ValkeyDeployment implements Deployment {
  private static final int SERVERS = 2;

  private final ValkeyProcess valkey;
  private final List<ServerProcess> servers = new ArrayList<>();
  private final List<TcpProxy> toServers = new ArrayList<>();
  private final List<TcpProxy> toValkey = new ArrayList<>();

  ValkeyDeployment(Options options) {
    this.valkey = ValkeyProcess.start();
    for (int i = 0; i < SERVERS; i++) {
      TcpProxy store = TcpProxy.to(valkey.port());
      toValkey.add(store);
      String uri = options.store() + "://127.0.0.1:" + store.port() + "?timeout-ms=1000";
      ServerProcess server =
          new ServerProcess(
              options.classPath(),
              options.jvmOptions(),
              List.of("--store=" + uri, "--wait-for-store=30s"));
      servers.add(server);
      toServers.add(TcpProxy.toHttp(server.port()));
    }
  }

  @Override
  public List<Integer> ports() {
    return toServers.stream().map(TcpProxy::port).toList();
  }

  @Override
  public List<FaultKind> faults() {
    List<FaultKind> faults = new ArrayList<>(ofValkey());
    for (int i = 0; i < SERVERS; i++) {
      faults.addAll(Faults.of(servers.get(i), "server " + i, false));
      faults.addAll(Faults.of(toServers.get(i), "clients to server " + i));
      faults.addAll(Faults.of(toValkey.get(i), "server " + i + " to Valkey"));
    }
    return faults;
  }

  private List<FaultKind> ofValkey() {
    return List.of(
        new FaultKind(
            "kill -9 of Valkey",
            true,
            random -> {
              valkey.kill();
              Pause.between(0, 1_500, random);
              valkey.restart();
            }),
        new FaultKind(
            "SIGSTOP of Valkey",
            false,
            random -> {
              valkey.suspend();
              Pause.between(100, 2_500, random);
              valkey.resume();
            }),
        forAWhile(
            "reads refused by Valkey", "ACL SETUSER default -mget", "ACL SETUSER default +mget"),
        forAWhile("Valkey full", "CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"),
        new FaultKind("CLIENT KILL", false, random -> command("CLIENT KILL TYPE normal")),
        new FaultKind("SCRIPT FLUSH", false, random -> command("SCRIPT FLUSH")),
        new FaultKind("FLUSHALL", true, random -> command("FLUSHALL")));
  }

  private FaultKind forAWhile(String name, String begin, String end) {
    return new FaultKind(
        name,
        false,
        random -> {
          command(begin);
          Pause.between(100, 1_500, random);
          command(end);
        });
  }

  /** Sends a command in the form that people type. */
  private void command(String command) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), valkey.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write((command + "\r\n").getBytes(US_ASCII));
      int first = socket.getInputStream().read();
      if (first == '-') {
        throw new IllegalStateException("Valkey refuses " + command);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<String> endedUnasked() {
    List<String> ended = new ArrayList<>();
    for (int i = 0; i < SERVERS; i++) {
      if (servers.get(i).hasEndedUnasked()) {
        ended.add("server " + i + ":\n" + servers.get(i).lastWords());
      }
    }
    return ended;
  }

  @Override
  public void close() {
    toServers.forEach(TcpProxy::close);
    servers.forEach(ServerProcess::close);
    toValkey.forEach(TcpProxy::close);
    valkey.close();
  }
}
