package dev.rollcall.http.client.harness;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.http.server.spi.StreamListener;
import dev.rollcall.spi.TtlStore;

/** A server that tells how its event streams begin, to be killed. */
public final class ServerProgram {
  private ServerProgram() {}

  /**
   * Runs until it is killed. Prints {@code serves} once it does, and then {@code resumed} or {@code
   * snapshot} for each event stream that has begun, with the time in milliseconds.
   *
   * @param args the store's URI and the port
   */
  public static void main(String[] args) throws InterruptedException {
    StreamListener told =
        new StreamListener() {
          @Override
          public void resumed() {
            print("resumed");
          }

          @Override
          public void snapshotSent() {
            print("snapshot");
          }
        };
    ServiceRegistry registry = ServiceRegistry.over(TtlStore.open(args[0]));
    RegistryHttpServer server =
        RegistryHttpServer.builder(RegistryEndpoints.builder(registry).streamListener(told).build())
            .port(Integer.parseInt(args[1]))
            .start();
    print("serves " + server.address().getPort());
    Thread.currentThread().join();
  }

  private static void print(String what) {
    System.out.println(what + " " + System.nanoTime() / 1_000_000);
  }
}
