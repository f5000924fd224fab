package dev.rollcall.http.main;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreRegistry;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Where services live, and for how long without a ping. */
final class StoreOptions {
  @Option(
      names = "--store",
      paramLabel = "URI",
      description = "Where services live, such as memory: or memory:?max-services=10000.")
  private String store = "memory:";

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      description = "Lease of a service that asks for none: 30s, 1500ms, 2m.",
      defaultValue = "30s",
      converter = TimeConverter.class)
  private Duration ttl;

  TtlStore open() {
    return TtlStore.open(store);
  }

  ServiceRegistry registryOver(TtlStore opened) {
    return StoreRegistry.builder(opened).defaultTtl(ttl).build();
  }
}
