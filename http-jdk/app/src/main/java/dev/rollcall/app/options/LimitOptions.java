package dev.rollcall.app.options;

import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.RequestLimits;
import java.util.Optional;
import picocli.CommandLine.Help;
import picocli.CommandLine.Option;

/** The limits of the server. */
public final class LimitOptions {
  @Option(
      names = "--max-body-bytes",
      paramLabel = "BYTES",
      description = "Largest registration or batch of pings; 413 beyond.")
  private int maxBodyBytes = RequestLimits.builder().build().maxBodyBytes();

  @Option(
      names = "--max-requests",
      paramLabel = "N",
      description = "Requests that run at once, a quarter kept for pings; 503 beyond.")
  private int maxRequests = RequestLimits.builder().build().maxRequests();

  @Option(
      names = "--max-lists",
      paramLabel = "N",
      description = "Lists of all services that run at once; 503 beyond.")
  private int maxLists = RequestLimits.builder().build().maxLists();

  @Option(
      names = "--max-watches",
      paramLabel = "N",
      description = "Event streams and waiting requests open at once; 503 beyond.")
  private int maxWatches = RequestLimits.builder().build().maxWatches();

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--rate-limit",
      paramLabel = "N",
      description = "Requests a second of one client address; 429 beyond. None by default.")
  private Optional<Integer> rateLimit = Optional.empty();

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--rate-burst",
      paramLabel = "N",
      description = "Requests of one client address in one burst; the rate limit by default.")
  private Optional<Integer> rateBurst = Optional.empty();

  public void applyTo(RegistryEndpoints.Builder endpoints) {
    RequestLimits.Builder limits = RequestLimits.builder();
    OptionException.in("--max-body-bytes", () -> limits.maxBodyBytes(maxBodyBytes));
    OptionException.in("--max-requests", () -> limits.maxRequests(maxRequests));
    OptionException.in("--max-lists", () -> limits.maxLists(maxLists));
    OptionException.in("--max-watches", () -> limits.maxWatches(maxWatches));
    if (rateBurst.isPresent() && rateLimit.isEmpty()) {
      throw new IllegalArgumentException(
          "--rate-burst needs a --rate-limit; set one, or leave --rate-burst out");
    }
    rateLimit.ifPresent(rate -> OptionException.in("--rate-limit", () -> limits.rateLimit(rate)));
    rateBurst.ifPresent(burst -> OptionException.in("--rate-burst", () -> limits.rateBurst(burst)));
    endpoints.limits(limits.build());
  }
}
