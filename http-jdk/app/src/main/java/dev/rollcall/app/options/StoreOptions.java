package dev.rollcall.app.options;

import dev.rollcall.StoreRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Help;
import picocli.CommandLine.Option;

/** Where services live, and for how long without a ping. */
public final class StoreOptions {
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final int MAX_WAIT_HOURS = 24;

  private static final String DEFAULT_STORE = "memory:?max-services=100000";

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--store",
      paramLabel = "URI",
      description = {
        "Where services live: memory: for any number of them, valkey://HOST:6379, or another store"
            + " on the class path.",
        "  Default: " + DEFAULT_STORE
      })
  private Optional<String> store = Optional.empty();

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--store-password-file",
      paramLabel = "FILE",
      description =
          "It holds the store's password and nothing else; read again when it changes. The"
              + " environment's ROLLCALL_STORE_PASSWORD may hold the password itself.")
  private Optional<String> passwordFile = Optional.empty();

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--store-sentinel-password-file",
      paramLabel = "FILE",
      description = "The same for the store's sentinels.")
  private Optional<String> sentinelPasswordFile = Optional.empty();

  @Option(
      names = "--wait-for-store",
      paramLabel = "TIME",
      description = "How long to wait at the start for a store that does not answer.",
      defaultValue = "0s",
      converter = TimeConverter.class)
  private Duration wait;

  @Option(
      names = "--default-ttl",
      paramLabel = "TIME",
      description = "Lease of a service that asks for none: 30s, 1500ms, 2m.",
      defaultValue = "30s",
      converter = TimeConverter.class)
  private Duration defaultTtl;

  /**
   * Opens the store.
   *
   * @param settings tells where the options have their values from
   * @throws IllegalArgumentException if it is not a store, or the time to wait is out of bounds
   * @throws StoreUnavailableException if it does not answer in time
   */
  public TtlStore open(Settings settings) {
    OptionException.in("--wait-for-store", () -> TimeConverter.atMost(MAX_WAIT_HOURS, wait));
    String uri = uri(settings);
    long end = System.nanoTime() + wait.toNanos();
    while (true) {
      try {
        return OptionException.in("--store", () -> TtlStore.open(uri));
      } catch (StoreUnavailableException e) {
        if (System.nanoTime() - end >= 0) {
          throw e;
        }
        pause(e);
      }
    }
  }

  private String uri(Settings settings) {
    return StoreUri.of(
        set(settings, "--store", store),
        set(settings, "--store-password-file", passwordFile),
        set(settings, "--store-sentinel-password-file", sentinelPasswordFile),
        DEFAULT_STORE,
        settings.environment());
  }

  /** Has the log tell of the store and the lease when the server has started. */
  public void applyTo(RegistryHttpServer.Builder server, Settings settings) {
    server
        .startedField("store", StoreUri.shown(uri(settings)))
        .startedField("default_ttl", defaultTtl);
  }

  private static Optional<Setting> set(Settings settings, String option, Optional<String> value) {
    return value.map(text -> new Setting(text, settings.originOf(option)));
  }

  /** Returns the scheme of the store's URI. */
  public String kind(Settings settings) {
    String uri = uri(settings);
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

  public StoreRegistry.Builder registryOver(TtlStore opened) {
    StoreRegistry.Builder registry = StoreRegistry.builder(opened);
    return OptionException.in("--default-ttl", () -> registry.defaultTtl(defaultTtl));
  }
}
