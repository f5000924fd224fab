package dev.rollcall.store.valkey;

import java.util.concurrent.locks.LockSupport;

/** A thread that waits for a call, or for each of several that it makes together. */
final class Caller {
  private final Thread thread = Thread.currentThread();
  private volatile boolean asleep;

  /** Says that it is about to sleep, and that nobody is to wake it who did not see this. */
  void setAsleep(boolean asleep) {
    this.asleep = asleep;
  }

  /** Wakes it, if it sleeps. */
  void wake() {
    if (asleep) {
      LockSupport.unpark(thread);
    }
  }
}
