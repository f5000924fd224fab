package dev.rollcall.view;

import dev.rollcall.spi.HintListener;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Collects hints until the view takes them. Bounded: where too many gather, everything is to be
 * read again.
 */
final class Hints implements HintListener {
  private static final int MAX_IDS = 10_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Runnable wake;
  private Map<String, Boolean> deregisteredById = new HashMap<>();
  private boolean missed;

  /**
   * Creates a collection.
   *
   * @param wake is called after each hint; does not block
   */
  Hints(Runnable wake) {
    this.wake = wake;
  }

  /**
   * Hints that were taken.
   *
   * @param deregisteredById whether the last hint of an id was that it was deregistered
   * @param missed whether others may have been missed
   */
  record Taken(Map<String, Boolean> deregisteredById, boolean missed) {}

  @Override
  public void registered(String id) {
    add(id, false);
  }

  @Override
  public void deregistered(String id) {
    add(id, true);
  }

  @Override
  public void touched(String id) {
    add(id, false);
  }

  private void add(String id, boolean deregistered) {
    lock.lock();
    try {
      if (deregisteredById.size() >= MAX_IDS && !deregisteredById.containsKey(id)) {
        loseAll();
      } else {
        deregisteredById.put(id, deregistered);
      }
    } catch (OutOfMemoryError e) {
      loseAll(); // Whoever changed the service must not suffer for it.
    } finally {
      lock.unlock();
    }
    wake.run();
  }

  @Override
  public void missed() {
    lock.lock();
    try {
      loseAll();
    } finally {
      lock.unlock();
    }
    wake.run();
  }

  private void loseAll() {
    deregisteredById.clear();
    missed = true;
  }

  /** Takes what has gathered. */
  Taken take() {
    lock.lock();
    try {
      Taken taken = new Taken(deregisteredById, missed);
      deregisteredById = new HashMap<>();
      missed = false;
      return taken;
    } finally {
      lock.unlock();
    }
  }
}
