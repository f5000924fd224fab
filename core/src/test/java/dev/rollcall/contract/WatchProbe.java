package dev.rollcall.contract;

import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.View;
import dev.rollcall.discovery.Watch;
import dev.rollcall.discovery.WatchListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * A listener that applies the changes, as a consumer does, and checks that they lead to what the
 * view holds. A test waits for what it is to see.
 */
public final class WatchProbe implements WatchListener, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Duration patience;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition told = lock.newCondition();
  private final TreeMap<String, Service> applied = new TreeMap<>();
  private final List<Change> changes = new ArrayList<>();
  private View view;
  private int calls;
  private String flaw;
  private Watch watch;

  /** Creates a listener that waits for up to 30 seconds. */
  public WatchProbe() {
    this(PATIENCE);
  }

  /** Creates a listener that waits for so long at most. */
  public WatchProbe(Duration patience) {
    this.patience = patience;
  }

  /** Opens a watch, which is closed with the probe. */
  public static WatchProbe open(ServiceRegistry registry, Query query) {
    return open(registry, query, PATIENCE);
  }

  /** Opens a watch, which is closed with the probe. */
  public static WatchProbe open(ServiceRegistry registry, Query query, Duration patience) {
    WatchProbe probe = new WatchProbe(patience);
    probe.watch = registry.watch(query, probe);
    return probe;
  }

  /** Closes the watch, if this has opened one. */
  @Override
  public void close() {
    if (watch != null) {
      watch.close();
    }
  }

  @Override
  public void changed(View latest, List<Change> news) {
    lock.lock();
    try {
      calls++;
      news.forEach(this::apply);
      List<String> viewed = registrationsOf(latest.services());
      List<String> led = registrationsOf(applied.values());
      if (!viewed.equals(led)) {
        fault("the view has " + viewed + " where the changes lead to " + led);
      }
      changes.addAll(news);
      view = latest;
      told.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static List<String> registrationsOf(Collection<Service> services) {
    return services.stream()
        .map(service -> service.id() + " " + service.revision() + " at " + service.url())
        .toList();
  }

  private void apply(Change change) {
    boolean wasKnown = applied.containsKey(change.id());
    if (wasKnown != change.previous().isPresent()) {
      fault("that '" + change.id() + "' was known is " + wasKnown + ", other than in " + change);
    }
    if (change.isGone()) {
      applied.remove(change.id());
    } else {
      applied.put(change.id(), change.service());
    }
  }

  private void fault(String found) {
    flaw = flaw == null ? found : flaw;
  }

  /** Waits until the last view is as it is to be; fails if it never is. */
  public View await(Predicate<View> expected) {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (view == null || !expected.test(view)) {
        checkSound();
        if (left <= 0) {
          throw new AssertionError("what was awaited was not seen; the last view is " + view);
        }
        left = told.awaitNanos(left);
      }
      checkSound();
      return view;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the last view has just these ids. */
  public View awaitIds(String... ids) {
    return await(
        latest -> latest.services().stream().map(Service::id).toList().equals(List.of(ids)));
  }

  /** Waits for a change, which may have come before, and returns it. */
  public Change awaitChange(String id, Change.Type type) {
    Predicate<Change> isIt = change -> change.id().equals(id) && change.type() == type;
    var unused = await(latest -> changes().stream().anyMatch(isIt));
    return changes().stream().filter(isIt).findFirst().orElseThrow();
  }

  /** Waits for a time at most until a service is known; returns whether it was. */
  public boolean isSeenWithin(String id, Duration time) {
    long left = time.toNanos();
    lock.lock();
    try {
      while (changes.stream().noneMatch(change -> change.id().equals(id))) {
        if (left <= 0) {
          return false;
        }
        left = told.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } finally {
      lock.unlock();
    }
  }

  /** Returns what has happened to a service last. */
  public Change.Type lastTypeOf(String id) {
    List<Change> all = changes();
    for (int i = all.size() - 1; i >= 0; i--) {
      if (all.get(i).id().equals(id)) {
        return all.get(i).type();
      }
    }
    throw new AssertionError("nothing was told of " + id);
  }

  private void checkSound() {
    if (flaw != null) {
      throw new AssertionError(flaw);
    }
  }

  /** Returns the changes so far. */
  public List<Change> changes() {
    lock.lock();
    try {
      return List.copyOf(changes);
    } finally {
      lock.unlock();
    }
  }

  /** Returns how often it was called. */
  public int calls() {
    lock.lock();
    try {
      return calls;
    } finally {
      lock.unlock();
    }
  }
}
