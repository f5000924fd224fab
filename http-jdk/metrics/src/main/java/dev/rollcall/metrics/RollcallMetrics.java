package dev.rollcall.metrics;

import dev.rollcall.http.server.RequestListener;
import dev.rollcall.registrar.RegistrarListener;
import dev.rollcall.spi.TtlStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;

/**
 * Binds a registry to Micrometer.
 *
 * <pre>{@code
 * RollcallMetrics metrics = RollcallMetrics.of(meterRegistry);
 * TtlStore store = metrics.measured(TtlStore.open("memory:"));
 * RegistryHandler handler =
 *     RegistryHandler.builder(ServiceRegistry.over(store)).listener(metrics.requests()).build();
 * }</pre>
 *
 * <p>No meter has an id, a path or an address for a tag, so their number is bounded. Latencies are
 * histograms of fixed buckets, from 0.1 ms to 10 s.
 *
 * <p>Immutable, and safe for use by any number of threads, as what it makes is.
 */
public final class RollcallMetrics {
  private final Meters meters;

  private RollcallMetrics(Meters meters) {
    this.meters = meters;
  }

  /**
   * Binds to a meter registry.
   *
   * @param registry holds the meters; it stays the caller's to close
   * @param tags what each meter has, to tell several registries of one process apart
   * @return the binding
   */
  public static RollcallMetrics of(MeterRegistry registry, Tag... tags) {
    return new RollcallMetrics(new Meters(registry, Tags.of(tags)));
  }

  /**
   * Returns a store that measures what another does: {@code rollcall.services}, {@code
   * rollcall.registrations}, {@code rollcall.pings}, {@code rollcall.deregistrations}, {@code
   * rollcall.expiries} where the store {@linkplain TtlStore#expired() learns of them}, {@code
   * rollcall.store} (latency) and {@code rollcall.store.errors}.
   *
   * <p>{@code rollcall.services} asks the store for its {@linkplain TtlStore#count() count} when it
   * is read, at most every 5 seconds, and is NaN where the store does not answer.
   *
   * <p>It is an {@link dev.rollcall.spi.AsyncTtlStore} if the store is one.
   *
   * @param store does the work; it is closed with the one returned
   * @return the store to use in its place
   */
  public TtlStore measured(TtlStore store) {
    return MeasuredTtlStore.of(store, meters);
  }

  /**
   * Returns what measures the requests of the handlers that it is added to: {@code
   * rollcall.requests} (latency) and {@code rollcall.refusals}, by reason.
   *
   * @return the listener
   */
  public RequestListener requests() {
    return new RequestMeters(meters);
  }

  /**
   * Returns what counts the registrars that it is added to, by where they stand: {@code
   * rollcall.keepalive}, by state. A registrar counts from its start until it is closed.
   *
   * @return the listener, one for any number of registrars
   */
  public RegistrarListener registrars() {
    return new RegistrarMeters(meters);
  }
}
