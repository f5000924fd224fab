package dev.rollcall.http.server.routing;

import dev.rollcall.http.server.memory.MemoryBudget;
import dev.rollcall.http.server.memory.RequestMemory;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.response.Response;
import dev.rollcall.http.server.response.ResponseJson;
import dev.rollcall.http.server.response.ServerStatus;
import dev.rollcall.http.server.response.ServerStatus.Usage;
import dev.rollcall.http.server.stream.Watches;
import java.lang.module.ModuleDescriptor;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * What the server is, for people who look after it. It answers 200 while the store is out of reach,
 * too, and says so.
 */
public final class StatusEndpoint {
  private static final int OK = 200;
  private static final Optional<String> VERSION = version();

  private final Optional<String> storeKind;
  private final ReadinessProbe store;
  private final AtomicBoolean isDraining;
  private final Watches watches;
  private final RequestMemory memory;
  private final LongSupplier nanoTime;
  private final long startNanos;

  /**
   * Creates it; the uptime counts from now.
   *
   * @param storeKind such as {@code memory}; empty if nobody said
   */
  public StatusEndpoint(
      Optional<String> storeKind,
      ReadinessProbe store,
      AtomicBoolean isDraining,
      Watches watches,
      RequestMemory memory,
      LongSupplier nanoTime) {
    this.storeKind = storeKind;
    this.store = store;
    this.isDraining = isDraining;
    this.watches = watches;
    this.memory = memory;
    this.nanoTime = nanoTime;
    this.startNanos = nanoTime.getAsLong();
  }

  Response status(Request request) {
    boolean isStoreUp = store.isUp();
    var status =
        new ServerStatus(
            VERSION,
            Duration.ofNanos(nanoTime.getAsLong() - startNanos),
            storeKind,
            isStoreUp,
            isDraining.get(),
            new Usage(watches.open(), watches.max()),
            usageOf(memory.bodies()),
            usageOf(memory.answers()));
    return Response.json(OK, ResponseJson.status(status)).with("Cache-Control", "no-store");
  }

  private static Usage usageOf(MemoryBudget budget) {
    return new Usage(budget.heldBytes(), budget.maxBytes());
  }

  /** Returns the version as the jar says it, on the class path or on the module path. */
  private static Optional<String> version() {
    Class<?> here = StatusEndpoint.class;
    return Optional.ofNullable(here.getPackage().getImplementationVersion())
        .or(
            () ->
                Optional.ofNullable(here.getModule().getDescriptor())
                    .flatMap(ModuleDescriptor::rawVersion));
  }
}
