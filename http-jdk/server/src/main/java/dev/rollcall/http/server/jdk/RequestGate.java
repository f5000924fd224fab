package dev.rollcall.http.server.jdk;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts the requests that run, and lets no others in once it is closed. */
final class RequestGate {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition isEmpty = lock.newCondition();
  private int running;
  private boolean isClosed;

  /** Lets a request in, which must {@linkplain #leave leave}; returns false once it is closed. */
  boolean enter() {
    lock.lock();
    try {
      if (isClosed) {
        return false;
      }
      running++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  void leave() {
    lock.lock();
    try {
      running--;
      if (running == 0) {
        isEmpty.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      isClosed = true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until none runs, for this long at most. */
  void awaitEmpty(Duration limit) throws InterruptedException {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (running > 0 && left > 0) {
        left = isEmpty.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}
