package dev.rollcall.store.valkey.harness;

import dev.rollcall.Fence;
import dev.rollcall.spi.AsyncTtlStore;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Renewals that are asked for together, without a thread each. */
public final class Renewals {
  private static final Duration LONG = Duration.ofMinutes(5);

  private Renewals() {}

  /** Returns a renewal by whoever names no lease. */
  public static Renewal of(String id) {
    return of(id, Fence.none());
  }

  /** Returns a renewal by one holder. */
  public static Renewal of(String id, Fence fence) {
    return new Renewal(id, fence, LONG);
  }

  /** Returns a renewal that may take this long. */
  public static Renewal of(String id, Duration timeout) {
    return new Renewal(id, Fence.none(), timeout);
  }

  /** Returns renewals of the ids {@code a0}, {@code a1} and so on. */
  public static List<Renewal> many(int count) {
    return IntStream.range(0, count).mapToObj(i -> of("a" + i)).toList();
  }

  /** Returns the others with one in their midst. */
  public static List<Renewal> amid(List<Renewal> others, Renewal one) {
    List<Renewal> all = new ArrayList<>(others);
    all.add(others.size() / 6, one);
    return all;
  }

  /** Asks for them all. */
  public static void start(TtlStore store, List<Renewal> renewals) {
    renewals.forEach(each -> each.start((AsyncTtlStore) store));
  }

  /** Asks for them all and waits until each has an answer. */
  public static void make(TtlStore store, List<Renewal> renewals) {
    start(store, renewals);
    CompletableFuture.allOf(
            renewals.stream().map(Renewal::answer).toArray(CompletableFuture<?>[]::new))
        .exceptionally(e -> null)
        .join();
  }
}
