package dev.rollcall.discovery;

import dev.rollcall.Service;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * An instance that was picked for one call. Close it when the call has ended, so that the instance
 * is known to be free again.
 *
 * <p>Safe for use by any number of threads.
 */
public final class Pick implements AutoCloseable {
  private static final int OPEN = 0;
  private static final int FAILED = 1;
  private static final int CLOSED = 2;

  private static final AtomicIntegerFieldUpdater<Pick> STATE =
      AtomicIntegerFieldUpdater.newUpdater(Pick.class, "state");

  private final NamedInstances instances;
  private final Instance instance;
  private final Service service;

  /** When it was picked; unused where latencies are not measured. */
  private final long startNanos;

  @SuppressWarnings("UnusedVariable") // Used through STATE.
  private volatile int state;

  Pick(NamedInstances instances, Instance instance, long startNanos) {
    this.instances = instances;
    this.instance = instance;
    this.service = instance.service();
    this.startNanos = startNanos;
  }

  /**
   * Returns the instance as a service.
   *
   * @return the service, as it was when it was picked
   */
  public Service service() {
    return service;
  }

  /**
   * Returns where to call it.
   *
   * @return the url that the service registered
   */
  public String url() {
    return service.url();
  }

  /**
   * Says that the instance could not be reached: no connection, or one that broke before an answer.
   * It is then not picked for a while (5 seconds, and twice as long each time in a row, up to a
   * minute), unless half of the instances of its name are already left out.
   *
   * <p>An answer that says that the call failed is no reason to call this. Call it before {@link
   * #close}. Idempotent.
   */
  public void failed() {
    if (STATE.compareAndSet(this, OPEN, FAILED)) {
      instances.failed(instance);
    }
  }

  /**
   * Ends it without a call, as when the instance turns out to be no use for this one: nothing is
   * learnt of the instance, neither how long calls take nor that it can be reached. {@link #close}
   * has no effect then. Idempotent. Does not block.
   */
  public void cancel() {
    if (STATE.getAndSet(this, CLOSED) != CLOSED) {
      instances.cancelled(instance);
    }
  }

  /** Ends the call. Idempotent. Does not block. */
  @Override
  public void close() {
    int before = STATE.getAndSet(this, CLOSED);
    if (before != CLOSED) {
      instances.ended(instance, startNanos, before == FAILED);
    }
  }
}
