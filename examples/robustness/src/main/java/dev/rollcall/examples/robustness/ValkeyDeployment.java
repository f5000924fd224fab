package dev.rollcall.examples.robustness;

import java.util.ArrayList;
import java.util.List;

/**
 * Two bundled servers over one Valkey that keeps nothing on disk and has a replica, with a proxy
 * before each of the servers and between each of them and the Valkey.
 */
final class ValkeyDeployment implements Deployment {
  private static final int SERVERS = 2;

  private final FailoverPair valkeys = new FailoverPair();
  private final List<RestartableServer> servers = new ArrayList<>();
  private final List<TcpProxy> toServers = new ArrayList<>();
  private final List<TcpProxy> toValkey = new ArrayList<>();

  ValkeyDeployment(Options options) {
    for (int i = 0; i < SERVERS; i++) {
      TcpProxy store = TcpProxy.to(valkeys.master().port());
      toValkey.add(store);
      String uri = options.store() + "://127.0.0.1:" + store.port() + "?timeout-ms=1000";
      RestartableServer server =
          new RestartableServer(
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
      faults.addAll(Faults.of(servers.get(i), "server " + i, Loss.NONE));
      faults.addAll(Faults.of(toServers.get(i), "clients to server " + i));
      faults.addAll(Faults.of(toValkey.get(i), "server " + i + " to Valkey"));
    }
    return faults;
  }

  private List<FaultKind> ofValkey() {
    return List.of(
        new FaultKind(
            "kill -9 of Valkey",
            Loss.EVERYTHING,
            random -> {
              valkeys.master().kill();
              Pause.between(0, 1_500, random);
              valkeys.master().restart();
            }),
        new FaultKind(
            "SIGSTOP of Valkey",
            Loss.NONE,
            random -> {
              valkeys.master().suspend();
              Pause.between(100, 2_500, random);
              valkeys.master().resume();
            }),
        new FaultKind(
            "failover of Valkey",
            Loss.LAST_WRITES,
            random -> valkeys.failOver(random, () -> redirect(random.nextBoolean()))),
        forAWhile(
            "reads refused by Valkey", "ACL SETUSER default -mget", "ACL SETUSER default +mget"),
        forAWhile("Valkey full", "CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"),
        new FaultKind("CLIENT KILL", Loss.NONE, random -> command("CLIENT KILL TYPE normal")),
        new FaultKind("SCRIPT FLUSH", Loss.NONE, random -> command("SCRIPT FLUSH")),
        new FaultKind("FLUSHALL", Loss.EVERYTHING, random -> command("FLUSHALL")));
  }

  private FaultKind forAWhile(String name, String begin, String end) {
    return new FaultKind(
        name,
        Loss.NONE,
        random -> {
          command(begin);
          Pause.between(100, 1_500, random);
          command(end);
        });
  }

  private void command(String command) {
    FailoverPair.ask(valkeys.master(), command);
  }

  /** No connection to the old master stays: a new one is led to the new master before that. */
  private void redirect(boolean reset) {
    for (TcpProxy proxy : toValkey) {
      proxy.target(valkeys.master().port());
      proxy.cut(reset);
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
    servers.forEach(RestartableServer::close);
    toValkey.forEach(TcpProxy::close);
    valkeys.close();
  }
}
