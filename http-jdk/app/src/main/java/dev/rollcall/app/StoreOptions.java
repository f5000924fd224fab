package dev.rollcall.app;

import dev.rollcall.StoreRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Help;
import picocli.CommandLine.Option;

/** Where services live, and for how long without a ping. */
final class StoreOptions {
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final Duration MAX_WAIT = Duration.ofHours(24);

  private static final String DEFAULT_STORE = "memory:?max-services=100000";

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--store",
      paramLabel = "URI",
      description = {
        "Where services live: memory: for any number of them, valkey://HOST:6379, or another store"
            + " on the class path; else what the environment's ROLLCALL_STORE says.",
        "  Default: " + DEFAULT_STORE
      })
  private Optional<String> store = Optional.empty();

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--store-password-file",
      paramLabel = "FILE",
      description =
          "It holds the store's password and nothing else; read again when it changes. Else the"
              + " environment's ROLLCALL_STORE_PASSWORD_FILE, or the password itself in"
              + " ROLLCALL_STORE_PASSWORD.")
  private Optional<String> passwordFile = Optional.empty();

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--store-sentinel-password-file",
      paramLabel = "FILE",
      description =
          "The same for the store's sentinels; else ROLLCALL_STORE_SENTINEL_PASSWORD_FILE.")
  private Optional<String> sentinelPasswordFile = Optional.empty();

  @Option(
      names = "--wait-for-store",
      paramLabel = "TIME",
      description = "How long to wait at the start for a store that does not answer.",
      defaultValue = "0s",
      converter = TimeConverter.class)
  private Duration wait;

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      description = "Lease of a service that asks for none: 30s, 1500ms, 2m.",
      defaultValue = "30s",
      converter = TimeConverter.class)
  private Duration ttl;

  /**
   * Opens the store.
   *
   * @throws IllegalArgumentException if it is not a store, or the time to wait is out of bounds
   * @throws StoreUnavailableException if it does not answer in time
   */
  TtlStore open() {
    if (wait.compareTo(MAX_WAIT) > 0) {
      throw new IllegalArgumentException("--wait-for-store is 24h at most, not " + wait);
    }
    String uri = uri();
    long end = System.nanoTime() + wait.toNanos();
    while (true) {
      try {
        return TtlStore.open(uri);
      } catch (StoreUnavailableException e) {
        if (System.nanoTime() - end >= 0) {
          throw e;
        }
        pause(e);
      }
    }
  }

  private String uri() {
    return StoreUri.of(store, passwordFile, sentinelPasswordFile, DEFAULT_STORE, System.getenv());
  }

  /** Returns the scheme of the store's URI. */
  String kind() {
    String uri = uri();
    return uri.substring(0, uri.indexOf(':')).toLowerCase(Locale.ROOT);
  }

  private static void pause(StoreUnavailableException why) {
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw why;
    }
  }

  StoreRegistry.Builder registryOver(TtlStore opened) {
    return StoreRegistry.builder(opened).defaultTtl(ttl);
  }
}
