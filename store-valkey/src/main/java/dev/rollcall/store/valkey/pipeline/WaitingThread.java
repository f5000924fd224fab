package dev.rollcall.store.valkey.pipeline;

import java.util.concurrent.locks.LockSupport;

/** The thread that waits for a command. */
final class WaitingThread implements Waiter {
  private final Thread thread = Thread.currentThread();
  private volatile boolean parked;
  private volatile boolean left;

  /** Set before parking; other threads unpark only if this is true. */
  void setParked(boolean parked) {
    this.parked = parked;
  }

  /** Records that the thread does not wait any more. */
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
