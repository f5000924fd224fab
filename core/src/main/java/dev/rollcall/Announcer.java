package dev.rollcall;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Runs what concerns one listener in its order, one at a time, on threads that may block. */
final class Announcer {
  private final Executor threads;
  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<Runnable> news = new ArrayDeque<>(1);
  private boolean running;

  Announcer(Executor threads) {
    this.threads = threads;
  }

  void announce(Runnable announcement) {
    lock.lock();
    try {
      news.add(announcement);
      if (running) {
        return;
      }
      running = true;
    } finally {
      lock.unlock();
    }
    try {
      threads.execute(this::run);
    } catch (RejectedExecutionException e) {
      Keepalive.LOG.log(Level.WARNING, "The executor is shut down; a listener was not told");
    }
  }

  private void run() {
    for (Runnable next = next(); next != null; next = next()) {
      try {
        next.run();
      } catch (RuntimeException | Error e) {
        Keepalive.LOG.log(Level.ERROR, "A listener of a registrar failed", e);
      }
    }
  }

  private @Nullable Runnable next() {
    lock.lock();
    try {
      Runnable next = news.poll();
      running = next != null;
      return next;
    } finally {
      lock.unlock();
    }
  }
}
