package dev.rollcall.discovery;

import dev.rollcall.Service;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The instances of one name, and which of them may be picked.
 *
 * <p>Safe for use by any number of threads. Whoever picks reads one immutable snapshot; a change, a
 * failure, or the end of a time that a snapshot has, makes another.
 */
final class NamedInstances {
  private static final long FIRST_EJECTION_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long MAX_EJECTION_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final int MAX_DOUBLINGS = 4;

  /** What a call that failed counts for at least, as long as Linkerd's penalty for failures. */
  private static final long FAILED_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** How long the last instances of a name are kept that went in the wake of an outage. */
  private static final long KEEP_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final DiscoverySettings settings;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private final Map<String, Instance> known = new TreeMap<>();
  private @Nullable Instant keptSince;
  private long keptUntilNanos;

  private volatile Snapshot snapshot = Snapshot.EMPTY;

  NamedInstances(DiscoverySettings settings) {
    this.settings = settings;
  }

  /**
   * What is known at a moment.
   *
   * @param candidates those that may be picked; null if there are none
   * @param services all, in the order of their ids
   * @param keptSince since when they are gone, if they are kept although they are
   * @param isTemporary whether it holds only for a time
   * @param untilNanos until when, if so
   */
  record Snapshot(
      @Nullable Candidates candidates,
      List<Service> services,
      Optional<Instant> keptSince,
      boolean isTemporary,
      long untilNanos) {
    static final Snapshot EMPTY = new Snapshot(null, List.of(), Optional.empty(), false, 0);
  }

