package dev.rollcall.examples.grpc;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.client.HttpServiceRegistry;
import dev.rollcall.registrar.Registrar;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * An instance of the service. It registers when it serves, and leaves in the order that costs no
 * call: it deregisters, so that channels take it out of their addresses; then it stops to accept
 * calls, which gRPC sends to other instances; then it finishes those in progress.
 */
public final class OrdersServer implements AutoCloseable {
  private static final long FINISH_SECONDS = 30;

  private final Server server;
  private final Registrar registrar;

  private OrdersServer(ServiceRegistry registry, String host, int port) throws IOException {
    this.server =
        Grpc.newServerBuilderForPort(port, InsecureServerCredentials.create())
            .addService(
                ServerServiceDefinition.builder(Orders.NAME)
                    .addMethod(Orders.STATUS, ServerCalls.asyncUnaryCall(this::status))
                    .build())
            .build()
            .start();
    this.registrar =
        Registrar.builder()
            .registry(registry)
            .name(Orders.NAME)
            .host(host)
            .port(server.getPort())
            .shutdownHook(false) // The order matters; see close().
            .build();
  }

  /**
   * Starts an instance. It serves before it registers.
   *
   * @param registry where it registers; stays the caller's to close, after the server
   * @param host the name by which clients reach this host
   * @param port the port, 0 for any that is free
   * @return the instance, the caller's to close
   * @throws IOException if it cannot listen
   */
  public static OrdersServer start(ServiceRegistry registry, String host, int port)
      throws IOException {
    OrdersServer started = new OrdersServer(registry, host, port);
    started.registrar.start();
    return started;
  }

  private void status(String order, StreamObserver<String> answer) {
    answer.onNext("order " + order + " is on its way, says the instance at port " + port());
    answer.onCompleted();
  }

  /** Returns the port that it listens at. */
  int port() {
    return server.getPort();
  }

  /** Leaves the registry, and then ends within 30 seconds, whether or not all calls are done. */
  @Override
  public void close() {
    registrar.close();
    server.shutdown();
    try {
      if (!server.awaitTermination(FINISH_SECONDS, TimeUnit.SECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Serves until the process is stopped.
   *
   * @param args the registry's URL, this host's name, and a port
   * @throws IOException if it cannot listen
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 3) {
      System.err.println("Usage: OrdersServer REGISTRY-URL HOST PORT");
      System.exit(2);
    }
    ServiceRegistry registry = HttpServiceRegistry.connect(args[0]);
    OrdersServer server = start(registry, args[1], Integer.parseInt(args[2]));
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.close();
                  registry.close();
                }));
    System.out.println("Serving at port " + server.port());
  }
}
