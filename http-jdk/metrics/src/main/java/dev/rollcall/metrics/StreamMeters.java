package dev.rollcall.metrics;

import dev.rollcall.http.server.spi.StreamListener;
import io.micrometer.core.instrument.Counter;
import java.util.concurrent.atomic.AtomicInteger;

/** Measures event streams and requests that wait for a change. */
final class StreamMeters implements StreamListener {
  private final AtomicInteger streams = new AtomicInteger();
  private final Counter resumed;
  private final Counter snapshots;
  private final Counter events;
  private final Counter merged;
  private final Counter cutOffs;

  StreamMeters(MeterFactory meters) {
    meters.gauge(
        "rollcall.streams",
        "Event streams and requests that wait for a change that are open",
        streams,
        AtomicInteger::get);
    this.resumed =
        meters.counter(
            "rollcall.stream.resumed", "Event streams that went on from where their client was");
    this.snapshots =
        meters.counter("rollcall.stream.snapshots", "Times that a stream was sent all services");
    this.events = meters.counter("rollcall.stream.events", "Changes that streams were sent");
    this.merged =
        meters.counter(
            "rollcall.stream.merged", "Changes that streams were not sent, but newer ones instead");
    this.cutOffs =
        meters.counter("rollcall.stream.cut.offs", "Clients that took nothing and were cut off");
  }

  @Override
  public void streamsOpen(int open) {
    streams.set(open);
  }

  @Override
  public void resumed() {
    resumed.increment();
  }

  @Override
  public void snapshotSent() {
    snapshots.increment();
  }

  @Override
  public void changesSent(int sent, int others) {
    events.increment(sent);
    merged.increment(others);
  }

  @Override
  public void cutOff() {
    cutOffs.increment();
  }
}
