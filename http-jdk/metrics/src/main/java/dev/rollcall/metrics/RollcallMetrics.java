package dev.rollcall.metrics;

import dev.rollcall.discovery.Discovery;
import dev.rollcall.http.server.spi.RequestListener;
import dev.rollcall.http.server.spi.StreamListener;
import dev.rollcall.registrar.RegistrarListener;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.spi.ViewListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.time.InstantSource;

/**
 * Binds a registry to Micrometer.
 *
 * <pre>{@code
 * RollcallMetrics metrics = RollcallMetrics.of(meterRegistry);
 * TtlStore store = metrics.measured(TtlStore.open("memory:"));
 * RegistryEndpoints endpoints =
 *     RegistryEndpoints.builder(ServiceRegistry.over(store)).listener(metrics.requests()).build();
 * }</pre>
 *
 * <p>No tag is an id, a path or an address, so the number of meters is bounded. Latencies are
 * histograms with fixed buckets from 0.1 ms to 10 s.
 *
 * <p>Immutable. This, and everything it returns, is safe for use by any number of threads.
 */
public final class RollcallMetrics {
  private final MeterFactory meters;

  private RollcallMetrics(MeterFactory meters) {
    this.meters = meters;
  }

  /**
   * Binds to a meter registry.
   *
   * @param registry holds the meters; it stays the caller's to close
   * @param tags the tags of each meter, to tell several registries of one process apart
   * @return the binding
   */
  public static RollcallMetrics of(MeterRegistry registry, Tag... tags) {
    return new RollcallMetrics(new MeterFactory(registry, Tags.of(tags)));
  }

  /**
   * Returns a store that measures another one: {@code rollcall.services}, {@code
   * rollcall.services.flapping} and {@code rollcall.services.late}, {@code rollcall.registrations},
   * {@code rollcall.pings}, {@code rollcall.deregistrations}, {@code rollcall.expiries} where the
   * store {@linkplain TtlStore#expired() learns of them}, {@code rollcall.store} (latency) and
   * {@code rollcall.store.errors}.
   *
   * <p>The first three are gauges. They ask the store when they are read, at most every 5 seconds
   * and in a fiftieth of the time, and are NaN where it does not answer.
   *
   * <p>It is an {@link dev.rollcall.spi.AsyncTtlStore} if the store is one.
   *
   * @param store the store to measure; it is closed with the returned one
   * @return the store to use in its place
   */
  public TtlStore measured(TtlStore store) {
    return MeasuredTtlStore.of(store, meters);
  }

  /**
   * Returns a listener that measures the requests of the handlers that it is added to: {@code
   * rollcall.requests} (latency) and {@code rollcall.refusals}, by reason.
   *
   * @return the listener
   */
  public RequestListener requests() {
    return new RequestMeters(meters);
  }

  /**
   * Returns a listener that measures the view of a registry while it is watched: {@code
   * rollcall.watches}, {@code rollcall.view.services}, {@code rollcall.view.stale}, {@code
   * rollcall.view.reconciles}, {@code rollcall.view.differences}, {@code rollcall.view.gaps} and
   * {@code rollcall.expiry.lag}.
   *
   * @return the listener, for one registry
   */
  public ViewListener views() {
    return new ViewMeters(meters);
  }

  /**
   * Returns a listener that measures event streams and requests that wait for a change: {@code
   * rollcall.streams} (those that are open), {@code rollcall.stream.resumed}, {@code
   * rollcall.stream.snapshots}, {@code rollcall.stream.events}, {@code rollcall.stream.merged} and
   * {@code rollcall.stream.cut.offs}.
   *
   * @return the listener, for one {@code RegistryEndpoints}
   */
  public StreamListener streams() {
    return new StreamMeters(meters);
  }

  /**
   * Measures a discovery: {@code rollcall.discovery.picks}, {@code rollcall.discovery.ejections},
   * {@code rollcall.discovery.ejected} (now), {@code rollcall.discovery.view.age} (for how long the
   * registry could not be asked) and, where it was built for names, {@code
   * rollcall.discovery.instances} by name.
   *
   * <p>Several discoveries of a process need bindings with tags that tell them apart. The meters
   * keep no discovery alive, and stay when it is closed.
   *
   * @param discovery the discovery
   */
  public void measure(Discovery discovery) {
    DiscoveryMeters.bind(meters, discovery, InstantSource.system());
  }

  /**
   * Returns a listener that counts the registrars that it is added to, by state: {@code
   * rollcall.keepalive}, by state. A registrar counts from its start until it is closed.
   *
   * @return the listener, one for any number of registrars
   */
  public RegistrarListener registrars() {
    return new RegistrarMeters(meters);
  }
}
