package dev.rollcall.discovery;

import dev.rollcall.Service;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.LongSupplier;

/**
 * An instance of a service and how its calls go, as one {@link Discovery} sees it.
 *
 * <p>It stays the same object while the service keeps its id and its url. Safe for use by any
 * number of threads.
 */
public final class Instance {
  private static final AtomicIntegerFieldUpdater<Instance> CALLS =
      AtomicIntegerFieldUpdater.newUpdater(Instance.class, "calls");

  /** After this time without a call, a latency counts for 1/e of what it was. */
  private static final double DECAY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final String WEIGHT = "weight";

  private final LongSupplier nanoTime;
  private volatile Service service;
  private volatile double weight;

  private volatile int calls;

  // Written without a lock: of two calls that end at once, one may not count.
  private volatile double latencyNanos;
  private volatile long latencyAtNanos;

  /** When the first of the calls under way began, where latencies are measured. */
  private volatile long busySinceNanos;

  // Guarded by the lock of its NamedInstances; how many times in a row it was ejected, and until
  // when. The first is also read without it.
  private volatile int ejections;
  private long ejectedUntilNanos;

  Instance(Service service, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.service = service;
    this.weight = weightOf(service);
  }

  /**
   * Returns the service as it was last seen.
   *
   * @return the service
   */
  public Service service() {
    return service;
  }

  /**
   * Returns how many picks of this instance are open.
   *
   * @return the calls that are under way
   */
  public int calls() {
    return calls;
  }

  /**
   * Returns how many calls the instance is to get, relative to others: the number {@code weight} of
   * its info. 1 if the info has no such number, or one that is negative or not finite; 0 for an
   * instance that gets no calls while others get some.
   *
   * @return the weight
   */
  public double weight() {
    return weight;
  }

  private static double weightOf(Service service) {
    Object weight = service.info().get(WEIGHT);
    double number = weight instanceof Number given ? given.doubleValue() : 1;
    return number >= 0 && Double.isFinite(number) ? number : 1;
  }

  /**
   * Returns how long calls take: a moving average of the time from a pick to its end, which rises
   * at once to a longer time and falls by and by (peak EWMA, after Finagle's load balancer). It
   * decays with a time constant of 10 seconds, also while there are no calls. While no call ends,
   * those that are under way count as soon as they have taken longer.
   *
   * <p>A call that {@linkplain Pick#failed failed} counts as one of 5 seconds at least, since an
   * instance that fails quickly must not look like a fast one. Of an instance that is left out for
   * it nothing is known when it is back.
   *
   * @return the latency in nanoseconds; 0 if no call has ended yet, or where the {@link
   *     PickStrategy} does not measure it
   */
  public double latencyNanos() {
    return latencyNanos(now());
  }

  double latencyNanos(long nowNanos) {
    double latency = latencyNanos;
    if (latency == 0) {
      return 0;
    }
    double decayed = latency * share(nowNanos);
    return calls == 0 ? decayed : Math.max(decayed, (double) waitedNanos(nowNanos));
  }

  /**
   * Returns a time that one of the calls under way has taken at least: that since the last one
   * ended, or since the first of them began.
   */
  private long waitedNanos(long nowNanos) {
    return Math.min(nowNanos - latencyAtNanos, nowNanos - busySinceNanos);
  }

  /** Returns what is left now of the latency as it was last measured. */
  private double share(long nowNanos) {
    return Math.exp(-Math.max(0, nowNanos - latencyAtNanos) / DECAY_NANOS);
  }

  long now() {
    return nanoTime.getAsLong();
  }

  void beginCall() {
    CALLS.incrementAndGet(this);
  }

  /** A call begins whose time is measured. */
  void beginCall(long nowNanos) {
    if (calls == 0) {
      busySinceNanos = nowNanos;
    }
    beginCall();
  }

  void endCall() {
    CALLS.decrementAndGet(this);
  }

  void addLatency(long nanos, long nowNanos) {
    double share = share(nowNanos);
    double average = latencyNanos * share + nanos * (1 - share);
    latencyNanos = Math.max((double) nanos, average);
    latencyAtNanos = nowNanos;
  }

  /** Follows a registration with the same url: the instance has come anew, or says more. */
  void registered(Service latest) {
    service = latest;
    weight = weightOf(latest);
    forgetEjections();
  }

  int ejections() {
    return ejections;
  }

  boolean isEjected(long nowNanos) {
    return ejections != 0 && nowNanos - ejectedUntilNanos < 0;
  }

  long ejectedUntilNanos() {
    return ejectedUntilNanos;
  }

  void forgetEjections() {
    ejections = 0;
  }

  void eject(long untilNanos, int inARow) {
    ejectedUntilNanos = untilNanos;
    ejections = inARow;
    latencyNanos = 0;
  }

  /** Ends the time for which it is left out, which counts as one in a row all the same. */
  void readmit(long nowNanos) {
    ejectedUntilNanos = nowNanos;
  }

  @Override
  public String toString() {
    return service.id() + " at " + service.url() + ", " + calls() + " calls";
  }
}
