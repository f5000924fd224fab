package dev.rollcall.examples.robustness;

import java.util.ArrayList;
import java.util.List;

/** One bundled server over memory, behind a proxy. */
final class MemoryDeployment implements Deployment {
  private final RestartableServer server;
  private final TcpProxy proxy;

  MemoryDeployment(Options options) {
    this.server =
        new RestartableServer(
            options.classPath(),
            options.jvmOptions(),
            List.of("--store=memory:?max-services=100000"));
    this.proxy = TcpProxy.toHttp(server.port());
  }

  @Override
  public List<Integer> ports() {
    return List.of(proxy.port());
  }

  @Override
  public List<FaultKind> faults() {
    List<FaultKind> faults = new ArrayList<>(Faults.of(server, "the server", Loss.EVERYTHING));
    faults.addAll(Faults.of(proxy, "clients to the server"));
    return faults;
  }

  @Override
  public List<String> endedUnasked() {
    return server.hasEndedUnasked() ? List.of("the server:\n" + server.lastWords()) : List.of();
  }

  @Override
  public void close() {
    proxy.close();
    server.close();
  }
}
