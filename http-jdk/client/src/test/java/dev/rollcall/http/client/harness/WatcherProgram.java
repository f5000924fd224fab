package dev.rollcall.http.client.harness;

import dev.rollcall.Service;
import dev.rollcall.discovery.Query;
import dev.rollcall.http.client.HttpServiceRegistry;

/** Watches all services and does nothing else. */
public final class WatcherProgram {
  private WatcherProgram() {}

  /**
   * Runs until it is stopped, and prints the ids of the services, each time that it is told of
   * changes and is up to date.
   *
   * @param args the registry's URL
   */
  public static void main(String[] args) throws InterruptedException {
    HttpServiceRegistry registry = HttpServiceRegistry.connect(args[0]);
    var unused =
        registry.watch(
            Query.all(),
            (view, changes) -> {
              if (view.staleSince().isEmpty()) {
                System.out.println("known " + view.services().stream().map(Service::id).toList());
              }
            });
    Thread.currentThread().join();
  }
}
