package dev.rollcall.http.server.jdk;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;

/**
 * Keeps the JDK's scheduler of virtual threads at work; to be run each second.
 *
 * <p>The scheduler starts a carrier only for a thread that finds its queue empty. If it has none,
 * and the system no thread for one, it keeps what it was given and all that follows, and runs none
 * of it, even when there are threads again (seen on Java 25). So this starts a virtual thread each
 * time: one carrier stays alive, which would end after 30 s without work. And a carrier that could
 * not start another dies. So if the last thread has not run, this starts the next from a platform
 * thread of its own, for which the scheduler mostly has another queue, an empty one.
 */
final class CarrierKeeper implements Runnable {
  private final Executor virtualThreads;
  private final ThreadFactory platformThreads;

  /** Whether a virtual thread has run since the last was started. */
  private volatile boolean hasRun = true;

  /** Creates a keeper, which starts nothing yet. */
  CarrierKeeper(Executor virtualThreads, ThreadFactory platformThreads) {
    this.virtualThreads = virtualThreads;
    this.platformThreads = platformThreads;
  }

  /** Starts a virtual thread. Not for use by several threads at a time. */
  @Override
  public void run() {
    if (hasRun) {
      hasRun = false;
      start();
    } else {
      platformThreads.newThread(this::tryStart).start();
    }
  }

  private void start() {
    try {
      virtualThreads.execute(() -> hasRun = true);
    } catch (RejectedExecutionException e) {
      hasRun = true; // They are shut down, and take no more requests.
    }
  }

  /** Starts one if there is a thread for a carrier, too: what fails would fill another queue. */
  private void tryStart() {
    try {
      platformThreads.newThread(() -> {}).start();
      start();
    } catch (OutOfMemoryError e) {
      // There is still no thread for a carrier.
    }
  }
}
