package dev.rollcall.store.valkey.harness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.discovery.Change;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a watcher is told of a Valkey that ends and starts again, wherever it watches. */
public interface ValkeyRestartContract {
  /** For a store that is to notice soon that nobody answers. */
  String QUICK = "?timeout-ms=2000";

  /** Opens a registry over the store of this URI, and watches it. */
  RegistryAndWatcher watch(String uri);

  @Test
  default void aValkeyThatComesBackEmptyHasLostAllAndNobodyBefore() {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        RegistryAndWatcher watched = watch(valkey.uri() + QUICK)) {
      watched.register("a");
      watched.register("b");
      watched.awaitIds("a", "b");
      valkey.kill();
      watched.awaitStale();
      assertThat(watched.gone()).isEmpty();
      valkey.restart();

      watched.awaitIds();
      assertThat(watched.gone()).extracting(Change::type).containsOnly(Change.Type.LOST);
      watched.register("a");
      watched.awaitIds("a");
    }
  }

  @Test
  default void aValkeyThatComesBackWithItsDataHasLostNobody() {
    try (ValkeyProcess valkey =
            ValkeyProcess.start("--appendonly", "yes", "--appendfsync", "always");
        RegistryAndWatcher watched = watch(valkey.uri() + QUICK)) {
      watched.register("a");
      watched.register("brief", Duration.ofSeconds(5));
      watched.probe().awaitChange("a", Change.Type.ADDED);
      watched.probe().awaitChange("brief", Change.Type.ADDED);
      valkey.kill();
      watched.awaitStale();
      valkey.restart();

      watched.awaitIds("a");
      watched.register("b");
      watched.awaitIds("a", "b");
      assertThat(watched.gone()).extracting(Change::id).containsOnly("brief");
      assertThat(watched.probe().lastTypeOf("brief")).isEqualTo(Change.Type.EXPIRED);
    }
  }
}
