package dev.rollcall.store.valkey.pipeline;

import java.util.concurrent.locks.LockSupport;

/** The thread that waits for a call. */
final class WaitingThread implements Waiter {
  private final Thread thread = Thread.currentThread();
  private volatile boolean asleep;
  private volatile boolean left;

  /** Says that it is about to sleep, and that nobody is to wake it who did not see this. */
  void setAsleep(boolean asleep) {
    this.asleep = asleep;
  }

  /** Says that it waits no longer. */
  void leave() {
    left = true;
  }

  @Override
  public void settled() {
    var unused = tryWake();
  }

  @Override
  public boolean tryWake() {
    if (asleep) {
      LockSupport.unpark(thread);
    }
    return true;
  }

  @Override
  public boolean hasLeft() {
    return left;
  }
}
