package dev.rollcall.store.valkey.pipeline;

import java.util.concurrent.locks.LockSupport;

/** The thread that waits for a call. */
final class WaitingThread implements Waiter {
  private final Thread thread = Thread.currentThread();
  private volatile boolean parked;
  private volatile boolean left;

  /** Says that it is about to sleep, and that nobody is to wake it who did not see this. */
  void setParked(boolean parked) {
    this.parked = parked;
  }

  /** Says that it waits no longer. */
  void leave() {
    left = true;
  }

  @Override
  public void completed() {
    var unused = tryWake();
  }

  @Override
  public boolean tryWake() {
    if (parked) {
      LockSupport.unpark(thread);
    }
    return true;
  }

  @Override
  public boolean hasLeft() {
    return left;
  }
}
