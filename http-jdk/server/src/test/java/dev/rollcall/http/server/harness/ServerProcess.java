package dev.rollcall.http.server.harness;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The bundled server in a JVM of its own, with the limits that an operator gets. */
public final class ServerProcess implements AutoCloseable {
  private static final String SERVES_AT = "Rollcall serves at ";

  private final ChildJvm jvm;
  private final List<String> before;

  /** Read all the while: a server whose output nobody takes would wait for it to be taken. */
  private final CompletableFuture<String> rest;

  private final InetSocketAddress address;

  private ServerProcess(ChildJvm jvm, List<String> before, InetSocketAddress address) {
    this.jvm = jvm;
    this.before = before;
    this.rest = CompletableFuture.supplyAsync(jvm::readRest, task -> new Thread(task).start());
    this.address = address;
  }

  /** Starts one, and waits until it serves. */
  public static ServerProcess start(List<String> jvmOptions, String... options) throws IOException {
    return start(Map.of(), jvmOptions, options);
  }

  /** Starts one with more in its environment. */
  public static ServerProcess start(
      Map<String, String> environment, List<String> jvmOptions, String... options)
      throws IOException {
    List<String> arguments = new ArrayList<>(jvmOptions);
    arguments.addAll(List.of("-cp", ChildJvm.classPath(), "dev.rollcall.app.Main"));
    arguments.add("--port=0");
    arguments.addAll(List.of(options));
    ChildJvm jvm = ChildJvm.start(environment, arguments);
    List<String> before = new ArrayList<>();
    String line = jvm.readLineWith(SERVES_AT, before);
    URI url = URI.create(line.substring(line.indexOf(SERVES_AT) + SERVES_AT.length()));
    return new ServerProcess(
        jvm, List.copyOf(before), new InetSocketAddress(url.getHost(), url.getPort()));
  }

  /** Returns what it said before it served. */
  public List<String> saidBefore() {
    return before;
  }

  public InetSocketAddress address() {
    return address;
  }

  public Wire wire() {
    return new Wire(address);
  }

  /** Asks it to stop, as an operator does. */
  public void terminate() {
    jvm.terminate();
  }

  public int exitCode() throws InterruptedException {
    return jvm.exitCode();
  }

  /** Returns all that it says from now to its end. */
  public String log() {
    return rest.join();
  }

  @Override
  public void close() {
    jvm.close();
  }
}
