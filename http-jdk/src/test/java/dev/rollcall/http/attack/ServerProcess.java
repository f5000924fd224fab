package dev.rollcall.http.attack;

import dev.rollcall.http.ChildJvm;
import dev.rollcall.http.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** The bundled server in a JVM of its own, with the limits that an operator gets. */
final class ServerProcess implements AutoCloseable {
  private static final String SERVES_AT = "Rollcall serves at ";

  private final ChildJvm jvm;
  private final InetSocketAddress address;

  private ServerProcess(ChildJvm jvm, InetSocketAddress address) {
    this.jvm = jvm;
    this.address = address;
  }

  static ServerProcess start(List<String> jvmOptions, String... options) throws IOException {
    List<String> arguments = new ArrayList<>(jvmOptions);
    arguments.addAll(List.of("-cp", ChildJvm.classPath(), "dev.rollcall.http.main.Main"));
    arguments.add("--port=0");
    arguments.addAll(List.of(options));
    ChildJvm jvm = ChildJvm.start(arguments);
    String line = jvm.readLineWith(SERVES_AT);
    URI url = URI.create(line.substring(line.indexOf(SERVES_AT) + SERVES_AT.length()));
    return new ServerProcess(jvm, new InetSocketAddress(url.getHost(), url.getPort()));
  }

  InetSocketAddress address() {
    return address;
  }

  Wire wire() {
    return new Wire(address);
  }

  /** Asks it to stop, as an operator does. */
  void terminate() {
    jvm.terminate();
  }

  int exitCode() throws InterruptedException {
    return jvm.exitCode();
  }

  String log() {
    return jvm.readRest();
  }

  @Override
  public void close() {
    jvm.close();
  }
}
