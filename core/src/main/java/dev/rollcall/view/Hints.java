package dev.rollcall.view;

import dev.rollcall.spi.HintListener;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
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
  private Set<String> touched = new HashSet<>();
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
   * @param deregisteredById whether the last hint of an id that told a cause was that it was
   *     deregistered
   * @param touched other ids, of which no cause was told
   * @param missed whether others may have been missed
   */
  record Taken(Map<String, Boolean> deregisteredById, Set<String> touched, boolean missed) {}

  @Override
  public void registered(String id) {
    add(id, false);
  }

  @Override
  public void deregistered(String id) {
    add(id, true);
  }

  /** The cause that was told before stays: a write without one may be the same change. */
  @Override
  public void touched(String id) {
    lock.lock();
    try {
      if (!deregisteredById.containsKey(id)) {
        touched.add(id);
        loseAllIfTooMany();
      }
    } catch (OutOfMemoryError e) {
      loseAll();
    } finally {
      lock.unlock();
    }
    wake.run();
  }

  private void add(String id, boolean deregistered) {
    lock.lock();
    try {
      deregisteredById.put(id, deregistered);
      touched.remove(id);
      loseAllIfTooMany();
    } catch (OutOfMemoryError e) {
      loseAll(); // Whoever changed the service must not suffer for it.
    } finally {
      lock.unlock();
    }
    wake.run();
  }

  private void loseAllIfTooMany() {
    if (deregisteredById.size() + touched.size() > MAX_IDS) {
      loseAll();
    }
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
    touched.clear();
    missed = true;
  }

  /** Takes what has gathered. */
  Taken take() {
    lock.lock();
    try {
      Map<String, Boolean> nextById = new HashMap<>();
      Set<String> nextTouched = new HashSet<>();
      Taken taken = new Taken(deregisteredById, touched, missed);
      deregisteredById = nextById;
      touched = nextTouched;
      missed = false;
      return taken;
    } finally {
      lock.unlock();
    }
  }
}