  /** Returns what is known now. */
  Snapshot current() {
    Snapshot current = snapshot;
    if (!current.isTemporary || settings.nanoTime().getAsLong() - current.untilNanos < 0) {
      return current;
    }
    lock.lock();
    try {
      return rebuild();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Follows what has happened to services that have this name, or had it.
   *
   * @param name this name
   * @param afterOutage whether the registry could not be asked until a short while ago: then the
   *     last instances are kept for a time, unless they have deregistered
   */
  void apply(String name, List<Change> changes, boolean afterOutage) {
    lock.lock();
    try {
      Map<String, Instance> vanished = new TreeMap<>();
      for (Change change : changes) {
        if (change.isGone() || !change.service().name().equals(name)) {
          Instance gone = known.remove(change.id());
          if (gone != null && isByItself(change.type())) {
            vanished.put(change.id(), gone);
          }
        } else {
          put(change.service());
        }
      }
      if (known.isEmpty() && afterOutage && !vanished.isEmpty()) {
        known.putAll(vanished);
        keptSince = settings.wallClock().instant();
        keptUntilNanos = settings.nanoTime().getAsLong() + KEEP_NANOS;
      }
      var unused = rebuild();
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether nobody asked for a service to go. */
  private static boolean isByItself(Change.Type type) {
    return type == Change.Type.EXPIRED || type == Change.Type.LOST;
  }

  private void put(Service service) {
    Instance instance = known.get(service.id());
    if (keptSince != null) { // One that is really there ends it.
      keptSince = null;
      known.clear();
    }
    if (instance != null && instance.service().url().equals(service.url())) {
      instance.registered(service);
    } else {
      instance = new Instance(service, settings.nanoTime());
    }
    known.put(service.id(), instance);
  }

  private Snapshot rebuild() {
    long now = settings.nanoTime().getAsLong();
    if (keptSince != null && now - keptUntilNanos >= 0) {
      keptSince = null;
      known.clear();
    }
    readmit(now);
    boolean isTemporary = keptSince != null;
    long left = isTemporary ? keptUntilNanos - now : Long.MAX_VALUE;
    List<Instance> available = new ArrayList<>();
    List<Service> services = new ArrayList<>();
    for (Instance instance : known.values()) {
      services.add(instance.service());
      if (instance.isEjected(now)) {
        isTemporary = true;
        left = Math.min(left, instance.ejectedUntilNanos() - now);
      } else {
        available.add(instance);
      }
    }
    Snapshot rebuilt =
        new Snapshot(
            available.isEmpty() ? null : new Candidates(preferred(available)),
            List.copyOf(services),
            Optional.ofNullable(keptSince),
            isTemporary,
            isTemporary ? now + left : 0);
    snapshot = rebuilt;
    return rebuilt;
  }

  /** Readmits those whose time ends first where others have gone and more than half are ejected. */
  private void readmit(long now) {
    List<Instance> ejected =
        new ArrayList<>(known.values().stream().filter(each -> each.isEjected(now)).toList());
    ejected.sort(Comparator.comparingLong(each -> each.ejectedUntilNanos() - now));
    for (Instance instance : ejected.subList(0, Math.max(0, ejected.size() - known.size() / 2))) {
      instance.readmit(now);
    }
  }

  /**
   * Returns the preferred ones if they are enough, otherwise all. One of weight 0 is not enough
   * where another could be picked.
   */
  private List<Instance> preferred(List<Instance> available) {
    Optional<Preference> preference = settings.preference();
    if (preference.isEmpty()) {
      return available;
    }
    boolean hasWeights = available.stream().anyMatch(instance -> instance.weight() > 0);
    List<Instance> preferred =
        available.stream()
            .filter(preference.get()::isMetBy)
            .filter(instance -> !hasWeights || instance.weight() > 0)
            .toList();
    long preferredKnown = known.values().stream().filter(preference.get()::isMetBy).count();
    boolean isEnough =
        preferred.size() >= preference.get().atLeast() && preferred.size() * 2L >= preferredKnown;
    return isEnough ? preferred : available;
  }

  /** Leaves an instance out for a while, if not half of all are left out. */
  void failed(Instance instance) {
    Duration ejected = null;
    lock.lock();
    try {
      long now = settings.nanoTime().getAsLong();
      if (known.get(instance.service().id()) == instance && !instance.isEjected(now)) {
        long others = known.values().stream().filter(each -> each.isEjected(now)).count();
        if ((others + 1) * 2 <= known.size()) {
          int doublings = Math.min(instance.ejections(), MAX_DOUBLINGS);
          long nanos = Math.min(FIRST_EJECTION_NANOS << doublings, MAX_EJECTION_NANOS);
          instance.eject(now + nanos, instance.ejections() + 1);
          ejected = Duration.ofNanos(nanos);
          var unused = rebuild();
        }
      }
    } finally {
      lock.unlock();
    }
    if (ejected != null) {
      settings.onEjected().accept(instance.service(), ejected);
    }
  }

  /** Begins a call. */
  Pick begin(Instance instance) {
    if (!settings.strategy().measuresLatency()) {
      Pick pick = new Pick(this, instance, 0);
      instance.beginCall(); // Last: an error before it would count it for ever.
      return pick;
    }
    long now = settings.nanoTime().getAsLong();
    Pick pick = new Pick(this, instance, now);
    instance.beginCall(now);
    return pick;
  }

  /** Takes a call back that was not made. */
  void cancelled(Instance instance) {
    instance.endCall();
  }

  /** Counts a call as ended. */
  void ended(Instance instance, long startNanos, boolean hasFailed) {
    instance.endCall();
    if (settings.strategy().measuresLatency()) {
      measured(instance, startNanos, hasFailed);
    }
    if (!hasFailed && instance.ejections() > 0) {
      lock.lock();
      try {
        if (!instance.isEjected(settings.nanoTime().getAsLong())) {
          instance.forgetEjections();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private void measured(Instance instance, long startNanos, boolean hasFailed) {
    long now = settings.nanoTime().getAsLong();
    long nanos = now - startNanos;
    if (!hasFailed) {
      instance.addLatency(nanos, now);
    } else if (!isEjected(instance, now)) { // Otherwise nobody picks it.
      instance.addLatency(Math.max(nanos, FAILED_NANOS), now);
    }
  }

  private boolean isEjected(Instance instance, long now) {
    lock.lock();
    try {
      return instance.isEjected(now);
    } finally {
      lock.unlock();
    }
  }

  /** Returns how many are left out now. */
  long ejected() {
    lock.lock();
    try {
      long now = settings.nanoTime().getAsLong();
      return known.values().stream().filter(each -> each.isEjected(now)).count();
    } finally {
      lock.unlock();
    }
  }

  /** Returns the services of all instances, also where an error has kept the snapshot from them. */
  List<Service> known() {
    lock.lock();
    try {
      return known.values().stream().map(Instance::service).toList();
    } finally {
      lock.unlock();
    }
  }

  boolean isEmpty() {
    return current().services().isEmpty();
  }
}
