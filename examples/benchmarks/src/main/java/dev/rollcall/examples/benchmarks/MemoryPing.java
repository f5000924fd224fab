package dev.rollcall.examples.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Policy;
import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Ulid;
import dev.rollcall.spi.Claim;
import dev.rollcall.store.memory.MemoryTtlStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Pings in memory among a million services, of ids drawn at random. */
public class MemoryPing {
  private static final int SERVICES = 1_000_000;
  private static final Duration TTL = Duration.ofHours(1);

  /** The ids as callers have them: equal to those in a map, but not the same objects. */
  @State(Scope.Benchmark)
  public static class Ids {
    final String[] ids = new String[SERVICES];

    /** Makes a million. */
    @Setup
    public void make() {
      for (int i = 0; i < SERVICES; i++) {
        ids[i] = id(i);
      }
    }

    String any() {
      return ids[ThreadLocalRandom.current().nextInt(SERVICES)];
    }
  }

  private static String id(int i) {
    return "service-" + i;
  }

  private static Registration registration(int i) {
    return Registration.builder("http://h").id(id(i)).build();
  }

  /** Our store. */
  @State(Scope.Benchmark)
  public static class Store {
    final MemoryTtlStore store = MemoryTtlStore.builder().build();

    /** Registers all. */
    @Setup
    public void fill() {
      for (int i = 0; i < SERVICES; i++) {
        store.put(new Claim(registration(i), new Ulid(0, i), TTL));
      }
    }

    /** Ends its sweep. */
    @TearDown
    public void close() {
      store.close();
    }
  }

  /** The floor: a map that knows no leases. */
  @State(Scope.Benchmark)
  public static class Plain {
    final ConcurrentHashMap<String, Registration> map = new ConcurrentHashMap<>();

    /** Puts all. */
    @Setup
    public void fill() {
      for (int i = 0; i < SERVICES; i++) {
        map.put(id(i), registration(i));
      }
    }
  }

  /** A cache with a lease of its own for each entry, which a read renews. */
  @State(Scope.Benchmark)
  public static class Caching {
    final Cache<String, Registration> cache =
        Caffeine.newBuilder()
            .expireAfter(Expiry.<String, Registration>accessing((key, registration) -> TTL))
            .build();

    final Policy.VarExpiration<String, Registration> leases =
        cache.policy().expireVariably().orElseThrow();

    /** Puts all. */
    @Setup
    public void fill() {
      for (int i = 0; i < SERVICES; i++) {
        cache.put(id(i), registration(i));
      }
    }
  }

  /** Renews a lease of ours. */
  @Benchmark
  public Optional<Lease> ping(Ids ids, Store store) {
    return store.store.renew(ids.any(), Fence.none());
  }

  /** Reads from the plain map. */
  @Benchmark
  public @Nullable Registration mapGet(Ids ids, Plain plain) {
    return plain.map.get(ids.any());
  }

  /**
   * Reads from the plain map and asks the clock, as whoever checks a lease must. The processor lets
   * no read pass that of the clock, so one call's cache misses no longer hide behind another's.
   */
  @Benchmark
  public long mapGetAndClock(Ids ids, Plain plain) {
    long now = System.nanoTime();
    return plain.map.get(ids.any()) == null ? 0 : now;
  }

  /** Reads from the cache, which renews the entry. */
  @Benchmark
  public @Nullable Registration caffeineRead(Ids ids, Caching caching) {
    return caching.cache.getIfPresent(ids.any());
  }

  /** Renews an entry of the cache without reading it. */
  @Benchmark
  public void caffeineRenew(Ids ids, Caching caching) {
    caching.leases.setExpiresAfter(ids.any(), TTL);
  }
}
